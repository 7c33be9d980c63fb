/** Tokens and cost as Pi logs them. Whether a response counts is not decided here (fold.ts). */
import { type ReportedCost, type TokenUsage, totalTokens, type Usd } from "../../../core/model.ts";
import { isResponseCost, MOST_USD } from "../../../core/plausible.ts";
import type { Billed } from "./fields.ts";

/**
 * The five counts. One that is damaged is 0, and says nothing of the others: older versions wrote the input as the prompt
 * without what was cached, which is negative where a provider counts its cache apart.
 */
export function usageOf(billed: Billed, problems: string[]): TokenUsage {
  const input = billed.input;
  const output = billed.output;
  // Absent where nothing can be cached: in tools' own usage, and for an hour anywhere but at Anthropic.
  const cacheRead = billed.cacheRead ?? 0;
  const writtenForHour = billed.cacheWrite1h ?? 0;
  // Of writes that are damaged at least those for an hour are known.
  const written = billed.cacheWrite ?? (billed.hasCacheWrite ? writtenForHour : 0);
  const cacheWrite1h = Math.min(writtenForHour, written);
  const usage: TokenUsage = {
    input: input ?? 0,
    cacheRead,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output: output ?? 0,
  };
  if (input === undefined || output === undefined) addMissing(billed, usage, problems);
  if (writtenForHour > written) {
    problems.push(
      `Expected no more written for an hour than written, found cacheWrite1h ${writtenForHour} of ` +
        `cacheWrite ${written}: taken as ${cacheWrite1h}`,
    );
  }
  return usage;
}

/** Every response has both, if only as 0. */
function addMissing(billed: Billed, usage: TokenUsage, problems: string[]): void {
  const missing = [...billed.hasInput ? [] : ["input"], ...billed.hasOutput ? [] : ["output"]];
  if (missing.length === 0) return;
  const what = totalTokens(usage) === 0 ? "the turn is not counted" : "the rest counts";
  problems.push(`Expected tokens of input and output, found no ${missing.join(" and no ")}: ${what}`);
}

/** Whether there are any, as far as a record that led to no turn can say it. */
export function hasTokens(billed: Billed): boolean {
  const { input, output, cacheRead, cacheWrite, cacheWrite1h, totalTokens } = billed;
  return [input, output, cacheRead, cacheWrite, cacheWrite1h, totalTokens].some((count) => (count ?? 0) > 0);
}

/** What Pi says a response cost; undefined where it says nothing that can be used. */
export function reportedOf(billed: Billed, problems: string[]): ReportedCost | undefined {
  const usd = usdOf("total", billed.costTotal, problems);
  if (usd === undefined) {
    if (billed.hasCost && !billed.cost) problems.push("Expected cost as an object: it is left out");
    return undefined;
  }
  // The provider's own bill: the parts beside it are Pi's estimates, and no rates follow from them.
  if (billed.isBill) return { usd, isBill: true };
  return {
    usd,
    input: usdOf("input", billed.costInput, problems),
    cacheRead: usdOf("cacheRead", billed.costCacheRead, problems),
    cacheWrite: usdOf("cacheWrite", billed.costCacheWrite, problems),
    output: usdOf("output", billed.costOutput, problems),
  };
}

function usdOf(name: string, usd: Usd | undefined, problems: string[]): Usd | undefined {
  if (usd === undefined || isResponseCost(usd)) return usd;
  problems.push(
    `Expected a cost of zero or more and up to ${MOST_USD} USD, found ${name} ${usd}: it is left out`,
  );
  return undefined;
}
