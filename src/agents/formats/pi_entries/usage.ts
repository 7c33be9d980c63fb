/** Tokens and cost as Pi logs them. Whether a response counts is not decided here (fold.ts). */
import type { ReportedCost, TokenUsage, Usd } from "../../../core/model.ts";
import { isResponseCost, isTokenCount, MOST_TOKENS, MOST_USD } from "../../../core/plausible.ts";
import { quoteValue } from "../../../core/quote_value.ts";
import { isObject, type Json } from "./fields.ts";

/**
 * The five counts. What is no count is 0, with a problem, and says nothing of the others: older versions wrote the input as
 * the prompt without what was cached, which is negative where a provider counts its cache apart.
 *
 * @returns undefined when nothing is left
 */
export function usageOf(usage: Json, problems: string[]): TokenUsage | undefined {
  const { input, output } = usage;
  // Absent where nothing can be cached: in tools' own usage, and for an hour anywhere but at Anthropic.
  const cacheRead = usage.cacheRead ?? 0;
  const cacheWrite = usage.cacheWrite ?? 0;
  const cacheWrite1h = usage.cacheWrite1h ?? 0;
  if (
    isTokenCount(input) && isTokenCount(output) && isTokenCount(cacheRead) && isTokenCount(cacheWrite) &&
    isTokenCount(cacheWrite1h) &&
    cacheWrite1h <= cacheWrite
  ) return { input, cacheRead, cacheWrite: cacheWrite - cacheWrite1h, cacheWrite1h, output };
  return damagedUsageOf({ input, output, cacheRead, cacheWrite, cacheWrite1h }, problems);
}

function damagedUsageOf(
  logged: Readonly<Record<keyof TokenUsage, unknown>>,
  problems: string[],
): TokenUsage | undefined {
  const bad = Object.entries(logged).filter(([, count]) => !isTokenCount(count));
  const known = (count: unknown) => isTokenCount(count) ? count : 0;
  const [input, output, cacheRead] = [known(logged.input), known(logged.output), known(logged.cacheRead)];
  const written = known(logged.cacheWrite);
  const isOfWritten = isTokenCount(logged.cacheWrite);
  const cacheWrite1h = isOfWritten ? Math.min(known(logged.cacheWrite1h), written) : known(logged.cacheWrite1h);
  const cacheWrite = isOfWritten ? written - cacheWrite1h : 0;
  const isNothing = input + output + cacheRead + cacheWrite + cacheWrite1h === 0;
  if (bad.length > 0) {
    const found = bad.map(([name, count]) => `${name} ${quoteValue(count)}`).join(", ");
    const what = isNothing
      ? "the turn is not counted"
      : `${bad.length === 1 ? "it is" : "they are"} left out; the rest counts`;
    problems.push(`Expected whole token counts up to ${MOST_TOKENS}, found ${found}: ${what}`);
  } else {
    problems.push(
      `Expected no more written for an hour than written, found cacheWrite1h ${logged.cacheWrite1h} of ` +
        `cacheWrite ${written}: taken as ${cacheWrite1h}`,
    );
  }
  return isNothing ? undefined : { input, cacheRead, cacheWrite, cacheWrite1h, output };
}

/** What Pi says a response cost; undefined where it says nothing that can be used. */
export function reportedOf(cost: unknown, problems: string[]): ReportedCost | undefined {
  if (cost === undefined || cost === null) return undefined;
  if (!isObject(cost)) {
    addCostProblem("total", cost, problems);
    return undefined;
  }
  const usd = usdOf("total", cost.total, problems);
  if (usd === undefined) return undefined;
  // The provider's own bill: the parts beside it are Pi's estimates, and no rates follow from them.
  if (cost.totalFromProvider === true) return { usd, isBill: true };
  return {
    usd,
    input: usdOf("input", cost.input, problems),
    cacheRead: usdOf("cacheRead", cost.cacheRead, problems),
    cacheWrite: usdOf("cacheWrite", cost.cacheWrite, problems),
    output: usdOf("output", cost.output, problems),
  };
}

function usdOf(name: string, value: unknown, problems: string[]): Usd | undefined {
  if (value === undefined || value === null) return undefined;
  if (isResponseCost(value)) return value;
  addCostProblem(name, value, problems);
  return undefined;
}

function addCostProblem(name: string, value: unknown, problems: string[]): void {
  problems.push(
    `Expected a cost of zero or more and up to ${MOST_USD} USD, found ${name} ${quoteValue(value)}: it is left out`,
  );
}
