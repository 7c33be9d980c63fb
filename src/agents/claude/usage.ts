/**
 * The tokens that Claude Code's assistant lines say were used (Anthropic's usage object, Messages API, 2026-11-20).
 *
 * A response is written as several lines. Early ones may hold what was known when it began, or a gateway's estimate: the
 * last one speaks, member by member. A member that cannot be a count is left out, and the others stay.
 */
import type { Tokens, TokenUsage } from "../../core/model.ts";
import type { ClaudeRow } from "./fields.ts";

/** The members of a usage object that are counts. What is not there, null or no count is undefined. */
export interface Counts {
  readonly input?: Tokens;
  readonly cacheRead?: Tokens;
  /** All that was written. */
  readonly written?: Tokens;
  readonly written1h?: Tokens;
  readonly written5m?: Tokens;
  readonly output?: Tokens;
}

/** The counts that a line of a response has. */
export function countsOf(row: ClaudeRow): Counts {
  return {
    input: row.input,
    cacheRead: row.cacheRead,
    written: row.written,
    written1h: row.written1h,
    written5m: row.written5m,
    output: row.output,
  };
}

/**
 * What two lines of a response say together. The later one speaks, but one that names no prompt at all, or no output,
 * knows less than the one before it.
 */
export function mergeCounts(earlier: Counts, later: Counts): Counts {
  const prompt = promptOf(later) > 0 ? later : earlier;
  return {
    input: prompt.input ?? earlier.input,
    cacheRead: prompt.cacheRead ?? earlier.cacheRead,
    written: prompt.written ?? earlier.written,
    written1h: prompt.written1h ?? earlier.written1h,
    written5m: prompt.written5m ?? earlier.written5m,
    output: later.output || earlier.output,
  };
}

/** Tokens of the whole prompt, wherever they came from: read from the cache, written to it, or neither. */
export function promptOf(counts: Counts): Tokens {
  return (counts.input ?? 0) + (counts.cacheRead ?? 0) + writtenOf(counts);
}

function writtenOf({ written, written1h, written5m }: Counts): Tokens {
  return written ?? (written1h ?? 0) + (written5m ?? 0);
}

function hasLifetimes({ written1h, written5m }: Counts): boolean {
  return written1h !== undefined || written5m !== undefined;
}

/**
 * The five disjoint counts.
 *
 * Where the lifetimes in `cache_creation` do not add up to `cache_creation_input_tokens` the latter wins, since it is
 * what every version wrote: one-hour writes are taken up to it, and the rest is five-minute writes. Without lifetimes
 * (old versions) `most1h` decides.
 *
 * @param most1h How much of what was written is for an hour where the lifetimes are not known
 */
export function usageOf(counts: Counts, most1h: Tokens): TokenUsage {
  const total = writtenOf(counts);
  const cacheWrite1h = Math.min(hasLifetimes(counts) ? counts.written1h ?? 0 : most1h, total);
  return {
    input: counts.input ?? 0,
    cacheRead: counts.cacheRead ?? 0,
    cacheWrite: total - cacheWrite1h,
    cacheWrite1h,
    output: counts.output ?? 0,
  };
}

/** For {@linkcode usageOf}, by the lifetime that was requested: all, or nothing where five minutes or none was. */
export function most1hOf(requestedTtl: string | undefined): Tokens {
  return requestedTtl === "1h" ? Infinity : 0;
}

/** Whether all five counts agree, so that two lines can be of one request. */
export function isSameUsage(a: TokenUsage, b: TokenUsage): boolean {
  return a.input === b.input && a.cacheRead === b.cacheRead && a.cacheWrite === b.cacheWrite &&
    a.cacheWrite1h === b.cacheWrite1h && a.output === b.output;
}
