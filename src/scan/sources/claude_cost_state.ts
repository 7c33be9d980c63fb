/**
 * What Claude Code itself added up (`cost-state` lines, 2.1.329): the running total of the process that wrote it, for all
 * of its models. It counts requests that no line has, but in a fork its parent's as well, and on over `/new`: something to
 * compare with, not a sum to add.
 */
import type { ToolTotal, Usd } from "../../core/model.ts";
import { type Fields, parseTime } from "./claude_fields.ts";

/** No process spends as much; more is a broken line. */
const MAX_USD = 1e7;

/** @returns undefined where the line has no sum that can be */
export function readToolTotal(record: Fields): ToolTotal | undefined {
  const { totalCostUSD: usd, hasUnknownModelCost, startTime } = record;
  if (typeof usd !== "number" || !(usd > 0 && usd <= MAX_USD)) return undefined;
  const countedSince = typeof startTime === "number" && Number.isFinite(startTime) && startTime > 0
    ? startTime
    : parseTime(startTime);
  return {
    usd,
    ...(hasUnknownModelCost === true ? { guessed: true } : {}),
    ...(countedSince === undefined ? {} : { countedSince }),
  };
}

/** One model's part of the total. The counts are disjoint. What the line does not have is 0. */
export interface CostStateRow {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** For five minutes. */
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly webSearches: number;
  readonly usd: Usd;
}

/** The parts of a total, in the order of the line. @param record The whole line, parsed: whatever it holds */
export function readModelUsage(record: unknown): readonly CostStateRow[] {
  const models = membersOf(membersOf(record).modelUsage);
  return Object.entries(models).map(([model, logged]): CostStateRow => {
    const counts = membersOf(logged);
    const written = amountOf(counts.cacheCreationInputTokens);
    const written1h = amountOf(counts.cacheCreationEphemeral1hInputTokens);
    const cacheWrite1h = counts.cacheCreationInputTokens === undefined ? written1h : Math.min(written1h, written);
    return {
      model,
      input: amountOf(counts.inputTokens),
      output: amountOf(counts.outputTokens),
      cacheRead: amountOf(counts.cacheReadInputTokens),
      cacheWrite: counts.cacheCreationInputTokens === undefined
        ? amountOf(counts.cacheCreationEphemeral5mInputTokens)
        : written - cacheWrite1h,
      cacheWrite1h,
      webSearches: amountOf(counts.webSearchRequests),
      usd: amountOf(counts.costUSD),
    };
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function amountOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
