/**
 * Token counts as Codex logs them, and the disjoint usage they stand for.
 *
 * Codex writes the same six counts for one response, for a turn and as a running total of the thread. Cached and
 * cache-written tokens are inside its input, reasoning inside its output. Which of a log's counts are to be added is not
 * decided here (codex.ts).
 */
import type { TokenUsage } from "../../core/model.ts";
import { fieldsOf } from "./codex_fields.ts";

/**
 * Counts of one response or a running total, cache tokens still inside `input`.
 *
 * Source: `TokenUsage` in codex-rs/protocol/src/protocol.rs, read 2026-11-21; files of Codex 0.169.0.
 */
export interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

export type Decoded<T> = { readonly value: T; readonly problem?: string } | { readonly problem: string };

export const NO_COUNTS: TokenCounts = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0, total: 0 };

/** More tokens than any model takes or gives in one response: the count is damaged. */
const MOST_TOKENS_OF_A_RESPONSE = 1_000_000_000;

/**
 * Reads an object of token counts; every count is a whole number, zero or more. Older versions wrote no
 * `cache_write_input_tokens`, and null for others: Codex itself reads a missing count as 0.
 */
export function readTokenCounts(value: unknown): Decoded<TokenCounts> {
  const logged = fieldsOf(value);
  if (logged === undefined) return { problem: "Token counts are missing: the response is not counted." };
  const input = logged.input_tokens ?? undefined;
  const cached = logged.cached_input_tokens ?? 0;
  const cacheWrite = logged.cache_write_input_tokens ?? 0;
  const output = logged.output_tokens ?? undefined;
  const reasoning = logged.reasoning_output_tokens ?? 0;
  const total = logged.total_tokens ?? 0;
  if (!isCount(input)) return wrongCount("input_tokens", input);
  if (!isCount(cached)) return wrongCount("cached_input_tokens", cached);
  if (!isCount(cacheWrite)) return wrongCount("cache_write_input_tokens", cacheWrite);
  if (!isCount(output)) return wrongCount("output_tokens", output);
  if (!isCount(reasoning)) return wrongCount("reasoning_output_tokens", reasoning);
  if (!isCount(total)) return wrongCount("total_tokens", total);
  return { value: { input, cached, cacheWrite, output, reasoning, total } };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function wrongCount(field: string, count: unknown): { readonly problem: string } {
  // Nested data may be anything, the user's text too.
  const found = typeof count === "object" ? "an object or array" : JSON.stringify(count) ?? "missing";
  return {
    problem: `Token count ${field} is ${found}, expected a whole number, zero or more: the response is not counted.`,
  };
}

/** One string per set of counts, equal when all six are. */
export function tupleOf({ input, cached, cacheWrite, output, reasoning, total }: TokenCounts): string {
  return `${input},${cached},${cacheWrite},${output},${reasoning},${total}`;
}

export function isSameCounts(a: TokenCounts, b: TokenCounts): boolean {
  return a.input === b.input && a.cached === b.cached && a.cacheWrite === b.cacheWrite && a.output === b.output &&
    a.reasoning === b.reasoning && a.total === b.total;
}

/** What a running total grew by; undefined when a count went down, which makes it another counter. */
export function growthOf(total: TokenCounts, previous: TokenCounts): TokenCounts | undefined {
  const growth: TokenCounts = {
    input: total.input - previous.input,
    cached: total.cached - previous.cached,
    cacheWrite: total.cacheWrite - previous.cacheWrite,
    output: total.output - previous.output,
    reasoning: total.reasoning - previous.reasoning,
    total: total.total - previous.total,
  };
  return Object.values(growth).some((count) => count < 0) ? undefined : growth;
}

/** The disjoint usage of one response. A cache larger than the input leaves an input of zero, and a problem. */
export function usageOf(counts: TokenCounts): Decoded<TokenUsage> {
  const most = Math.max(counts.input, counts.cached, counts.cacheWrite, counts.output);
  if (most > MOST_TOKENS_OF_A_RESPONSE) {
    return { problem: `${most} tokens in one response cannot be: the response is not counted.` };
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
    problem: fresh >= 0
      ? undefined
      : `More tokens from and to the cache (${
        counts.cached + counts.cacheWrite
      }) than input tokens (${counts.input}): input is taken as 0.`,
  };
}
