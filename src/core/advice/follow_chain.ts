/**
 * Goes through one chain and says of each request what it met of the cache.
 *
 * Entries are a model's own: where a chain goes from one model to another and back, the first one's are where they were left.
 */
import { type HeldPrefix, holdPrefix, sharesPrompt } from "../cache/anchor.ts";
import {
  type DurationMs,
  type EpochMs,
  firstRequest,
  lastRequest,
  type ModelRef,
  promptTokens,
  type Tokens,
  type Turn,
  type Usd,
} from "../model.ts";
import { FIVE_MINUTES_MS, hasLifetimeChoice, isAlive, type MetCache, ONE_HOUR_MS } from "./lifetimes.ts";
import type { TurnRates } from "./turn_rates.ts";

/** A turn of a chain, and what the replay needs beside it. */
export interface ReplayTurn extends Turn {
  /** Undefined where the list does not explain what it cost: it uses the cache, and is in no sum. */
  readonly rates?: TurnRates;
  /** What it cost beside tokens. */
  readonly otherUsd?: Usd;
  /** Whether it is the session's own, and was sent in the span that is looked at. */
  readonly isAsked: boolean;
  /** Whether it is a copy of another session's, whose pings are that one's. */
  readonly isCopy: boolean;
}

/** What a request met, and what is needed to say how sure that is. */
export interface FollowedTurn extends MetCache {
  readonly turn: ReplayTurn;
  /** What it might have read at most: what was held, as far as its prompt is long. */
  readonly most: Tokens;
  /** All that it read and wrote. */
  readonly cached: Tokens;
  /** What was left for it by the request before. 0 of a first one. */
  readonly held: Tokens;
  /** From the request that left it to the next one of the chain, whatever model that went to: pings end there. */
  readonly pingableMs: DurationMs;
  /** From it to the next request of the chain; Infinity after the last. */
  readonly nextMs: DurationMs;
  /** Whether a compaction or a change that the provider named explains what is missing. */
  readonly isChanged: boolean;
  /** Whether something that should have been alive was not read. */
  readonly isEarlyLoss: boolean;
}

/** Providers cache in steps, and tools move their markers: a shortfall up to here is none (core/cache/misses.ts). */
const TOLERATED_TOKENS: Tokens = 1024;
const TOLERATED_SHARE = 0.95;

interface Hold {
  prefix: HeldPrefix;
  /** When the request after the one that left it was sent. */
  nextAt: EpochMs | undefined;
  isCompacted: boolean;
}

/** @param turns One chain's, in order of time. @returns of those that can choose a lifetime, in the same order */
export function followChain(turns: readonly ReplayTurn[]): FollowedTurn[] {
  const followed: FollowedTurn[] = [];
  const holds = new Map<string, Hold>();
  for (const [place, turn] of turns.entries()) {
    const isFollowed = hasLifetimeChoice(turn.model);
    for (const hold of holds.values()) {
      hold.nextAt ??= turn.at;
      if (turn.afterCompaction) hold.isCompacted = true;
    }
    if (!isFollowed) continue;
    const name = modelKey(turn.model);
    const hold = holds.get(name);
    const next = turns[place + 1];
    const nextMs = next === undefined ? Infinity : Math.max(0, next.at - turn.at);
    followed.push({ ...meet(turn, hold, turns, place), turn, nextMs });
    const prefix = holdPrefix(hold?.isCompacted ? undefined : hold?.prefix, turn, false);
    // One that uses no cache leaves what is held where it is.
    const isUsed = cachedOf(turn) > 0 || hold === undefined;
    holds.set(name, isUsed ? { prefix, nextAt: undefined, isCompacted: false } : hold);
  }
  return followed;
}

/** The same of a chain without the pings that were sent. @param whole What {@linkcode followChain} says of all of it */
export function followWithoutPings(turns: readonly ReplayTurn[], whole: readonly FollowedTurn[]): FollowedTurn[] {
  const recorded = new Map(whole.map((followed) => [followed.turn, followed]));
  return followChain(turns.filter(({ keepsWarm }) => !keepsWarm)).map((followed) => {
    const { gapMs, heldMs, reuse, isExpired, most, isChanged, isEarlyLoss } = recorded.get(followed.turn)!;
    // What it would have read, had nothing expired, is told by the chain as it was.
    const known = { ...followed, reuse, isExpired, most, isChanged, isEarlyLoss };
    if (gapMs === undefined || followed.gapMs === undefined || gapMs === followed.gapMs) return known;
    return { ...known, heldMs: isAlive(gapMs, heldMs) ? Infinity : heldMs };
  });
}

type Met = Omit<FollowedTurn, "turn" | "nextMs">;

function meet(turn: ReplayTurn, hold: Hold | undefined, turns: readonly ReplayTurn[], place: number): Met {
  const request = firstRequest(turn);
  const { cacheRead: read } = request;
  const cached = cachedOf(turn);
  if (hold === undefined || hold.prefix.tokens === 0 || !sharesPrompt(turn.chain)) {
    const heldMs = askedLifetime(turns, place);
    return {
      heldMs,
      read,
      reuse: read,
      isExpired: false,
      most: read,
      cached,
      held: 0,
      pingableMs: 0,
      isChanged: false,
      isEarlyLoss: false,
    };
  }
  const { at, tokens, oneHourTokens } = hold.prefix;
  const prompt = promptTokens(request);
  const gapMs = Math.max(0, turn.at - at);
  const most = Math.max(read, Math.min(tokens, prompt));
  const alive = Math.min(
    isAlive(gapMs, FIVE_MINUTES_MS) ? tokens : isAlive(gapMs, ONE_HOUR_MS) ? oneHourTokens : 0,
    prompt,
  );
  const isChanged = hold.isCompacted || turn.missReason !== undefined;
  const isShort = isShortOf(read, most);
  // Entries of an hour stand before the others: what of them was alive has to have been read.
  const isExpired = !isChanged && alive < most && read < most && (isShort || read <= alive) && !isShortOf(read, alive);
  const isHour = oneHourTokens > 0 && (oneHourTokens === tokens || read <= oneHourTokens);
  return {
    gapMs,
    heldMs: isHour ? ONE_HOUR_MS : FIVE_MINUTES_MS,
    read,
    reuse: isExpired ? most : read,
    isExpired,
    most,
    cached,
    held: tokens,
    pingableMs: Math.max(0, (hold.nextAt ?? turn.at) - at),
    isChanged,
    isEarlyLoss: !isChanged && isShortOf(read, alive),
  };
}

/** What it wrote for; of one that wrote nothing, what the next of its model did that says so. */
function askedLifetime(turns: readonly ReplayTurn[], place: number): DurationMs {
  const { model } = turns[place]!;
  for (let next = place; next < turns.length; next++) {
    const { usage, requestedTtlMs, model: other } = turns[next]!;
    if (other !== model && modelKey(other) !== modelKey(model)) continue;
    if (usage.cacheWrite1h > 0 || requestedTtlMs === ONE_HOUR_MS) return ONE_HOUR_MS;
    if (usage.cacheWrite > 0 || requestedTtlMs !== undefined) return FIVE_MINUTES_MS;
  }
  return FIVE_MINUTES_MS;
}

/** Of the request that met the cache. */
function cachedOf(turn: ReplayTurn): Tokens {
  const { cacheRead, cacheWrite, cacheWrite1h } = firstRequest(turn);
  return cacheRead + cacheWrite + cacheWrite1h;
}

/** What a ping after it would read, and would send beside that. */
export function pingOf(turn: ReplayTurn): { readonly cached: Tokens; readonly input: Tokens } {
  const { cacheRead, cacheWrite, cacheWrite1h, input } = lastRequest(turn);
  return { cached: cacheRead + cacheWrite + cacheWrite1h, input };
}

function isShortOf(read: Tokens, expected: Tokens): boolean {
  return expected - read > TOLERATED_TOKENS && read < TOLERATED_SHARE * expected;
}

/** One text for a model. */
export function modelKey({ provider, model }: ModelRef): string {
  return `${provider}/${model}`;
}
