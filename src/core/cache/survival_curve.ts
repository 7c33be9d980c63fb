/**
 * How the share of caches that survive falls with the pause: pauses by model and by provider, and the curve that fits them.
 *
 * A curve can only fall (isotonic regression), because a longer pause never helps. What follows from it is survival.ts.
 */
import type { DurationMs, ModelRef } from "../model.ts";
import type { LearnedLifetime } from "./strategy.ts";

/** The idle times of one model that its cache survived, and those that it did not. Both in ascending order. */
export interface GapPool {
  readonly model: ModelRef;
  /** The host behind the provider that served all of them. @default that is not known */
  readonly upstream?: string;
  readonly survivals: Float64Array;
  readonly drops: Float64Array;
}

export type Gaps = Pick<GapPool, "survivals" | "drops">;
export type PoolIdentity = Pick<LearnedLifetime, "pool" | "provider" | "model" | "upstream">;

/**
 * Each model's pool, behind it those of it by the host that served it, where that is known, and behind those of a provider
 * all of them as one. What is joined is joined when it is asked for.
 */
export function listPools(pools: readonly GapPool[]): { readonly identity: PoolIdentity; gaps(): Gaps }[] {
  const byProvider = Map.groupBy(
    pools.filter(({ survivals, drops }) => survivals.length + drops.length > 0),
    (pool) => pool.model.provider,
  );
  return [...byProvider].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([provider, ofProvider]) => [
    ...[...Map.groupBy(ofProvider, (pool) => pool.model.model)].sort(([a], [b]) => a < b ? -1 : 1)
      .flatMap(([model, ofModel]) => {
        const identity = { pool: "model" as const, provider, model };
        const byHost = ofModel.filter((pool) => pool.upstream !== undefined)
          .sort((a, b) => a.upstream! < b.upstream! ? -1 : 1)
          .map((pool) => ({ identity: { ...identity, upstream: pool.upstream }, gaps: (): Gaps => pool }));
        return [{ identity, gaps: () => ofModel.length === 1 ? ofModel[0]! : joinPools(ofModel) }, ...byHost];
      }),
    { identity: { pool: "provider" as const, provider }, gaps: () => joinPools(ofProvider) },
  ]);
}

function joinPools(pools: readonly Gaps[]): Gaps {
  const join = (lists: readonly Float64Array[]) => lists.length === 1 ? lists[0]! : joinSorted(lists);
  return { survivals: join(pools.map(({ survivals }) => survivals)), drops: join(pools.map(({ drops }) => drops)) };
}

function joinSorted(lists: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(lists.reduce((length, list) => length + list.length, 0));
  let at = 0;
  for (const list of lists) {
    joined.set(list, at);
    at += list.length;
  }
  // Typed arrays sort numbers several times as fast as objects with a comparison.
  return joined.sort();
}

/** Blocks of neighbouring gaps with one share of survivals each, as lists of one length. */
interface Curve {
  readonly firstGaps: readonly DurationMs[];
  readonly lastGaps: readonly DurationMs[];
  readonly survived: readonly number[];
  readonly counts: readonly number[];
}

/** The fitted curve of one model or provider, and the pauses that it rests on. */
export interface SurvivalCurve extends PoolIdentity {
  /** Neighbouring pauses that share one share of survivals, in ascending order. The shares only fall. */
  readonly blocks: readonly CurveBlock[];
  /** Both in ascending order. */
  readonly survivals: readonly DurationMs[];
  readonly drops: readonly DurationMs[];
}

/** Pauses between two lengths, both of which were seen. */
export interface CurveBlock {
  readonly firstGapMs: DurationMs;
  readonly lastGapMs: DurationMs;
  readonly survived: number;
  readonly count: number;
}

/** In the order of {@linkcode learnFromPools}, with too few samples for a lifetime as well. */
export function traceCurves(pools: readonly GapPool[]): SurvivalCurve[] {
  return listPools(pools).map(({ identity, gaps }) => {
    const { survivals, drops } = gaps();
    const { firstGaps, lastGaps, survived, counts } = fitCurve({ survivals, drops });
    return {
      ...identity,
      blocks: counts.map((count, block) => ({
        firstGapMs: firstGaps[block]!,
        lastGapMs: lastGaps[block]!,
        survived: survived[block]!,
        count,
      })),
      survivals: [...survivals],
      drops: [...drops],
    };
  });
}

/**
 * Pool adjacent violators: shares of survival by idle time, never rising. Equal gaps are one observation each. In lists of
 * numbers, because it is done over all samples whenever one is added.
 */
export function fitCurve({ survivals, drops }: Gaps): Curve {
  const firstGaps: number[] = [];
  const lastGaps: number[] = [];
  const survivedCounts: number[] = [];
  const counts: number[] = [];
  let last = -1;
  let [survivedAt, droppedAt] = [0, 0];
  while (survivedAt < survivals.length || droppedAt < drops.length) {
    const nextSurvival = survivedAt < survivals.length ? survivals[survivedAt]! : Infinity;
    const nextDrop = droppedAt < drops.length ? drops[droppedAt]! : Infinity;
    const gapMs = Math.min(nextSurvival, nextDrop);
    const before = survivedAt + droppedAt;
    let survived = survivedAt;
    while (survivedAt < survivals.length && survivals[survivedAt] === gapMs) survivedAt++;
    while (droppedAt < drops.length && drops[droppedAt] === gapMs) droppedAt++;
    survived = survivedAt - survived;
    let count = survivedAt + droppedAt - before;
    let firstGapMs = gapMs;
    // Cross-multiplied: shares of whole numbers compare exactly.
    while (last >= 0 && survived * counts[last]! >= survivedCounts[last]! * count) {
      firstGapMs = firstGaps[last]!;
      survived += survivedCounts[last]!;
      count += counts[last]!;
      last--;
    }
    last++;
    firstGaps[last] = firstGapMs;
    lastGaps[last] = gapMs;
    survivedCounts[last] = survived;
    counts[last] = count;
  }
  for (const list of [firstGaps, lastGaps, survivedCounts, counts]) list.length = last + 1;
  return { firstGaps, lastGaps, survived: survivedCounts, counts };
}
