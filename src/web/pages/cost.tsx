/** The page Cost: what was spent over time, what it is made of, and at which hours. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { costTable } from "../../operations/usage/cost_table.ts";
import { filtersOf, go, type Route } from "../address.ts";
import { AnswerTools } from "../answer_tools.tsx";
import type { AskedFields } from "../../core/answer_key.ts";
import { MOST_PARTS, OTHER } from "../charts/colours.ts";
import { useAnswer } from "../client.ts";
import { CostControls } from "../cost/cost_controls.tsx";
import { makeCostBars } from "../cost/cost_bars.ts";
import { CostParts } from "../cost/cost_parts.tsx";
import { CostPicture } from "../cost/cost_picture.tsx";
import { costQuestions, readCostChoice, SPLITS } from "../cost/cost_questions.ts";
import { METRICS } from "../cost/metrics.ts";
import { WeekTable } from "../cost/week_table.tsx";
import { EmptyPeriod } from "../empty_period.tsx";
import { NO_HOME } from "../key_names.ts";
import { useLook } from "../look.ts";
import { filterOfPart } from "../part_filter.ts";
import { PeriodButtons } from "../period_buttons.tsx";
import { periodOfKey } from "../period.ts";
import { CopyPriceLines } from "../price_lines.tsx";
import { periodText } from "../period_text.ts";
import { Notes, WithAnswer } from "../states.tsx";

export function CostPage({ route }: { readonly route: Route }): VNode {
  const { currency } = useLook();
  const choice = readCostChoice(route);
  const questions = costQuestions(route, currency?.code);
  const bars = useAnswer<CostOutput>("cost", questions.bars);
  return (
    <>
      <h1>Cost</h1>
      <PeriodButtons route={route} span={bars.answer} />
      <CostControls choice={choice} />
      <WithAnswer of={bars} rows={9} what="costs">
        {(answer) =>
          answer.total.turns === 0 && answer.total.totals === undefined
            ? <EmptyPeriod route={route} what="turn" answer={answer} />
            : <CostOf {...{ route, answer, questions }} />}
      </WithAnswer>
    </>
  );
}

interface CostOfProps {
  readonly route: Route;
  readonly answer: CostOutput;
  readonly questions: ReturnType<typeof costQuestions>;
}

function CostOf({ route, answer, questions }: CostOfProps): VNode {
  const choice = readCostChoice(route);
  const { split, metric } = choice;
  const { since, until } = questions.bars;
  // Nobody asks at which hour the share was largest.
  const ofHours = metric === "hit" ? "cost" : metric;
  const [isWhole, setWhole] = useState(false);
  const parts = useAnswer<CostOutput>(questions.parts && "cost", questions.parts ?? {});
  const week = useAnswer<CostOutput>("cost", questions.week);
  const before = useRowsBefore(answer, questions.bars);
  const money = { currency: answer.currency };
  const drawn = makeCostBars(answer, metric).parts.map(({ key }) => key);
  const openPart = (key: string) => {
    if (key === OTHER) {
      setWhole(true);
      document.getElementById("parts")?.scrollIntoView();
      return;
    }
    const filter = split && filterOfPart(split, key);
    if (filter !== undefined) go({ query: filter });
  };
  const openPeriod = (key: string) => {
    const found = periodOfKey(answer.by, key, answer.timezone);
    if (found !== undefined) go({ query: { since: found.period.since, until: "", by: found.by } });
  };
  return (
    <>
      <CostPicture
        {...{ answer, before, metric, money }}
        period={periodText(route.query.since ?? String(questions.bars.since ?? "All"))}
        onPeriod={openPeriod}
        onPart={openPart}
      />
      <AnswerTools
        operation="cost"
        fields={questions.bars}
        answer={answer}
        table={costTable(answer, { ...money, home: NO_HOME })}
      />
      <div class="side-by-side">
        {split !== undefined && (
          <section id="parts">
            <h2>By {SPLITS.find(([key]) => key === split)![1].toLowerCase()}</h2>
            <WithAnswer of={parts} rows={6} what="parts">
              {(answer) => (
                <CostParts
                  answer={answer}
                  isWhole={isWhole}
                  onWhole={() => setWhole(true)}
                  coloured={new Set(drawn.slice(0, MOST_PARTS))}
                  onPart={openPart}
                />
              )}
            </WithAnswer>
          </section>
        )}
        <section>
          <h2>{METRICS[ofHours].title} by hour and weekday</h2>
          <WithAnswer of={week} rows={12} what="hours">
            {(answer) => <WeekTable answer={answer} metric={ofHours} money={money} />}
          </WithAnswer>
        </section>
      </div>
      <Notes notes={answer.notes} />
      {answer.total.cost.unpricedTurns > 0 && <CopyPriceLines fields={{ ...filtersOf(route), since, until }} />}
    </>
  );
}

/** Of the span before, where it is compared with. Only whole rows: it is drawn as an outline. */
function useRowsBefore({ previous }: CostOutput, asked: AskedFields): CostOutput["rows"] | undefined {
  const { split: _split, compare: _compare, ...fields } = asked;
  const { answer } = useAnswer<CostOutput>(
    previous && "cost",
    previous === undefined ? {} : { ...fields, since: previous.since, until: previous.until },
  );
  return previous === undefined ? undefined : answer?.rows;
}
