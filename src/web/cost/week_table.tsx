/** Hours of the day by days of the week, shaded by how much there was; every cell has its figure. */
import type { VNode } from "preact";
import type { Money } from "../../operations/report/cells.ts";
import { periodTitle } from "../../operations/report/period_title.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { type Metric, type MetricName, METRICS } from "./metrics.ts";
import { makeWeekHeat, type WeekHeat } from "./week_heat.ts";

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
      <div class="scroll-x" tabIndex={0} role="region" aria-label="By hour and weekday">
        <table>
          <thead>
            <tr>
              <th scope="col">Hour</th>
              {heat.days.map((day) => (
                <th key={day} scope="col" class="number">
                  <abbr title={periodTitle(day, "weekday")}>{periodTitle(day, "weekday").slice(0, 3)}</abbr>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {heat.hours.map(({ key, cells }) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                {cells.map(({ level, text }, place) => (
                  <td key={heat.days[place]} class={`number heat heat-${level}`}>{text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
