/** The page Advice: what other cache settings would have cost, the settings, and the turns behind each figure. */
import type { VNode } from "preact";
import type { AskedFields } from "../../core/answer_key.ts";
import { rowsTable } from "../../operations/advice/advice_rows_table.ts";
import type { AdviseOutput } from "../../operations/advice/advise_output.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { countOf } from "../../operations/report/notes.ts";
import { filtersOf, linkTo, type Route } from "../address.ts";
import { AdviceRows } from "../advise/advice_rows.tsx";
import { FollowedRow } from "../advise/followed_row.tsx";
import { AnswerTools } from "../answer_tools.tsx";
import { useAnswer } from "../client.ts";
import { NO_HOME } from "../key_names.ts";
import { useLook } from "../look.ts";
import { PeriodButtons } from "../period_buttons.tsx";
import { Failed, Loading, Notes } from "../states.tsx";
import { USUAL_PERIOD } from "../usual_period.ts";

export function AdvisePage({ route }: { readonly route: Route }): VNode {
  const { since, until, ...filters } = filtersOf(route);
  const [project, source, role] = route.path;
  const of = project === undefined ? { project: filters.project, source: filters.source } : { project, source, role };
  const fields = { ...of, since: since ?? (until === undefined ? USUAL_PERIOD : undefined), until };
  // Another question is another replay, which takes its time: the last answer says nothing of it.
  return <Asked key={JSON.stringify(fields)} route={route} fields={fields} />;
}

function Asked({ route, fields }: { readonly route: Route; readonly fields: AskedFields }): VNode {
  // A turn more changes next to nothing, and each replay takes time: it is asked for once.
  const { answer, error } = useAnswer<AdviseOutput>("advise", fields, { follows: false });
  return (
    <>
      <h1>What would have been cheaper</h1>
      <PeriodButtons route={route} span={answer} />
      {error !== undefined ? <Failed error={error} /> : answer === undefined
        ? (
          <>
            <p role="status">Replaying the turns of this span. That may take some seconds.</p>
            <Loading rows={8} what="advice" />
          </>
        )
        : <AdviceOf {...{ route, answer, fields }} />}
    </>
  );
}

function AdviceOf({ route, answer, fields }: {
  readonly route: Route;
  readonly answer: AdviseOutput;
  readonly fields: AskedFields;
}): VNode {
  const { recorded, rows, notes } = answer;
  const look = { digits: useLook().digits, home: NO_HOME };
  const [project, source, role] = route.path;
  const row = rows.find((each) => each.project === project && each.source === source && each.role === role);
  return (
    <>
      <p class="lead">
        At list prices: a plan pays no tokens. Recorded: {moneyText(recorded.usd, look)} in{" "}
        {countOf(recorded.turns, "turn")}.
      </p>
      {(route.query["provider"] ?? route.query["model"]) !== undefined && (
        <p class="dim">Of the filters, only period, source and project apply here.</p>
      )}
      {project !== undefined && (
        <p>
          <a href={linkTo({ path: [] })}>All projects</a>
        </p>
      )}
      {row === undefined ? <AdviceRows {...{ rows, look }} /> : <FollowedRow {...{ row, answer, look }} />}
      <Notes notes={notes} />
      <AnswerTools operation="advise" fields={fields} answer={answer} table={rowsTable(answer, look)} />
    </>
  );
}
