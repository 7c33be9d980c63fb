/**
 * The six counts that Codex logs, and the disjoint usage they stand for.
 *
 * Codex writes the same six counts for one response, for a turn and as a running total of the thread. Cached and
 * cache-written tokens are inside its input, reasoning inside its output. Which of a log's counts are to be added is not
 * decided here (codex/source.ts).
 */
import type { TokenUsage } from "../../core/model.ts";
import { MOST_TOKENS } from "../../core/plausible.ts";
import type { LoggedSet } from "../usual_turns.ts";

/**
 * Counts of one response or a running total, cache tokens still inside `input`.
 *
 * Source: `TokenUsage` in codex-rs/protocol/src/protocol.rs, read 2026-11-21; files of Codex 0.169.0.
 */
export type TokenCounts = LoggedSet;

export const NO_COUNTS: TokenCounts = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0, total: 0 };

/** One string per set of counts, equal when all six are. */
export function tupleOf({ input, cached, cacheWrite, output, reasoning, total }: TokenCounts): string {
  return `${input},${cached},${cacheWrite},${output},${reasoning},${total}`;
}

/** Whether all six counts agree, as in a line that was written twice. */
export function isSameCounts(a: TokenCounts, b: TokenCounts): boolean {
  return a.input === b.input && a.cached === b.cached && a.cacheWrite === b.cacheWrite && a.output === b.output &&
    a.reasoning === b.reasoning && a.total === b.total;
}

/** Whether two kinds of line show the same: what is billed agrees, reasoning and sums may be written differently. */
export function isSameSpend(a: TokenCounts, b: TokenCounts): boolean {
  return a.input === b.input && a.cached === b.cached && a.cacheWrite === b.cacheWrite && a.output === b.output;
}

/** Whether nothing of it is billed: the line estimates the context, and is no response. */
export function isNoSpend({ input, cached, cacheWrite, output }: TokenCounts): boolean {
  return input + cached + cacheWrite + output === 0;
}

/** The sum of two sets of counts, each kind for itself. */
export function addCounts(a: TokenCounts, b: TokenCounts): TokenCounts {
  return combine(a, b, 1);
}

/** What a running total grew by; undefined when a count went down, which makes it another counter. */
export function growthOf(total: TokenCounts, previous: TokenCounts): TokenCounts | undefined {
  const growth = combine(total, previous, -1);
  const least = Math.min(
    growth.input,
    growth.cached,
    growth.cacheWrite,
    growth.output,
    growth.reasoning,
    growth.total,
  );
  return least < 0 ? undefined : growth;
}

function combine(a: TokenCounts, b: TokenCounts, sign: 1 | -1): TokenCounts {
  return {
    input: a.input + sign * b.input,
    cached: a.cached + sign * b.cached,
    cacheWrite: a.cacheWrite + sign * b.cacheWrite,
    output: a.output + sign * b.output,
    reasoning: a.reasoning + sign * b.reasoning,
    total: a.total + sign * b.total,
  };
}

/**
 * The disjoint usage of one response. A cache larger than the input leaves an input of zero, and a problem; so does a
 * count that no response can have.
 *
 * @param hasInput False when there is no count of the input, so that nothing can be said of a cache that is larger
 */
export function usageOf(
  counts: TokenCounts,
  hasInput: boolean,
): { readonly value: TokenUsage; readonly problem?: string } {
  const most = Math.max(counts.input, counts.cached, counts.cacheWrite, counts.output);
  if (most > MOST_TOKENS) {
    const possible = (count: number) => count > MOST_TOKENS ? 0 : count;
    const { value } = usageOf({
      ...counts,
      input: possible(counts.input),
      cached: possible(counts.cached),
      cacheWrite: possible(counts.cacheWrite),
      output: possible(counts.output),
    }, hasInput);
    return { value, problem: `${most} tokens in one response cannot be: that count is left out; the rest counts.` };
  }
  const fresh = counts.input - counts.cached - counts.cacheWrite;
  return {
    value: {
      input: Math.max(0, fresh),
      cacheRead: counts.cached,
      cacheWrite: counts.cacheWrite,
      cacheWrite1h: 0,
      output: counts.output,
    },
    problem: fresh >= 0 || !hasInput
      ? undefined
      : `More tokens from and to the cache (${
        counts.cached + counts.cacheWrite
      }) than input tokens (${counts.input}): input is taken as 0.`,
  };
}
