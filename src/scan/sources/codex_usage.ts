/**
 * Token counts as Codex logs them, and the disjoint usage they stand for.
 *
 * Codex writes the same six counts for one response, for a turn and as a running total of the thread. Cached and
 * cache-written tokens are inside its input, reasoning inside its output. Which of a log's counts are to be added is not
 * decided here (codex.ts).
 */
import type { TokenUsage } from "../../core/model.ts";
import { type Fields, fieldsOf } from "./codex_fields.ts";

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

/** Older versions wrote no `cache_write_input_tokens`, and null for others: Codex itself reads a missing count as 0. */
const FIELDS: readonly (readonly [keyof TokenCounts, keyof Fields, "required" | "optional"])[] = [
  ["input", "input_tokens", "required"],
  ["cached", "cached_input_tokens", "optional"],
  ["cacheWrite", "cache_write_input_tokens", "optional"],
  ["output", "output_tokens", "required"],
  ["reasoning", "reasoning_output_tokens", "optional"],
  ["total", "total_tokens", "optional"],
];

/** Reads an object of token counts; every count is a whole number, zero or more. */
export function readTokenCounts(value: unknown): Decoded<TokenCounts> {
  const logged = fieldsOf(value);
  if (logged === undefined) return { problem: "Token counts are missing: the response is not counted." };
  const counts = { ...NO_COUNTS };
  for (const [name, field, need] of FIELDS) {
    const count = logged[field] ?? (need === "optional" ? 0 : undefined);
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
      return {
        problem:
          `Token count ${field} is ${JSON.stringify(count) ?? "missing"}, expected a whole number, zero or more: ` +
          "the response is not counted.",
      };
    }
    counts[name] = count;
  }
  return { value: counts };
}

/** One string per set of counts, equal when all six are. */
export function tupleOf(counts: TokenCounts): string {
  return FIELDS.map(([name]) => counts[name]).join(",");
}

/** What a running total grew by; undefined when a count went down, which makes it another counter. */
export function growthOf(total: TokenCounts, previous: TokenCounts): TokenCounts | undefined {
  const growth = { ...NO_COUNTS };
  for (const [name] of FIELDS) {
    growth[name] = total[name] - previous[name];
    if (growth[name] < 0) return undefined;
  }
  return growth;
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
