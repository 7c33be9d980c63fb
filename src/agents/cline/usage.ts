/** The counts of a response of Cline's, and our five; and what it cost by its own account. */
import type { ReportedCost, Tokens, TokenUsage, Usd } from "../../core/model.ts";
import { isResponseCost, MOST_USD } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";

/** What a record says, as it says it. */
export interface ClineCounts {
  readonly input: Tokens | undefined;
  readonly output: Tokens | undefined;
  readonly cacheRead: Tokens | undefined;
  readonly cacheWrite: Tokens | undefined;
}

/** No usage where a count cannot be known: a response is then not counted. Both where counts contradict each other. */
export interface ClineUsage {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/** @param isInside Whether the input has the tokens in it that were read from the cache and written to it */
export function usageOf({ input, output, cacheRead = 0, cacheWrite = 0 }: ClineCounts, isInside: boolean): ClineUsage {
  if (input === undefined || output === undefined) {
    const found = [input, output].map(quoteValue).join(" and ");
    return { problem: `Expected counts of input and output, found ${found}: the response is not counted.` };
  }
  const cached = cacheRead + cacheWrite;
  const usage = { input, cacheRead, cacheWrite, cacheWrite1h: 0, output };
  if (!isInside) return { usage };
  if (cached <= input) return { usage: { ...usage, input: input - cached } };
  return {
    usage,
    problem: `Expected an input with ${cached} cached tokens in it, found ${input}: they are counted beside it.`,
  };
}

/**
 * 0 is unknown: of a model without a price, too. Whether it is a provider's bill or Cline's own computation from a list of
 * prices no record says.
 */
export function reportedCost(usd: Usd | undefined): { readonly reported?: ReportedCost; readonly problem?: string } {
  if (usd === undefined || usd === 0) return {};
  if (isResponseCost(usd)) return { reported: { usd } };
  return { problem: `Expected a cost of 0 to ${MOST_USD} US dollars, found ${quoteValue(usd)}: it is left out.` };
}
