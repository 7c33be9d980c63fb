/** The counts of a response, or of a sum of such, in Goose's database, and our five; and what it cost by its account. */
import type { ReportedCost, Tokens, TokenUsage, Usd } from "../../core/model.ts";
import { MOST_TOTAL_USD, MOST_USD } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";

/** What a row says, as it says it. */
export interface GooseCounts {
  /** With what was read from the cache and written to it (since schema 14). */
  readonly input: Tokens | undefined;
  readonly output: Tokens | undefined;
  readonly total: Tokens | undefined;
  readonly cacheRead: Tokens | undefined;
  readonly cacheWrite: Tokens | undefined;
}

/** No usage where a count cannot be known. */
export interface GooseUsage {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/** The input has the cached tokens in it, unless its counts say otherwise. */
export function readGooseUsage({ input, output, total, cacheRead = 0, cacheWrite = 0 }: GooseCounts): GooseUsage {
  const cached = cacheRead + cacheWrite;
  const written = output ?? (input !== undefined && total !== undefined && total > input ? total - input : undefined);
  if (input === undefined || written === undefined) {
    const found = [input, output, total].map(quoteValue).join(", ");
    return { problem: `Expected counts of input, output and total, found ${found}: the tokens are not counted.` };
  }
  const usage = { cacheRead, cacheWrite, cacheWrite1h: 0 };
  // A provider of whom Goose did not know that its input is without them.
  if (cached > input || (cached > 0 && total === input + written + cached)) {
    return { usage: { ...usage, input, output: written } };
  }
  // Google's API counts thoughts in the total alone.
  const thoughts = Math.max(0, (total ?? 0) - input - written);
  return { usage: { ...usage, input: input - cached, output: written + thoughts } };
}

/** @param most More than this is a damaged figure. 0 is unknown: a model without a price, or one that nobody bills */
export function readGooseCost(
  usd: Usd | undefined,
  source: string | undefined,
  most: typeof MOST_USD | typeof MOST_TOTAL_USD,
): { readonly reported?: ReportedCost; readonly problem?: string } {
  if (usd === undefined || usd === 0) return {};
  if (!(usd > 0 && usd <= most)) {
    return { problem: `Expected a cost of 0 to ${most} US dollars, found ${quoteValue(usd)}: it is left out.` };
  }
  return { reported: source === "provider_reported" ? { usd, isBill: true } : { usd } };
}
