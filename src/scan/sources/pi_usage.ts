/** Tokens and cost as Pi logs them. Whether a response counts is not decided here (pi.ts). */
import type { ReportedCost, TokenUsage, Usd } from "../../core/model.ts";
import { isObject, type Json, quote } from "./pi_fields.ts";

/** No response has a thousandth of this; a count above it is a damaged line. */
const MOST_TOKENS = 1e9;

/** The five counts; undefined, with a problem, when a count is none: a damaged line must not be counted wrongly. */
export function usageOf(usage: Json, problems: string[]): TokenUsage | undefined {
  const { input, output } = usage;
  // Absent where nothing can be cached: in tools' own usage, and for an hour anywhere but at Anthropic.
  const cacheRead = usage.cacheRead ?? 0;
  const cacheWrite = usage.cacheWrite ?? 0;
  const cacheWrite1h = usage.cacheWrite1h ?? 0;
  if (
    isCount(input) && isCount(output) && isCount(cacheRead) && isCount(cacheWrite) && isCount(cacheWrite1h) &&
    cacheWrite1h <= cacheWrite
  ) return { input, cacheRead, cacheWrite: cacheWrite - cacheWrite1h, cacheWrite1h, output };

  const bad = Object.entries({ input, output, cacheRead, cacheWrite, cacheWrite1h })
    .filter(([, count]) => !isCount(count)).map(([name, count]) => `${name} ${quote(count)}`);
  if (bad.length === 0) bad.push(`cacheWrite1h ${cacheWrite1h} of cacheWrite ${cacheWrite}`);
  problems.push(`Expected whole token counts up to ${MOST_TOKENS}, found ${bad.join(", ")}: the turn is not counted`);
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
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
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  addCostProblem(name, value, problems);
  return undefined;
}

function addCostProblem(name: string, value: unknown, problems: string[]): void {
  problems.push(`Expected a cost of zero or more, found ${name} ${quote(value)}`);
}
