/** The counts of a response of Gemini CLI, which are those of Google's API, and our five. */
import type { TokenUsage } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import type { GeminiRow } from "./fields.ts";

/** No usage where a count cannot be known: the response is then not counted. Both where one count contradicts another. */
export interface UsageResult {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/**
 * The input contains what was read from the cache, while thoughts and prompts of tools stand beside input and output: the
 * total is the sum of these four. Where cached tokens have to be added to reach the total, the input is without them
 * already, as others found in old files (tokscale issues 439 and 452).
 */
export function readUsage(row: GeminiRow): UsageResult {
  const { input, output } = row;
  const cached = row.cached ?? (row.hasCached ? undefined : 0);
  const thoughts = row.thoughts ?? (row.hasThoughts ? undefined : 0);
  const tool = row.tool ?? (row.hasTool ? undefined : 0);
  if (
    input === undefined || output === undefined || cached === undefined || thoughts === undefined || tool === undefined
  ) {
    const found = [input, output, cached, thoughts, tool].map(quoteValue).join(", ");
    return {
      problem:
        `Expected counts of input, output, cached, thoughts and tool, found ${found}: the response is not counted.`,
    };
  }
  const sum = input + output + thoughts + tool;
  // It writes 0 for what the API does not name.
  if (sum + cached === 0) return { problem: "The API named no tokens: the response is not counted." };
  const total = row.total === 0 ? undefined : row.total;
  const isNet = cached > 0 && (cached > input || total === sum + cached);
  const usage = {
    input: (isNet ? input : input - cached) + tool,
    cacheRead: cached,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: output + thoughts,
  };
  const expected = isNet ? sum + cached : sum;
  if (total === undefined || total === expected) return { usage };
  return {
    usage,
    problem: `Expected a total of ${expected}, found ${total}: the response is counted without the difference.`,
  };
}
