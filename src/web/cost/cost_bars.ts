/** Bars of an answer of `cost`: the seven largest parts of its rows, and all others as one. Pure. */
import type { CostOutput, CostRow } from "../../operations/usage/cost_output.ts";
import { MOST_PARTS, OTHER } from "../charts/colours.ts";
import { type Metric, type MetricName, METRICS, type MetricSum } from "./metrics.ts";

/** Stands for the whole where an answer is not split. */
export const WHOLE = "";

/** A part of all rows. */
export interface RankedPart {
  /** Of the split; {@linkcode OTHER}, or {@linkcode WHOLE} */
  readonly key: string;
  /** Of all rows; of a share, their largest. */
  readonly value: number;
}

/** A row as it is drawn. */
export interface CostBar {
  /** Of the row. */
  readonly key: string;
  /** As long as the parts; undefined where it is not known, or there is nothing to have a share of. */
  readonly values: readonly (number | undefined)[];
  /** Undefined where nothing of it is known. */
  readonly total?: number;
  /** Whether something is missing from it. */
  readonly isLeast: boolean;
}

/** What is drawn of an answer. */
export interface BarsOfCost {
  /** The largest first, {@linkcode OTHER} last. */
  readonly parts: readonly RankedPart[];
  /** Keys that {@linkcode OTHER} stands for, the largest first. */
  readonly others: readonly string[];
  readonly bars: readonly CostBar[];
}

type Parts = readonly (MetricSum & { readonly key: string })[];

/** Of a share each value is one of its own; all else adds up. */
export function makeCostBars({ rows, split }: Pick<CostOutput, "rows" | "split">, name: MetricName): BarsOfCost {
  const metric: Metric = METRICS[name];
  const partsOf = (row: CostRow): Parts => split === undefined ? [{ ...row, key: WHOLE }] : row.parts ?? [];
  const ranked = rankKeys(rows.flatMap(partsOf), metric);
  const named = ranked.slice(0, MOST_PARTS);
  // Shares do not add up: of all others together nothing is drawn.
  const others = metric.isShare ? [] : ranked.slice(MOST_PARTS);
  const parts = others.length === 0
    ? named
    : [...named, { key: OTHER, value: sumOf(others.map(({ value }) => value)) }];
  const places = new Map(named.map(({ key }, place) => [key, place]));
  return {
    parts,
    others: others.map(({ key }) => key),
    bars: rows.map((row) => {
      const values: (number | undefined)[] = parts.map(() => undefined);
      for (const part of partsOf(row)) {
        const place = places.get(part.key) ?? (others.length === 0 ? undefined : named.length);
        const value = metric.valueOf(part);
        if (place !== undefined && value !== undefined) values[place] = (values[place] ?? 0) + value;
      }
      return { key: row.key, values, total: metric.valueOf(row), isLeast: metric.isLeast?.(row) ?? false };
    }),
  };
}

/** By what they add up to, the largest first; shares by the prompts that they are of. */
function rankKeys(parts: Parts, metric: Metric): readonly RankedPart[] {
  const sums = new Map<string, { value: number; weight: number }>();
  for (const part of parts) {
    const value = metric.valueOf(part) ?? 0;
    const sum = sums.get(part.key);
    const weight = metric.isShare ? promptOf(part) : value;
    if (sum === undefined) sums.set(part.key, { value, weight });
    else {
      sum.value = metric.isShare ? Math.max(sum.value, value) : sum.value + value;
      sum.weight += weight;
    }
  }
  return [...sums].sort(([a, one], [b, other]) => other.weight - one.weight || (a < b ? -1 : 1))
    .map(([key, { value }]) => ({ key, value }));
}

function promptOf({ usage }: MetricSum): number {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
