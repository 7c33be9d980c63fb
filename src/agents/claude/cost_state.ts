/**
 * What Claude Code itself added up (`cost-state` lines, 2.1.329): the running total of the process that wrote it, for all
 * of its models. It counts requests that no line has, but in a fork its parent's as well, and on over `/new`: something to
 * compare with, not a sum to add.
 */
import type { ToolModelCost } from "../../core/cost/compare_costs.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import { MOST_TOTAL_USD } from "../../core/plausible.ts";
import type { RecordResult } from "../source.ts";
import type { ClaudeRow } from "./fields.ts";
import type { ClaudeState } from "./state.ts";

/** Folds a `cost-state` line: not of a sub-agent, and not another session's that a copy brought along. */
export function recordCostState(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  const session = row.sessionId;
  if (state.agent !== undefined || (session !== undefined && session !== state.pathSession)) return { state };
  const usd = row.totalCostUsd;
  // A process that spent nothing has nothing to compare.
  if (usd === undefined || usd === 0) return { state };
  if (!(usd > 0 && usd <= MOST_TOTAL_USD)) {
    const problem = `"totalCostUSD" is ${usd}, expected US dollars, zero or more and up to ${MOST_TOTAL_USD}: left out`;
    return { state, problem };
  }
  const countedSince = row.startTime;
  state.toolTotal = {
    usd,
    ...(row.hasUnknownModelCost === true ? { guessed: true } : {}),
    ...(countedSince === undefined ? {} : { countedSince }),
  };
  return { state };
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

function membersOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

/** Of tokens, searches or dollars: what cannot be is nothing, so that no sum is infinite. */
function amountOf(value: unknown): number {
  return typeof value === "number" && value > 0 && value <= MOST_OF_A_PROCESS ? value : 0;
}

const MOST_OF_A_PROCESS = 1e12;
