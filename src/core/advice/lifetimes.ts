/**
 * The lifetimes that a cache of prompts can be asked for, the settings that are compared, and what a request would have read
 * under each of them. What is read is the heart of the replay: all else adds it up.
 */
import { strategyFor } from "../cache/strategies.ts";
import { anthropicEphemeral } from "../cache/anthropic_ephemeral.ts";
import type { DurationMs, ModelRef, Tokens } from "../model.ts";

export const FIVE_MINUTES_MS: DurationMs = 5 * 60_000;
export const ONE_HOUR_MS: DurationMs = 60 * 60_000;

/** Both, the shorter first. */
export const LIFETIMES_MS = [FIVE_MINUTES_MS, ONE_HOUR_MS] as const;

/** All writes at one lifetime; or that, and the last request sent again and again to keep what it left. */
export const ADVICE_OPTIONS = ["cache_5m", "cache_1h", "keep_alive_5m", "keep_alive_1h"] as const;
export type AdviceOption = (typeof ADVICE_OPTIONS)[number];

/** How often a request is sent again at most, of the counts that are compared: all from none on. */
export const MOST_PINGS = 40;

/** Whether whoever asks for this model says how long its cache lives. */
export function hasLifetimeChoice(model: ModelRef): boolean {
  return strategyFor(model).id === anthropicEphemeral.id;
}

/** After how long without a request one is sent again. */
export function pingEveryMs(lifetimeMs: DurationMs): DurationMs {
  return lifetimeMs * 0.9;
}

/** How many are sent before the next request: one that is due with it is not. @param gapMs Infinity where none came */
export function pingsBefore(gapMs: DurationMs, lifetimeMs: DurationMs): number {
  return gapMs === Infinity ? MOST_PINGS : Math.max(0, Math.ceil(gapMs / pingEveryMs(lifetimeMs)) - 1);
}

/** How many are sent up to a time, that moment included: what is due at the end of what is looked at was sent. */
export function pingsUpTo(lengthMs: DurationMs, lifetimeMs: DurationMs): number {
  return Math.max(0, Math.floor(lengthMs / pingEveryMs(lifetimeMs)));
}

/** How many are needed so that an entry lives on after so long. None where it does so by itself. */
export function pingsNeeded(gapMs: DurationMs, lifetimeMs: DurationMs): number {
  if (isAlive(gapMs, lifetimeMs)) return 0;
  return Math.floor((gapMs - lifetimeMs) / pingEveryMs(lifetimeMs)) + 1;
}

/** Whether an entry that was used so long ago can still be read: at the very end of its lifetime it cannot. */
export function isAlive(gapMs: DurationMs, lifetimeMs: DurationMs): boolean {
  return gapMs < lifetimeMs;
}

/** What a request met of the cache, by what is recorded. */
export interface MetCache {
  /** From the start of the request that used the prefix before. Undefined where none did: it began its chain. */
  readonly gapMs?: DurationMs;
  /**
   * The lifetime under which the prefix was held, or of the entries that a first request asked for. Infinity where pings kept
   * it that are taken out here.
   */
  readonly heldMs: DurationMs;
  /** What it read. */
  readonly read: Tokens;
  /** What it would have read, had nothing expired. */
  readonly reuse: Tokens;
  /** Whether something did. */
  readonly isExpired: boolean;
}

/**
 * What it would have read with all writes at a lifetime.
 *
 * @param front What the chains of its group have in common, as far as that was alive then: 0 where it was not
 * @param isKept Whether what it met was alive then
 */
export function readUnder(lifetimeMs: DurationMs, met: MetCache, front: Tokens, isKept: boolean): Tokens {
  if (met.gapMs === undefined) {
    return lifetimeMs >= met.heldMs ? Math.max(met.read, front) : Math.min(met.read, front);
  }
  if (isKept) return met.reuse;
  if (met.heldMs > lifetimeMs) return Math.min(met.read, front);
  // What was read all the same was kept by somebody, whatever the clock says.
  return met.isExpired ? Math.max(met.read, front) : met.read;
}
