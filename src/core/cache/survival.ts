/**
 * Learns from this user's own history how long a provider's cache lives: pairs of consecutive turns of one chain, the
 * idle time between them, and whether the prefix survived it. The curve through them is survival_curve.ts.
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
import { hasEnough, nameOfPool } from "./lifetime_table.ts";
import { isRouted } from "./sticky_routing.ts";
import { fitCurve, type GapPool, type Gaps, listPools, type PoolIdentity } from "./survival_curve.ts";
import { strategyOf } from "./strategies.ts";
import { type GapSample, type LearnedLifetime, type LifetimeTable } from "./strategy.ts";

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
  const prefix = foldChain(turns, before, (turn, previous, held, isAutomatic, { reroute, upstream }) => {
    if (!isOwn(turn)) return;
    const miss = missOf(turn, previous, held, reroute);
    if (miss !== undefined) misses.push(miss);
    const gapMs = turn.at - previous.at;
    // Short survivals are the rule and say nothing about how long a cache lives.
    if (gapMs < MINIMUM_DROP_GAP_MS) return;
    // Two hosts have two caches: one says nothing of how long the other holds.
    if (reroute !== undefined) return;
    const share = isAutomatic ? SURVIVED_SHARE_AUTOMATIC : SURVIVED_SHARE;
    const survived = survives(held, previous, turn, share, upstream !== undefined);
    if (survived === undefined) return;
    const sample = { model: turn.model, at: turn.at, gapMs, survived };
    samples.push(upstream === undefined ? sample : { ...sample, upstream });
  });
  return { samples, misses, prefix };
}

/** Undefined when the pair says nothing. @param isOneHost Whether it is known that one host served both */
function survives(
  held: HeldPrefix,
  previous: ChainPrefix["last"],
  turn: Turn,
  survivedShare: number,
  isOneHost: boolean,
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
  return !isOneHost && isRerouted(held, turn.at) ? undefined : false;
}

/** Nothing is learned from the request that is weighed. */
const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

/** Whether a router explains the loss: the cache it was in is documented to have been there still. */
export function isRerouted(held: HeldPrefix, at: EpochMs): boolean {
  if (!isRouted(held.model)) return false;
  const { state } = strategyOf(held).stateAt(held, at, NOTHING_LEARNED);
  return state === "warm" || state === "maybe";
}

/** The order of the samples does not matter. @param samples Made by {@linkcode gapSamplesOf} */
export function poolSamples(samples: readonly GapSample[]): GapPool[] {
  const byModel = Map.groupBy(samples, ({ model, upstream }) => nameOfPool(model, upstream));
  return [...byModel.values()].map((ofModel) => ({
    model: ofModel[0]!.model,
    ...(ofModel[0]!.upstream === undefined ? {} : { upstream: ofModel[0]!.upstream }),
    survivals: sortedGaps(ofModel.filter(({ survived }) => survived)),
    drops: sortedGaps(ofModel.filter(({ survived }) => !survived)),
  }));
}

/** {@linkcode learnFromPools}, from samples in any order. */
export function learnLifetimes(samples: readonly GapSample[]): LearnedLifetime[] {
  return learnFromPools(poolSamples(samples));
}

/**
 * One lifetime for each model and each provider that has samples, and each host of a model; in the order of `listPools`.
 *
 * @param pools At most one a model and host
 * @param known What is known already of a model, and of one at a host. @default nothing
 */
export function learnFromPools(
  pools: readonly GapPool[],
  known: (model: ModelRef, upstream: string | undefined) => LearnedLifetime | undefined = () => undefined,
): LearnedLifetime[] {
  return listPools(pools).map(({ identity, gaps }) => {
    const { provider, model, upstream } = identity;
    return (model === undefined ? undefined : known({ provider, model }, upstream)) ?? learnLifetime(gaps(), identity);
  });
}

function learnLifetime(gaps: Gaps, identity: PoolIdentity): LearnedLifetime {
  const counts = { survivals: gaps.survivals.length, drops: gaps.drops.length };
  const fit = hasEnough(counts) ? fitLifetime(gaps) : undefined;
  return {
    ...identity,
    samples: counts.survivals + counts.drops,
    ...counts,
    ...(fit === undefined ? {} : { fit }),
  };
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

function sortedGaps(samples: readonly GapSample[]): Float64Array {
  return new Float64Array(samples.map(({ gapMs }) => gapMs)).sort();
}
