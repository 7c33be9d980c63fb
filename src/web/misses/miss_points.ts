/** Lost caches as points: the pause before them, and what they cost. Pure. */
import type { DurationMs, Usd } from "../../core/model.ts";
import type { ListedMiss } from "../../operations/usage/misses_output.ts";

/** A lost cache with its place. */
export interface MissPoint {
  readonly miss: ListedMiss;
  readonly gapMs: DurationMs;
  readonly usd: Usd;
}

export interface MissPoints {
  /** In order of the pause, so that arrow keys go from left to right. */
  readonly points: readonly MissPoint[];
  /** Causes, the dearest in all first: each has a shape. */
  readonly causes: readonly string[];
  /** Misses of which no price is known: they have no place. */
  readonly unpriced: number;
}

/** A shorter pause stands here: there is no logarithm of none. */
export const SHORTEST_PAUSE: DurationMs = 1000;

/** Those of which a price is known. */
export function makeMissPoints(list: readonly ListedMiss[]): MissPoints {
  const points = list.flatMap((miss): MissPoint[] =>
    miss.missUsd === undefined
      ? []
      : [{ miss, gapMs: Math.max(SHORTEST_PAUSE, miss.gapMs), usd: Math.max(0, miss.missUsd) }]
  ).sort((a, b) => a.gapMs - b.gapMs || a.usd - b.usd);
  const byCause = new Map<string, Usd>();
  for (const { miss: { cause }, usd } of points) byCause.set(cause, (byCause.get(cause) ?? 0) + usd);
  return {
    points,
    causes: [...byCause].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([cause]) => cause),
    unpriced: list.length - points.length,
  };
}
