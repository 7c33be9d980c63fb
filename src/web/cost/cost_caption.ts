/** The result of a picture of costs in one sentence. Pure. */
import type { Money } from "../../operations/report/cells.ts";
import { formatPercent } from "../../operations/report/format.ts";
import { formatChange } from "../../operations/report/format_change.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { type BarsOfCost, WHOLE } from "./cost_bars.ts";
import { type Metric, type MetricName, METRICS, metricText } from "./metrics.ts";

/**
 * `30 days: $412.40, 61.2% of it claude-opus-4-6; +34% on the span before`.
 *
 * @param period As the header calls it
 * @param titles Of the parts of the bars
 */
export function costCaption(
  { total, previous }: Pick<CostOutput, "total" | "previous">,
  name: MetricName,
  { parts }: Pick<BarsOfCost, "parts">,
  { period, titles, money }: { readonly period: string; readonly titles: readonly string[]; readonly money: Money },
): string {
  const metric: Metric = METRICS[name];
  const [whole, before] = [metric.valueOf(total), previous && metric.valueOf(previous.total)];
  const [first] = parts;
  const isPart = first !== undefined && first.key !== WHOLE && !metric.isShare && whole !== undefined && whole > 0;
  const most = isPart ? `, ${formatPercent(first.value / whole)} of it ${titles[0]}` : "";
  const change = whole === undefined || before === undefined
    ? ""
    : metric.isShare
    ? `; ${metric.format(before, money)} in the span before`
    : `; ${changeText(whole, before)}`;
  return `${period}: ${metricText(name, total, money)}${metric.noun}${most}${change}`;
}

function changeText(now: number, before: number): string {
  const change = formatChange(now, before);
  if (change === "new") return "nothing in the span before";
  return change === "same" ? "the same as in the span before" : `${change} on the span before`;
}
