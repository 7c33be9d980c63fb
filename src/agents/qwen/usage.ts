/** The counts of a response of Qwen Code, and our five. Whether thoughts are inside the output depends on the API. */
import type { TokenUsage } from "../../core/model.ts";
import { isTokenCount } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { type Fields, textOf } from "./fields.ts";

/** What a record says, as it says it. */
export interface Counts {
  /** With what was read from the cache, and with what Anthropic's API says was written to it. */
  readonly input: unknown;
  readonly cached: unknown;
  readonly output: unknown;
  readonly thoughts: unknown;
  readonly total: unknown;
}

/** No usage where a count cannot be known: a response is then not counted. Both where one count contradicts another. */
export interface UsageResult {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/** Of a telemetry event. All counts are there: the program writes 0 where the API named none. */
export function countsOfEvent(event: Fields): Counts {
  return {
    input: event.input_token_count,
    cached: event.cached_content_token_count,
    output: event.output_token_count,
    thoughts: event.thoughts_token_count,
    total: event.total_token_count,
  };
}

/** Of an answer. Google's API, whose form it has, leaves out what is 0. */
export function countsOfAnswer(usage: Fields): Counts {
  return {
    input: usage.promptTokenCount,
    cached: usage.cachedContentTokenCount ?? 0,
    output: usage.candidatesTokenCount,
    thoughts: usage.thoughtsTokenCount,
    total: usage.totalTokenCount,
  };
}

/** @param authType which API answered, as the log names it */
export function readUsage(counts: Counts, authType: unknown): UsageResult {
  const { input, cached } = counts;
  // A total of 0 beside other tokens: the API named none.
  const total = isTokenCount(counts.total) && counts.total > 0 ? counts.total : undefined;
  // All that is not input was written by the model.
  const derived = isTokenCount(input) && total !== undefined && total >= input ? total - input : undefined;
  const written = counts.output ?? derived;
  // Without them the total tells whether there were any.
  const thoughts = counts.thoughts ?? 0;
  if (
    !isTokenCount(input) || !isTokenCount(cached) || !isTokenCount(written) || !isTokenCount(thoughts) || cached > input
  ) {
    const found = [input, cached, counts.output, counts.thoughts].map(quoteValue).join(", ");
    return {
      problem: `Expected counts of input, cached, output and thoughts, found ${found}: the response is not counted.`,
    };
  }
  if (input + written === 0 || (written === 0 && total === undefined)) {
    return {
      problem: `Expected the tokens of a response, found ${input} of input, ${written} of output and a total of ` +
        `${quoteValue(counts.total)}: the API did not name them, and the response is not counted.`,
    };
  }
  const output = addThoughts(written, thoughts, total === undefined ? undefined : total - input - written, authType);
  const usage = { input: input - cached, cacheRead: cached, cacheWrite: 0, cacheWrite1h: 0, output };
  if (total === undefined || total === input + output) return { usage };
  return {
    usage,
    problem: `Expected a total of ${input + output}, found ${total}: the response is counted without the difference.`,
  };
}

/** APIs whose thoughts are no part of the output. */
const THOUGHTS_BESIDE: ReadonlySet<string | undefined> = new Set(["gemini", "vertex-ai"]);

/** @param rest what the total has beside input and output. It tells where the thoughts are, else the API does */
function addThoughts(written: number, thoughts: number, rest: number | undefined, authType: unknown): number {
  const isBeside = rest === 0 || rest === thoughts ? rest !== 0 : THOUGHTS_BESIDE.has(textOf(authType));
  return isBeside ? written + thoughts : written;
}
