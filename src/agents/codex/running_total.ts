/**
 * The running total that Codex writes with every `token_count`, damaged or not: what it is after a line, and what it says
 * of the response behind it. Counts nothing itself (turns.ts).
 */
import { type Fields, fieldsOf } from "./fields.ts";
import type { CodexThread } from "./thread.ts";
import {
  addCounts,
  growthOf,
  isSameCounts,
  leftOutProblem,
  type LoggedCounts,
  NO_COUNTS,
  readTokenCounts,
  type TokenCounts,
} from "./usage.ts";

/** What is said of a line without counts. */
export const COUNTS_MISSING = "Token counts are missing: the response is not counted.";

/** A running total, what is damaged in it being as it was before; undefined when it then says nothing new. */
export function totalOf(logged: LoggedCounts, info: Fields, previous = NO_COUNTS): TokenCounts | undefined {
  if (logged.leftOut === undefined) return logged.value;
  if (logged.isVoid) return undefined;
  const fields = fieldsOf(info.total_token_usage)!;
  const keep = (logged: unknown, value: number, before: number) => logged === value ? value : before;
  const total: TokenCounts = {
    input: keep(fields.input_tokens, logged.value.input, previous.input),
    cached: keep(fields.cached_input_tokens ?? 0, logged.value.cached, previous.cached),
    cacheWrite: keep(fields.cache_write_input_tokens ?? 0, logged.value.cacheWrite, previous.cacheWrite),
    output: keep(fields.output_tokens, logged.value.output, previous.output),
    reasoning: keep(fields.reasoning_output_tokens ?? 0, logged.value.reasoning, previous.reasoning),
    total: keep(fields.total_tokens ?? 0, logged.value.total, previous.total),
  };
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
export interface ResponseCounts extends LoggedCounts {
  /** What the running total grew by, as the response itself is not logged. */
  readonly isGrowth?: boolean;
}

/** Counts of the response behind a running total that changed. */
export function countsOfLast(
  info: Fields,
  logged: LoggedCounts | undefined,
  total: TokenCounts | undefined,
  previous: TokenCounts | undefined,
  thread: CodexThread,
): ResponseCounts | { readonly problem: string } {
  const last = readTokenCounts(info.last_token_usage);
  if (last !== undefined && !last.isVoid) {
    return last.leftOut === undefined && logged?.leftOut !== undefined ? { ...last, leftOut: logged.leftOut } : last;
  }
  if (total === undefined) {
    const leftOut = last?.leftOut ?? logged?.leftOut;
    return { problem: leftOut === undefined ? COUNTS_MISSING : leftOutProblem(leftOut, "lost") };
  }
  const from = previous ?? startingTotal(thread);
  if (from === undefined) {
    return { problem: "The running total of a fork without the tokens of its first response: it is not counted." };
  }
  const growth = growthOf(total, from);
  return growth === undefined
    ? { problem: "The running total went down, without the tokens of the response: it is not counted." }
    : {
      value: growth,
      leftOut: logged?.leftOut,
      hasInput: logged?.hasInput ?? true,
      isVoid: false,
      isGrowth: true,
      hidesWrites: logged?.hidesWrites,
    };
}
