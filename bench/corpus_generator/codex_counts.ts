/** Token counts as Codex logs them. */
import type { Sums } from "./truth.ts";

/** As Codex counts: cache tokens inside input, reasoning inside output. */
export interface CodexCounts {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export const NO_COUNTS: CodexCounts = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/** An object of Codex's own names. */
export function jsonOf({ input, cached, cacheWrite, output, reasoning }: CodexCounts): string {
  return `{"input_tokens":${input},"cached_input_tokens":${cached},"cache_write_input_tokens":${cacheWrite},` +
    `"output_tokens":${output},"reasoning_output_tokens":${reasoning},"total_tokens":${input + output}}`;
}

/** Reads back what {@linkcode jsonOf} wrote. */
export function countsOf(json: string): CodexCounts {
  const counts = JSON.parse(json) as Record<string, number>;
  return {
    input: counts.input_tokens ?? 0,
    cached: counts.cached_input_tokens ?? 0,
    cacheWrite: counts.cache_write_input_tokens ?? 0,
    output: counts.output_tokens ?? 0,
    reasoning: counts.reasoning_output_tokens ?? 0,
  };
}

export function addCounts(a: CodexCounts, b: CodexCounts): CodexCounts {
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** The disjoint counts of one response. */
export function sumsOf(counts: CodexCounts): Sums {
  return {
    turns: 1,
    input: counts.input - counts.cached - counts.cacheWrite,
    cacheRead: counts.cached,
    cacheWrite: counts.cacheWrite,
    cacheWrite1h: 0,
    output: counts.output,
    usd: 0,
  };
}
