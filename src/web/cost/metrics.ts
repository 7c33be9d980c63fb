/** What a sum of `cost` can be drawn by: dollars, turns, one of four kinds of tokens, the share from the cache. Pure. */
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import { type Money, moneyText, percentCell, tokensCell, turnsCell } from "../../operations/report/cells.ts";
import type { CostSum } from "../../operations/usage/cost_output.ts";

/** What every sum has, one of the span before too. */
export type MetricSum = Pick<CostSum, "turns" | "totals" | "usage" | "cost"> & Partial<CostSum>;

/** A figure that sums are drawn by, and how it is written. */
export interface Metric {
  readonly title: string;
  /** How it stands in a sentence: `84 turns`. */
  readonly noun: string;
  /** Undefined where it is not known, and for a share of nothing. */
  valueOf(sum: MetricSum): number | undefined;
  format(value: number, money: Money): string;
  /** Whether something is missing from a sum, which is at least what is said. */
  isLeast?(sum: MetricSum): boolean;
  /** Whether parts do not add up to the whole: it is drawn as lines. */
  readonly isShare?: true;
  /** Whether it counts: there is nothing between two whole numbers. */
  readonly isWhole?: boolean;
}

function tokenMetric(title: string, noun: string, valueOf: (sum: MetricSum) => number): Metric {
  return { title, noun, valueOf, format: (tokens) => tokensCell(tokens).text };
}

export const METRICS = {
  cost: {
    title: "Cost",
    noun: "",
    valueOf: ({ cost }) => cost.basis === "none" && cost.unpricedTurns > 0 ? undefined : cost.usd,
    format: (usd, money) => moneyText(usd, money),
    isLeast: ({ cost }) => cost.unpricedTurns > 0,
  },
  turns: {
    title: "Turns",
    noun: " turns",
    valueOf: (sum) => isKnownAsTotals(sum) ? undefined : sum.turns,
    format: (turns) => turnsCell({ turns }).text,
    isLeast: ({ totals }) => totals !== undefined,
    isWhole: true,
  },
  cacheRead: tokenMetric("Cache read", " tokens read from the cache", ({ usage }) => usage.cacheRead),
  cacheWrite: tokenMetric(
    "Cache write",
    " tokens written to the cache",
    ({ usage }) => usage.cacheWrite + usage.cacheWrite1h,
  ),
  input: tokenMetric("Input", " input tokens outside the cache", ({ usage }) => usage.input),
  output: tokenMetric("Output", " output tokens", ({ usage }) => usage.output),
  hit: {
    title: "Share from cache",
    noun: " of the prompt read from the cache",
    valueOf: ({ cacheHitRatio }) => cacheHitRatio,
    format: (ratio) => percentCell(ratio).text,
    isShare: true,
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** Of an address, where anything may stand. @default cost */
export function readMetric(text: string | undefined): MetricName {
  return text !== undefined && Object.hasOwn(METRICS, text) ? text as MetricName : "cost";
}

/** A sum by a metric as people read it: `$12.34+` where something is missing, `?` where it is not known at all. */
export function metricText(name: MetricName, sum: MetricSum, money: Money): string {
  const metric: Metric = METRICS[name];
  const value = metric.valueOf(sum);
  // As the tables of the command line have it.
  if (value === undefined) return name === "cost" ? "?" : "-";
  return metric.format(value, money) + (metric.isLeast?.(sum) ? "+" : "");
}
