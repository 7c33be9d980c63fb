/** Hours of the day by days of the week, shaded by how much there was; every cell has its figure. */
import type { VNode } from "preact";
import type { Money } from "../../operations/report/cells.ts";
import { periodTitle } from "../../operations/report/period_title.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { PlainTable } from "../plain_table.tsx";
import { type Metric, type MetricName, METRICS } from "./metrics.ts";
import { type HeatHour, makeWeekHeat, type WeekHeat } from "./week_heat.ts";

export function WeekTable({ answer, metric, money }: {
  /** By weekday, split by the hour. */
  readonly answer: CostOutput;
  readonly metric: MetricName;
  readonly money: Money;
}): VNode {
  const heat = makeWeekHeat(answer.rows, metric, money);
  return (
    <figure class="week">
      <figcaption>{sayMost(heat)}</figcaption>
      <PlainTable
        label="By hour and weekday"
        rows={heat.hours}
        columns={[
          { title: "Hour", cell: ({ key }) => key },
          ...heat.days.map((day, place) => {
            const title = periodTitle(day, "weekday");
            return {
              title: <abbr title={title}>{title.slice(0, 3)}</abbr>,
              name: "number",
              nameOf: ({ cells }: HeatHour) => `number heat heat-${cells[place]!.level}`,
              cell: ({ cells }: HeatHour) => cells[place]!.text,
            };
          }),
        ]}
      />
      <Shades heat={heat} metric={metric} money={money} />
    </figure>
  );
}

function sayMost({ most }: WeekHeat): string {
  if (most === undefined) return "Nothing in any hour.";
  return `Most on ${periodTitle(most.day, "weekday")}s from ${most.hour}: ${most.text}`;
}

function Shades({ heat: { levels }, metric, money }: {
  readonly heat: WeekHeat;
  readonly metric: MetricName;
  readonly money: Money;
}): VNode {
  const { format, isWhole = false }: Metric = METRICS[metric];
  const bounds = levels.map((bound) => isWhole ? Math.floor(bound) : bound);
  return (
    <ul class="shades" aria-label="Shades">
      {bounds.map((bound, index) =>
        // Of a few turns not every shade is used.
        bound > (bounds[index - 1] ?? 0) && (
          <li key={index}>
            <span class={`heat heat-${index + 1}`} aria-hidden="true" /> up to {format(bound, money)}
          </li>
        )
      )}
    </ul>
  );
}
