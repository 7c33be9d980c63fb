/**
 * The requests that made one response, out of `usage.iterations`: the API calls a model several times within a response,
 * and sometimes another model.
 *
 * | type               | in the top level | becomes                                                                         |
 * | ------------------ | ---------------- | ------------------------------------------------------------------------------- |
 * | `message`, or none | yes              | one of the response's requests                                                  |
 * | `fallback_message` | yes              | the same: another model answered in place of one that refused                   |
 * | `advisor_message`  | no               | a turn of the advisor's model (documentation of the advisor tool)               |
 * | `compaction`       | no               | a turn: the conversation was summed up (documentation of compaction, 2026-10-30) |
 *
 * A request that was refused is there as well, with its model, and in no sum. One that had output before it was refused is
 * billed at the rates of its model: a turn of its own. What had none is not billed (documentation of refusals and fallback,
 * 2026-11).
 */
import { type Tokens, type TokenUsage, totalTokens } from "../../core/model.ts";
import { readModelName } from "../../core/model_name.ts";
import { cleanText } from "../../core/clean_text.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import { isTokenCount } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { CLAUDE_FIELDS } from "./fields.ts";
import { type Counts, isSameUsage, most1hOf, usageOf } from "./usage.ts";

/** A request that is billed beside the response. */
export interface SideRequest {
  /** Undefined where it is the response's own. */
  readonly model: string | undefined;
  readonly usage: TokenUsage;
}

/** The requests of one response, by how each is billed. */
export interface Iterations {
  /** Those of the response's own model, where they say more than the response's usage does. */
  readonly requests?: readonly TokenUsage[];
  readonly advice: readonly SideRequest[];
  readonly compactions: readonly SideRequest[];
  /** Those that other models refused after they had begun to answer. */
  readonly refused: readonly SideRequest[];
  /** Whether the conversation was compacted before the response's first request, */
  readonly compactedBefore: boolean;
  /** and after its last. */
  readonly compactedAfter: boolean;
  /** What of them was left out, and why. */
  readonly problem?: string;
}

/** Of a response that tells of no requests, as most do. */
export const NO_ITERATIONS: Iterations = {
  advice: [],
  compactions: [],
  refused: [],
  compactedBefore: false,
  compactedAfter: false,
};

/**
 * @param iterations As they were logged: whatever that is
 * @param usage The response's
 * @param model The response's, as the log names it
 */
export function readIterations(
  iterations: unknown,
  usage: TokenUsage,
  model: string | undefined,
  requestedTtl: string | undefined,
): Iterations {
  if (!Array.isArray(iterations) || iterations.length === 0) return NO_ITERATIONS;
  const problems: string[] = [];
  const requests: TokenUsage[] = [];
  const advice: SideRequest[] = [];
  const compactions: SideRequest[] = [];
  const refused: SideRequest[] = [];
  let [compactedBefore, compactedAfter, isFallback] = [false, false, false];
  const lifetimes = new Lifetimes(usage, requestedTtl);

  for (const iteration of iterations as readonly unknown[]) {
    if (!isRecord(iteration)) continue;
    const other = nameOf(iteration.model);
    switch (iteration.type) {
      case "advisor_message": {
        const advised = usageOf(readCounts(iteration, problems), 0);
        if (totalTokens(advised) > 0) advice.push({ model: other ?? "unknown", usage: advised });
        break;
      }
      case "compaction": {
        const compacted = lifetimes.usageBeside(readCounts(iteration, problems));
        compactedBefore ||= requests.length === 0;
        compactedAfter = true;
        if (totalTokens(compacted) > 0) {
          compactions.push({ model: other === model ? undefined : other, usage: compacted });
        }
        break;
      }
      default:
        if (other !== undefined && !isSameName(other, model)) {
          const attempted = lifetimes.usageBeside(readCounts(iteration, problems));
          if (attempted.output > 0) refused.push({ model: other, usage: attempted });
          break;
        }
        compactedAfter = false;
        isFallback ||= iteration.type === "fallback_message";
        requests.push(lifetimes.usageWithin(readCounts(iteration, problems)));
    }
  }
  // What was compacted after everything concerns the next response alone.
  if (requests.length === 0) compactedBefore = false;
  const [only] = requests;
  const saysMore = requests.length > 1 || (only !== undefined && !isSameUsage(only, usage));
  return {
    requests: saysMore ? requests : undefined,
    advice,
    compactions,
    // Where the response's output is that of its own requests, it cannot have theirs in it.
    refused: isFallback && outputOf(requests) === usage.output ? refused : [],
    compactedBefore,
    compactedAfter,
    problem: problems.length === 0 ? undefined : `${problems.join(", ")}: left out; the rest counts`,
  };
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === "string" ? value.trim() : "";
  return name === "" ? undefined : cleanText(name);
}

/** As the response's are read. @param problems What is wrong with members that are left out is added to it */
function readCounts(iteration: JsonRecord, problems: string[]): Counts {
  const split = isRecord(iteration.cache_creation) ? iteration.cache_creation : {};
  const countOf = (key: string, value: unknown): Tokens | undefined => {
    if (value === undefined || value === null) return undefined;
    if (isTokenCount(value)) return value;
    const path = [...CLAUDE_FIELDS.iterations.path, key].join(".");
    problems.push(`"${path}" is ${quoteValue(value)}, expected a whole number of tokens`);
    return undefined;
  };
  return {
    input: countOf("input_tokens", iteration.input_tokens),
    cacheRead: countOf("cache_read_input_tokens", iteration.cache_read_input_tokens),
    written: countOf("cache_creation_input_tokens", iteration.cache_creation_input_tokens),
    written1h: countOf("cache_creation.ephemeral_1h_input_tokens", split.ephemeral_1h_input_tokens),
    written5m: countOf("cache_creation.ephemeral_5m_input_tokens", split.ephemeral_5m_input_tokens),
    output: countOf("output_tokens", iteration.output_tokens),
  };
}

function outputOf(requests: readonly TokenUsage[]): number {
  return requests.reduce((sum, { output }) => sum + output, 0);
}

/** The API answers by the name with a date, where it was asked by the one without. */
function isSameName(a: string, b: string | undefined): boolean {
  return a === b || (b !== undefined && readModelName(a).name === readModelName(b).name);
}

/**
 * For how long requests wrote that do not say it themselves: as the response did. In a prompt what is kept for an hour
 * stands first, so that the first requests wrote it.
 */
class Lifetimes {
  readonly #most1hBeside: number;
  #left1h: number;

  constructor({ cacheWrite, cacheWrite1h }: TokenUsage, requestedTtl: string | undefined) {
    const wrote = cacheWrite + cacheWrite1h > 0;
    const requested = most1hOf(requestedTtl);
    this.#left1h = wrote ? cacheWrite1h : requested;
    this.#most1hBeside = !wrote ? requested : cacheWrite === 0 ? Infinity : 0;
  }

  /** Of a request that is part of the response. */
  usageWithin(counts: Counts): TokenUsage {
    const usage = usageOf(counts, this.#left1h);
    this.#left1h = Math.max(0, this.#left1h - usage.cacheWrite1h);
    return usage;
  }

  /** Of a request beside it. */
  usageBeside(counts: Counts): TokenUsage {
    return usageOf(counts, this.#most1hBeside);
  }
}
