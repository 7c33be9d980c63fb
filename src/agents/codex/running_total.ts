/**
 * The running total that Codex writes with every `token_count`, damaged or not: what it is after a line, and what it says
 * of the response behind it. Counts nothing itself (turns.ts).
 */
import type { CodexRow } from "./fields.ts";
import {
  countsIn,
  countsOver,
  describeMissing,
  isCount,
  isVoid,
  isWhole,
  type LoggedCounts,
  loggedLast,
} from "./logged_counts.ts";
import type { CodexThread } from "./thread.ts";
import { addCounts, growthOf, isSameCounts, NO_COUNTS, type TokenCounts } from "./usage.ts";

/** What is said of a line without counts. */
export const COUNTS_MISSING = "Token counts are missing: the response is not counted.";

/** A running total, what is damaged in it being as it was before; undefined when it then says nothing new. */
export function totalOf(logged: LoggedCounts, previous = NO_COUNTS): TokenCounts | undefined {
  if (isWhole(logged)) return countsIn(logged);
  if (isVoid(logged)) return undefined;
  const total = countsOver(logged, previous);
  return isSameCounts(total, previous) ? undefined : total;
}

/** Where no total is logged, the response is added to the one before. */
export function totalWith(counts: TokenCounts, previous: TokenCounts | undefined, thread: CodexThread) {
  const from = previous ?? startingTotal(thread);
  return from === undefined ? undefined : addCounts(from, counts);
}

/** Where the total of a thread begins; undefined for a fork, whose total goes on from one that its log does not show. */
export function startingTotal({ history }: CodexThread): TokenCounts | undefined {
  return history === "zero" ? NO_COUNTS : undefined;
}

/** Counts of one response, and where they are from. */
export interface ResponseCounts {
  /** What is no count is 0 in it. */
  readonly value: TokenCounts;
  /** Whether what a response must have been counted by, its input, is a count. */
  readonly hasInput: boolean;
  /** There is no count of what was written to a cache: versions before 0.145 left it out. */
  readonly hidesWrites: boolean;
  /** What the running total grew by, as the response itself is not logged. */
  readonly isGrowth: boolean;
  /** Nothing is damaged that was to be counted by, the running total included. */
  readonly isWhole: boolean;
  /** What is said of counts that are missing. */
  readonly problem: string | undefined;
}

/**
 * @param total The running total beside it, where there is one
 * @param growth What it grew by, where it is the running total itself
 */
export function countsOf(logged: LoggedCounts, total?: LoggedCounts, growth?: TokenCounts): ResponseCounts {
  return {
    value: growth ?? countsIn(logged),
    hasInput: isCount(logged.input),
    hidesWrites: logged.cacheWrite === undefined,
    isGrowth: growth !== undefined,
    isWhole: isWhole(logged) && (total === undefined || isWhole(total)),
    problem: describeMissing(logged) ?? (total && describeMissing(total)),
  };
}

/** Counts of the response behind a running total that changed. */
export function countsOfLast(
  row: CodexRow,
  logged: LoggedCounts | undefined,
  total: TokenCounts | undefined,
  previous: TokenCounts | undefined,
  thread: CodexThread,
): ResponseCounts | string {
  const last = loggedLast(row);
  if (last !== undefined && !isVoid(last)) return countsOf(last, logged);
  if (logged === undefined || total === undefined) return COUNTS_MISSING;
  const from = previous ?? startingTotal(thread);
  if (from === undefined) {
    return "The running total of a fork without the tokens of its first response: it is not counted.";
  }
  const growth = growthOf(total, from);
  if (growth === undefined) {
    return "The running total went down, without the tokens of the response: it is not counted.";
  }
  return countsOf(logged, undefined, growth);
}
