/** The page Misses: which caches were lost in a period, why, and what that cost. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { causeText } from "../../operations/report/cause_text.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatTime } from "../../operations/report/format.ts";
import { KEY_TITLES } from "../../operations/report/key_cells.ts";
import { partOf } from "../../operations/report/notes.ts";
import { MISS_KEYS, type MissKey } from "../../operations/usage/miss_keys.ts";
import type { ListedMiss, MissesOutput } from "../../operations/usage/misses_output.ts";
import { missGroupsTable, missListTable, missSentence } from "../../operations/usage/misses_tables.ts";
import { go, linkTo, type Route } from "../address.ts";
import { AnswerTools } from "../answer_tools.tsx";
import { Choice } from "../choice.tsx";
import type { AskedFields } from "../../core/answer_key.ts";
import { useAnswer } from "../client.ts";
import { EmptyPeriod } from "../empty_period.tsx";
import { NO_HOME } from "../key_names.ts";
import { useLook } from "../look.ts";
import { MissGroups } from "../misses/miss_groups.tsx";
import { missFields } from "../misses/miss_questions.ts";
import { MissScatter } from "../misses/miss_scatter.tsx";
import { PeriodButtons } from "../period_buttons.tsx";
import { Notes, WithAnswer } from "../states.tsx";
import { ViewTable } from "../table/view_table.tsx";

export function MissesPage({ route }: { readonly route: Route }): VNode {
  const { currency } = useLook();
  const fields = missFields(route, currency?.code);
  const misses = useAnswer<MissesOutput>("misses", fields);
  return (
    <>
      <h1>Misses</h1>
      <PeriodButtons route={route} span={misses.answer} />
      <WithAnswer of={misses} rows={9} what="lost caches">
        {(answer) =>
          answer.total.misses === 0
            ? <EmptyPeriod route={route} what="lost cache" answer={answer} />
            : <MissesOf {...{ route, answer, fields }} />}
      </WithAnswer>
    </>
  );
}

/** Of single ones, those that are looked at first. */
const DEAREST = 10;

function MissesOf({ route, answer, fields }: {
  readonly route: Route;
  readonly answer: MissesOutput;
  readonly fields: AskedFields;
}): VNode {
  const [isWhole, setWhole] = useState(false);
  const money = { currency: answer.currency };
  const { cause } = route.query;
  const list = cause === undefined ? answer.list : answer.list.filter((miss) => miss.cause === cause);
  const dearest = list.slice(0, DEAREST);
  const count = cause === undefined ? answer.total.misses : list.length;
  const context = { ...money, home: NO_HOME };
  const groups = missGroupsTable(answer, context);
  return (
    <>
      <p class="lead">{missSentence(answer, context)}</p>
      <MissScatter
        {...{ list, money }}
        all={answer.list}
        timezone={answer.timezone}
        asOf={answer.asOf}
        caption={captionOf(list, answer, cause)}
        onOpen={(miss) => go(turnOf(miss))}
      />
      {cause !== undefined && (
        <p class="no-print">
          <button type="button" class="button" onClick={() => go({ query: { cause: "" } })}>Show all causes</button>
        </p>
      )}
      <section>
        <div class="section-head">
          <h2>What they add up to</h2>
          <Choice label="By" name="by" value={answer.by} values={MISS_KEYS.map((key) => [key, keyTitle(key)])} />
        </div>
        <MissGroups {...{ answer, cause, isWhole }} table={groups} onWhole={() => setWhole(true)} />
        <AnswerTools
          operation="misses"
          fields={fields}
          answer={answer}
          table={groups}
        />
      </section>
      <section class="singles">
        <h2>
          {dearest.length < count ? `The dearest ${partOf(dearest.length, count)}` : "The dearest first"}
        </h2>
        <ViewTable
          table={missListTable(dearest, answer, context)}
          label="The dearest lost caches"
          first={(place, { text }) => <a href={linkTo(turnOf(dearest[place]!))}>{text}</a>}
        />
      </section>
      <Notes notes={answer.notes} />
    </>
  );
}

/** The turn that lost its cache, on the page of its session. */
function turnOf({ source, sessionId, at }: ListedMiss): Pick<Route, "page" | "path" | "query"> {
  return { page: "session", path: [source, sessionId], query: { at } };
}

function keyTitle(key: MissKey): string {
  if (key === "cause") return "Cause";
  return key === "hourOfDay" ? "Hour of the day" : KEY_TITLES[key];
}

/** `The dearest cost $4.31, 5h 54m after the request before it`. */
function captionOf(
  list: readonly ListedMiss[],
  { total, currency, timezone, asOf }: MissesOutput,
  cause: string | undefined,
): string {
  const [first] = list;
  if (first === undefined) return "None of these is listed";
  const time = formatTime(Date.parse(first.at), timezone, Date.parse(asOf));
  const which = list.length < total.misses && cause === undefined
    ? `The dearest ${partOf(list.length, total.misses)}`
    : cause === undefined
    ? "All"
    : `Those that were ${causeText(cause)}`;
  return `${which} by the pause before them. The dearest cost ${moneyText(first.missUsd, { currency })}, ${time}`;
}
