/** The counts of a response or a compaction of Copilot CLI, and our five. */
import type { Tokens, TokenUsage } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import type { CopilotRow } from "./fields.ts";

/** What a record says, as it says it. */
export interface CopilotCounts {
  /** With what was read from the cache and written to it, whatever the API (1.0.102, run with three of them). */
  readonly input: Tokens | undefined;
  readonly cacheRead: Tokens | undefined;
  readonly cacheWrite: Tokens | undefined;
  /** With reasoning. */
  readonly output: Tokens | undefined;
  /** The part of the cache is there and is no count. */
  readonly isReadDamaged: boolean;
  readonly isWriteDamaged: boolean;
}

/** No usage where what a response took cannot be known: it is then not counted. */
export interface CopilotUsage {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/** Of a `session.usage_record`. */
export function countsOfRecord(row: CopilotRow): CopilotCounts {
  const { input, cacheRead, cacheWrite, output } = row;
  const isReadDamaged = cacheRead === undefined && row.hasCacheRead === true;
  const isWriteDamaged = cacheWrite === undefined && row.hasCacheWrite === true;
  return { input, cacheRead, cacheWrite, output, isReadDamaged, isWriteDamaged };
}

/** Of a compaction. Versions up to 1.0.32 have other names, and nothing of what was written. */
export function countsOfCompaction(row: CopilotRow): CopilotCounts {
  if (row.hasOldSpent) {
    const { oldSpentInput: input, oldSpentCached: cacheRead, oldSpentOutput: output } = row;
    const isReadDamaged = cacheRead === undefined && row.hasOldSpentCached === true;
    return { input, cacheRead, cacheWrite: undefined, output, isReadDamaged, isWriteDamaged: false };
  }
  const { spentInput: input, spentCacheRead: cacheRead, spentCacheWrite: cacheWrite, spentOutput: output } = row;
  const isReadDamaged = cacheRead === undefined && row.hasSpentCacheRead === true;
  const isWriteDamaged = cacheWrite === undefined && row.hasSpentCacheWrite === true;
  return { input, cacheRead, cacheWrite, output, isReadDamaged, isWriteDamaged };
}

/** A count of the cache that is not there is none: an API may have no cache. */
export function usageOfCounts(counts: CopilotCounts): CopilotUsage {
  const { input, output, cacheRead = 0, cacheWrite = 0 } = counts;
  if (input === undefined || input + cacheRead + cacheWrite + (output ?? 0) === 0) {
    const found = [input, output].map(quoteValue).join(" and ");
    return { problem: `Expected tokens of input and output, found ${found}: the response is not counted.` };
  }
  const fresh = Math.max(0, input - cacheRead - cacheWrite);
  const usage = { input: fresh, cacheRead, cacheWrite, cacheWrite1h: 0, output: output ?? 0 };
  const problem = describeDoubt(counts, input, cacheRead + cacheWrite);
  return problem === undefined ? { usage } : { usage, problem };
}

function describeDoubt(
  { output, isReadDamaged, isWriteDamaged }: CopilotCounts,
  input: Tokens,
  cached: Tokens,
): string | undefined {
  if (cached > input) {
    return `Expected an input of at least the ${cached} tokens that were read from the cache and written to it, found ` +
      `${input}: the response is counted without any that are neither.`;
  }
  if (isReadDamaged || isWriteDamaged) {
    return "How much of the input was read from the cache or written to it is not known: the rest of it counts as neither.";
  }
  return output === undefined ? "A response whose output is not known is counted without it." : undefined;
}
