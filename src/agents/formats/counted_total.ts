/** Counts of agents that keep sums alone: more than a response has, and as easily damaged. */
import { type TokenUsage, totalTokens } from "../../core/model.ts";
import { MOST_TOKENS } from "../../core/plausible.ts";

/** No session of anybody has a thousandth of this. */
const MOST_OF_A_TOTAL = 1_000 * MOST_TOKENS;

/** As an agent has them, disjoint; each undefined where it cannot be read. */
export interface TotalCounts {
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly cacheWrite1h?: number;
  readonly output: number | undefined;
}

/** Undefined where one of them is unknown, or is more than there can be: the sum would be of no use. */
export function readTotalUsage(
  { input, cacheRead, cacheWrite, cacheWrite1h = 0, output }: TotalCounts,
): TokenUsage | undefined {
  if (input === undefined || cacheRead === undefined || cacheWrite === undefined || output === undefined) {
    return undefined;
  }
  const usage = { input, cacheRead, cacheWrite, cacheWrite1h, output };
  return totalTokens(usage) <= MOST_OF_A_TOTAL ? usage : undefined;
}
