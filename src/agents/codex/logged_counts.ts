/** The objects of token counts in a row, as they were logged, and what can be said of one. */
import type { CodexRow } from "./fields.ts";
import type { TokenCounts } from "./usage.ts";

/**
 * Undefined is a count that is missing: Codex itself reads it as 0, and older versions wrote no cache writes, and null for
 * others. NaN stands for whatever is there and is no count.
 */
export type LoggedCounts = { readonly [Count in keyof TokenCounts]: number | undefined };

// Each spelt out, as properties whose name is looked up take three times as long.

/** The running total of a `token_count`. */
export function loggedTotal(row: CodexRow): LoggedCounts | undefined {
  if (row.total === undefined) return undefined;
  return {
    input: row.totalInput ?? noCount(row.totalHasInput),
    cached: row.totalCached ?? noCount(row.totalHasCached),
    cacheWrite: row.totalCacheWrite ?? noCount(row.totalHasCacheWrite),
    output: row.totalOutput ?? noCount(row.totalHasOutput),
    reasoning: row.totalReasoning ?? noCount(row.totalHasReasoning),
    total: row.totalTotal ?? noCount(row.totalHasTotal),
  };
}

/** The response of a `token_count`. */
export function loggedLast(row: CodexRow): LoggedCounts | undefined {
  if (row.last === undefined) return undefined;
  return {
    input: row.lastInput ?? noCount(row.lastHasInput),
    cached: row.lastCached ?? noCount(row.lastHasCached),
    cacheWrite: row.lastCacheWrite ?? noCount(row.lastHasCacheWrite),
    output: row.lastOutput ?? noCount(row.lastHasOutput),
    reasoning: row.lastReasoning ?? noCount(row.lastHasReasoning),
    total: row.lastTotal ?? noCount(row.lastHasTotal),
  };
}

/** The response of a `token_usage_record`. */
export function loggedUsage(row: CodexRow): LoggedCounts | undefined {
  if (row.usage === undefined) return undefined;
  return {
    input: row.usageInput ?? noCount(row.usageHasInput),
    cached: row.usageCached ?? noCount(row.usageHasCached),
    cacheWrite: row.usageCacheWrite ?? noCount(row.usageHasCacheWrite),
    output: row.usageOutput ?? noCount(row.usageHasOutput),
    reasoning: row.usageReasoning ?? noCount(row.usageHasReasoning),
    total: row.usageTotal ?? noCount(row.usageHasTotal),
  };
}

/** The running total of a `token_usage_record`, which only tells records apart: what is no count is 0. */
export function threadTotalOf(row: CodexRow): TokenCounts | undefined {
  if (row.threadTotal === undefined) return undefined;
  return {
    input: row.threadTotalInput ?? 0,
    cached: row.threadTotalCached ?? 0,
    cacheWrite: row.threadTotalCacheWrite ?? 0,
    output: row.threadTotalOutput ?? 0,
    reasoning: row.threadTotalReasoning ?? 0,
    total: row.threadTotalTotal ?? 0,
  };
}

function noCount(isThere: true | undefined): number | undefined {
  return isThere && NaN;
}

/** What is missing or no count is 0 in it. */
export function countsIn({ input, cached, cacheWrite, output, reasoning, total }: LoggedCounts): TokenCounts {
  return {
    input: input || 0,
    cached: cached || 0,
    cacheWrite: cacheWrite || 0,
    output: output || 0,
    reasoning: reasoning || 0,
    total: total || 0,
  };
}

/** Whether its counts are these. */
export function isCountedAs(logged: LoggedCounts, counts: TokenCounts): boolean {
  return (logged.input || 0) === counts.input && (logged.cached || 0) === counts.cached &&
    (logged.cacheWrite || 0) === counts.cacheWrite && (logged.output || 0) === counts.output &&
    (logged.reasoning || 0) === counts.reasoning && (logged.total || 0) === counts.total;
}

/** A running total in which what is damaged is as it was before; so are input and output, which each has, where missing. */
export function countsOver(logged: LoggedCounts, previous: TokenCounts): TokenCounts {
  return {
    input: orBefore(logged.input ?? NaN, previous.input),
    cached: orBefore(logged.cached ?? 0, previous.cached),
    cacheWrite: orBefore(logged.cacheWrite ?? 0, previous.cacheWrite),
    output: orBefore(logged.output ?? NaN, previous.output),
    reasoning: orBefore(logged.reasoning ?? 0, previous.reasoning),
    total: orBefore(logged.total ?? 0, previous.total),
  };
}

function orBefore(logged: number, before: number): number {
  return Number.isNaN(logged) ? before : logged;
}

/** Whether nothing is damaged and no count is missing that each response has. */
export function isWhole(
  { input = NaN, cached = 0, cacheWrite = 0, output = NaN, reasoning = 0, total = 0 }: LoggedCounts,
) {
  return !Number.isNaN(input + cached + cacheWrite + output + reasoning + total);
}

/** Whether nothing in it is a count. */
export function isVoid({ input, cached, cacheWrite, output, reasoning, total }: LoggedCounts): boolean {
  return !(isCount(input) || isCount(cached) || isCount(cacheWrite) || isCount(output) || isCount(reasoning) ||
    isCount(total));
}

/** Whether there is a count. */
export function isCount(logged: number | undefined): boolean {
  return logged !== undefined && !Number.isNaN(logged);
}

/** What is said of counts that are missing, and that each response has. Of those that are none the engine says it. */
export function describeMissing({ input, output }: LoggedCounts): string | undefined {
  if (input !== undefined && output !== undefined) return undefined;
  const which = input !== undefined ? "Output" : output !== undefined ? "Input" : "Input and output";
  return `${which} tokens are missing: the rest counts.`;
}
