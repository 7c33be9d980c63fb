/**
 * What Claude Code itself added up (`cost-state` lines, 2.1.329): the running total of the process that wrote it, for all
 * of its models. It counts requests that no line has, but in a fork its parent's as well, and on over `/new`: something to
 * compare with, not a sum to add.
 */
import type { ToolModelCost } from "../../core/cost/compare_costs.ts";
import type { ToolTotal } from "../../core/model.ts";
import { MOST_TOTAL_USD } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { type Fields, parseLogTime } from "./fields.ts";

/**
 * @param problems What is wrong with a sum that is left out is added to it
 * @returns undefined where the line has no sum, or none that can be
 */
export function readToolTotal(record: Fields, problems: string[]): ToolTotal | undefined {
  const { totalCostUSD: usd, hasUnknownModelCost, startTime } = record;
  // A process that spent nothing has nothing to compare.
  if (usd === undefined || usd === null || usd === 0) return undefined;
  if (typeof usd !== "number" || !(usd > 0 && usd <= MOST_TOTAL_USD)) {
    problems.push(
      `Cost "totalCostUSD" is ${
        quoteValue(usd)
      }, expected US dollars, zero or more and up to ${MOST_TOTAL_USD}: left out`,
    );
    return undefined;
  }
  const countedSince = typeof startTime === "number" && Number.isFinite(startTime) && startTime > 0
    ? startTime
    : parseLogTime(startTime);
  return {
    usd,
    ...(hasUnknownModelCost === true ? { guessed: true } : {}),
    ...(countedSince === undefined ? {} : { countedSince }),
  };
}

/**
 * The parts of a total, in the order of the line. What the line does not have is 0.
 *
 * @param record The whole line, parsed: whatever it holds
 * @returns undefined for a line that has no total
 */
export function readToolCosts(record: unknown): readonly ToolModelCost[] | undefined {
  const line = membersOf(record);
  if (line.type !== "cost-state") return undefined;
  return Object.entries(membersOf(line.modelUsage)).map(([model, logged]): ToolModelCost => {
    const counts = membersOf(logged);
    const written = amountOf(counts.cacheCreationInputTokens);
    const written1h = amountOf(counts.cacheCreationEphemeral1hInputTokens);
    const cacheWrite1h = counts.cacheCreationInputTokens === undefined ? written1h : Math.min(written1h, written);
    return {
      model,
      usage: {
        input: amountOf(counts.inputTokens),
        output: amountOf(counts.outputTokens),
        cacheRead: amountOf(counts.cacheReadInputTokens),
        cacheWrite: counts.cacheCreationInputTokens === undefined
          ? amountOf(counts.cacheCreationEphemeral5mInputTokens)
          : written - cacheWrite1h,
        cacheWrite1h,
      },
      webSearches: amountOf(counts.webSearchRequests),
      usd: amountOf(counts.costUSD),
    };
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Of tokens, searches or dollars: what cannot be is nothing, so that no sum is infinite. */
function amountOf(value: unknown): number {
  return typeof value === "number" && value > 0 && value <= MOST_OF_A_PROCESS ? value : 0;
}

const MOST_OF_A_PROCESS = 1e12;
