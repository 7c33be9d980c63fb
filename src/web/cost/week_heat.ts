/** Hours of the day by days of the week, out of `cost --by weekday --split hourOfDay`. Pure. */
import { CLOCK_KEYS } from "../../core/calendar.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { type MetricName, METRICS, type MetricSum, metricText } from "./metrics.ts";
import type { Money } from "../../operations/report/cells.ts";

/** How many shades there are above nothing. */
const HEAT_LEVELS = 6;

/** An hour of a day of the week. */
export interface HeatCell {
  /** 0 is nothing, or not known. */
  readonly level: number;
  /** Empty where there was nothing. */
  readonly text: string;
}

/** An hour of the day, on each of them. */
export interface HeatHour {
  /** `14:00`. */
  readonly key: string;
  /** One a day. */
  readonly cells: readonly HeatCell[];
}

export interface WeekHeat {
  /** `monday`. */
  readonly days: readonly string[];
  readonly hours: readonly HeatHour[];
  /** Where each shade ends, from the first on. */
  readonly levels: readonly number[];
  /** The cell with the most; undefined where there is nothing. */
  readonly most?: { readonly day: string; readonly hour: string; readonly text: string };
}

/**
 * The shades go by the square root: one hour that cost a hundred times another one would leave that without any. The bounds
 * are said.
 */
export function makeWeekHeat(rows: CostOutput["rows"], name: MetricName, money: Money): WeekHeat {
  const [days, hours] = [CLOCK_KEYS.weekday, CLOCK_KEYS.hourOfDay];
  const sums = new Map<string, MetricSum>();
  for (const { key, parts = [] } of rows) for (const part of parts) sums.set(placeOf(key, part.key), part);
  const valueOf = (sum: MetricSum | undefined) => sum === undefined ? 0 : METRICS[name].valueOf(sum) ?? 0;
  const most = Math.max(0, ...[...sums.values()].map(valueOf));
  const bound = (level: number) => most * (level / HEAT_LEVELS) ** 2;
  const levelOf = (value: number) =>
    value <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(value / most) * HEAT_LEVELS - 1e-9));
  const top = most === 0 ? undefined : [...sums].find(([, sum]) => valueOf(sum) === most);
  const [topDay, topHour] = top === undefined ? [] : top[0].split(" ");
  return {
    days,
    hours: hours.map((hour) => ({
      key: hour,
      cells: days.map((day) => {
        const sum = sums.get(placeOf(day, hour));
        return { level: levelOf(valueOf(sum)), text: sum === undefined ? "" : metricText(name, sum, money) };
      }),
    })),
    levels: most === 0 ? [] : Array.from({ length: HEAT_LEVELS }, (_, index) => bound(index + 1)),
    ...(top === undefined ? {} : { most: { day: topDay!, hour: topHour!, text: metricText(name, top[1], money) } }),
  };
}

function placeOf(day: string, hour: string): string {
  return `${day} ${hour}`;
}
