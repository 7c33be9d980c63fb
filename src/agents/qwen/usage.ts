/** The counts of a response of Qwen Code, and our five. Whether thoughts are inside the output depends on the API. */
import type { Tokens, TokenUsage } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import type { QwenRow } from "./fields.ts";

/** What a record says, as it says it. */
export interface Counts {
  /** With what was read from the cache, and with what Anthropic's API says was written to it. */
  readonly input: Tokens | undefined;
  readonly cached: Tokens | undefined;
  readonly output: Tokens | undefined;
  readonly thoughts: Tokens | undefined;
  readonly total: Tokens | undefined;
  /** The output or the thoughts are there and are no count: nothing can be taken in their place. */
  readonly isDamaged: boolean | undefined;
}

/** No usage where a count cannot be known: a response is then not counted. Both where one count contradicts another. */
export interface UsageResult {
  readonly usage?: TokenUsage;
  readonly problem?: string;
}

/** Of a telemetry event. All counts are there: the program writes 0 where the API named none. */
export function countsOfEvent(row: QwenRow): Counts {
  const { eventInput: input, eventCached: cached, eventOutput: output, eventThoughts: thoughts } = row;
  const isDamaged = (output === undefined && row.hasEventOutput) || (thoughts === undefined && row.hasEventThoughts);
  return { input, cached, output, thoughts, total: row.eventTotal, isDamaged };
}

/** Of an answer. Google's API, whose form it has, leaves out what is 0. */
export function countsOfAnswer(row: QwenRow): Counts {
  const { answerInput: input, answerOutput: output, answerThoughts: thoughts } = row;
  const cached = row.answerCached ?? (row.hasAnswerCached ? undefined : 0);
  const isDamaged = (output === undefined && row.hasAnswerOutput) || (thoughts === undefined && row.hasAnswerThoughts);
  return { input, cached, output, thoughts, total: row.answerTotal, isDamaged };
}

/** @param api which API answered, as the log names it */
export function readUsage(counts: Counts, api: string | undefined): UsageResult {
  const { input, cached, thoughts = 0, isDamaged } = counts;
  // A total of 0 beside other tokens: the API named none.
  const total = counts.total === 0 ? undefined : counts.total;
  // All that is not input was written by the model.
  const derived = input !== undefined && total !== undefined && total >= input ? total - input : undefined;
  const written = counts.output ?? derived;
  if (isDamaged || input === undefined || cached === undefined || written === undefined || cached > input) {
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
  // Without a count of them the total tells whether there were any.
  const output = addThoughts(written, thoughts, total === undefined ? undefined : total - input - written, api);
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
function addThoughts(written: number, thoughts: number, rest: number | undefined, api: string | undefined): number {
  const isBeside = rest === 0 || rest === thoughts ? rest !== 0 : THOUGHTS_BESIDE.has(api);
  return isBeside ? written + thoughts : written;
}
