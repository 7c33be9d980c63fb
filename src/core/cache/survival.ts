/**
 * Learns from this user's own history how long a provider's cache lives: pairs of consecutive turns of one chain, the
 * idle time between them, and whether the prefix survived it.
 *
 * What survives is fitted as a curve that can only fall (isotonic regression), because a longer pause never helps.
 */
import {
  type DurationMs,
  type EpochMs,
  firstRequest,
  isSameModel,
  type ModelRef,
  promptTokens,
  type Turn,
} from "../model.ts";
import { type ChainPrefix, foldChain, type HeldPrefix, sharesPrompt } from "./anchor.ts";
import { type CacheMiss, missOf } from "./misses.ts";
import { strategyOf } from "./strategies.ts";
import {
  type GapSample,
  type LearnedLifetime,
  type LifetimeTable,
  NEEDED_DROPS,
  NEEDED_SURVIVALS,
} from "./strategy.ts";

/** Below these a pair says nothing: small prompts are often below the provider's minimum. */
const MINIMUM_PROMPT_TOKENS = 4096;
const MINIMUM_HELD_TOKENS = 2000;
/** Share of the held tokens that was read: above the first it survived, below the second it dropped. */
const SURVIVED_SHARE = 0.9;
const SURVIVED_SHARE_AUTOMATIC = 0.8;
const DROPPED_SHARE = 0.5;
/** No cache expires this fast: what is lost sooner was lost because the prompt changed. */
const MINIMUM_DROP_GAP_MS: DurationMs = 60_000;

/**
 * Pairs of consecutive turns, a minute or more apart, that show whether a prefix survived.
 *
 * @param turns One chain's, in order of time
 * @param isOwn Whether a pair counts, by its later turn: history copied from another session is observed there
 * @param before What came before the turns
 */
export function gapSamplesOf<T extends Turn>(
  turns: readonly T[],
  isOwn: (turn: T) => boolean = () => true,
  before?: ChainPrefix,
): readonly GapSample[] {
  return turns.length === 0 ? [] : observeChain(turns, isOwn, before).samples;
}

/** What is seen of a chain's cache as its turns go by. */
export interface ObservedChain {
  readonly samples: readonly GapSample[];
  readonly misses: readonly CacheMiss[];
  /** What the turns leave behind. */
  readonly prefix: ChainPrefix;
}

/** Pauses, misses, and what is left, in one pass. @param turns At least one; otherwise as {@linkcode gapSamplesOf} */
export function observeChain<T extends Turn>(
  turns: readonly T[],
  isOwn: (turn: T) => boolean,
  before?: ChainPrefix,
): ObservedChain {
  const samples: GapSample[] = [];
  const misses: CacheMiss[] = [];
  const prefix = foldChain(turns, before, (turn, previous, held, isAutomatic) => {
    if (!isOwn(turn)) return;
    const miss = missOf(turn, previous, held);
    if (miss !== undefined) misses.push(miss);
    const gapMs = turn.at - previous.at;
    // Short survivals are the rule and say nothing about how long a cache lives.
    if (gapMs < MINIMUM_DROP_GAP_MS) return;
    const survived = survives(held, previous, turn, isAutomatic ? SURVIVED_SHARE_AUTOMATIC : SURVIVED_SHARE);
    if (survived !== undefined) samples.push({ model: turn.model, at: turn.at, gapMs, survived });
  });
  return { samples, misses, prefix };
}

/** Undefined when the pair says nothing. */
function survives(
  held: HeldPrefix,
  previous: ChainPrefix["last"],
  turn: Turn,
  survivedShare: number,
): boolean | undefined {
  if (!sharesPrompt(turn.chain) || turn.afterCompaction) return undefined;
  if (!isSameModel(previous.model, turn.model) || held.at !== previous.at) return undefined;
  if (promptTokens(previous.usage) < MINIMUM_PROMPT_TOKENS || held.tokens < MINIMUM_HELD_TOKENS) return undefined;
  const request = firstRequest(turn);
  const expected = Math.min(held.tokens, promptTokens(request));
  if (expected < MINIMUM_HELD_TOKENS) return undefined;
  const share = request.cacheRead / expected;
  if (share >= survivedShare) return true;
  if (share >= DROPPED_SHARE) return undefined;
  return isRerouted(held, turn.at) ? undefined : false;
}

/** Nothing is learned from the request that is weighed. */
const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

/** Whether a router explains the loss: the cache it was in is documented to have been there still. */
export function isRerouted(held: HeldPrefix, at: EpochMs): boolean {
  if (!isRouted(held.model)) return false;
  const { state } = strategyOf(held).stateAt(held, at, NOTHING_LEARNED);
  return state === "warm" || state === "maybe";
}

/** Whether a router chooses who answers, so that a cache may be lost to a request that is still there. */
export function isRouted({ provider }: ModelRef): boolean {
  return provider === "openrouter";
}

/** The idle times of one model that its cache survived, and those that it did not. Both in ascending order. */
export interface GapPool {
  readonly model: ModelRef;
  readonly survivals: Float64Array;
  readonly drops: Float64Array;
}

/** The order of the samples does not matter. @param samples Made by {@linkcode gapSamplesOf} */
function poolSamples(samples: readonly GapSample[]): GapPool[] {
  const byModel = Map.groupBy(samples, ({ model }) => `${model.provider}\0${model.model}`);
  return [...byModel.values()].map((ofModel) => ({
    model: ofModel[0]!.model,
    survivals: sortedGaps(ofModel.filter(({ survived }) => survived)),
    drops: sortedGaps(ofModel.filter(({ survived }) => !survived)),
  }));
}

/** {@linkcode learnFromPools}, from samples in any order. */
export function learnLifetimes(samples: readonly GapSample[]): LearnedLifetime[] {
  return learnFromPools(poolSamples(samples));
}

/**
 * One lifetime for each model and each provider that has samples; providers after their models.
 *
 * @param pools At most one a model
 * @param known What is known already of a model. @default nothing
 */
export function learnFromPools(
  pools: readonly GapPool[],
  known: (model: ModelRef) => LearnedLifetime | undefined = () => undefined,
): LearnedLifetime[] {
  const byProvider = Map.groupBy(
    pools.filter(({ survivals, drops }) => survivals.length + drops.length > 0),
    (pool) => pool.model.provider,
  );
  return [...byProvider].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([provider, ofProvider]) => [
    ...ofProvider.toSorted((a, b) => a.model.model < b.model.model ? -1 : 1)
      .map((pool) => known(pool.model) ?? learnLifetime(pool, { pool: "model", provider, model: pool.model.model })),
    learnLifetime(joinPools(ofProvider), { pool: "provider", provider }),
  ]);
}

type Gaps = Pick<GapPool, "survivals" | "drops">;

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

function learnLifetime(
  gaps: Gaps,
  identity: Pick<LearnedLifetime, "pool" | "provider" | "model">,
): LearnedLifetime {
  const counts = { survivals: gaps.survivals.length, drops: gaps.drops.length };
  const fit = hasEnough(counts) ? fitLifetime(gaps) : undefined;
  return {
    ...identity,
    samples: counts.survivals + counts.drops,
    ...counts,
    ...(fit === undefined ? {} : { fit }),
  };
}

function hasEnough({ survivals, drops }: Pick<LearnedLifetime, "survivals" | "drops">): boolean {
  return survivals >= NEEDED_SURVIVALS && drops >= NEEDED_DROPS;
}

/** Blocks of neighbouring gaps with one share of survivals each, as lists of one length. */
interface Curve {
  readonly firstGaps: readonly DurationMs[];
  readonly lastGaps: readonly DurationMs[];
  readonly survived: readonly number[];
  readonly counts: readonly number[];
}

function fitLifetime(gaps: Gaps): LearnedLifetime["fit"] {
  const { firstGaps, lastGaps, survived, counts } = fitCurve(gaps);
  const shareAt = (block: number) => survived[block]! / counts[block]!;
  // Shares never rise: what is warm lies at the beginning, what is cold at the end.
  let warm = -1;
  while (warm + 1 < counts.length && shareAt(warm + 1) >= SURVIVED_SHARE) warm++;
  let cold = counts.length;
  while (cold > 0 && shareAt(cold - 1) <= DROPPED_SHARE) cold--;
  if (cold === counts.length) return undefined;
  const warmUntilMs = warm < 0 ? 0 : lastGaps[warm]!;
  const coldFromMs = firstGaps[cold]!;
  return { warmUntilMs, coldFromMs, ttlMs: Math.round((warmUntilMs + coldFromMs) / 2) };
}

/** The curve over the samples of whatever models, block by block. */
export function fitSurvivalCurve(samples: readonly GapSample[]) {
  const { firstGaps, lastGaps, survived, counts } = fitCurve(joinPools(poolSamples(samples)));
  return counts.map((count, block) => ({
    firstGapMs: firstGaps[block]!,
    lastGapMs: lastGaps[block]!,
    survived: survived[block]!,
    count,
  }));
}

/**
 * Pool adjacent violators: shares of survival by idle time, never rising. Equal gaps are one observation each. In lists of
 * numbers, because it is done over all samples whenever one is added.
 */
function fitCurve({ survivals, drops }: Gaps): Curve {
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

function sortedGaps(samples: readonly GapSample[]): Float64Array {
  return new Float64Array(samples.map(({ gapMs }) => gapMs)).sort();
}

/**
 * Answers with the model's lifetime where it has samples enough, else with its provider's, else with whatever counts
 * there are. A model whose many samples show no end is not given the end of others.
 */
export function lifetimeTable(learned: readonly LearnedLifetime[]): LifetimeTable {
  const byModel = new Map<string, LearnedLifetime>();
  const byProvider = new Map<string, LearnedLifetime>();
  for (const lifetime of learned) {
    if (lifetime.model === undefined) byProvider.set(lifetime.provider, lifetime);
    else byModel.set(`${lifetime.provider}\0${lifetime.model}`, lifetime);
  }
  return {
    lookUp({ provider, model }: ModelRef) {
      const own = byModel.get(`${provider}\0${model}`);
      const pooled = byProvider.get(provider);
      // Whoever is behind a host without a name may be another one each time.
      if (provider === "unknown") return own;
      // Without any fit the larger pool says best how many samples there are.
      return [own, pooled].find((lifetime) => lifetime !== undefined && hasEnough(lifetime)) ?? pooled ?? own;
    },
  };
}
