/** The counts of a response, and our five. Reasoning is beside the output, or inside it: the total says which. */
import { isRecord } from "../../../core/json/is_record.ts";
import type { Tokens, TokenUsage } from "../../../core/model.ts";
import { isTokenCount } from "../../../core/plausible.ts";
import { quoteValue } from "../../../core/quote_value.ts";

/** As they are written down: what identifies a response. */
export interface MessageCounts {
  readonly input: Tokens;
  readonly output: Tokens;
  readonly reasoning: Tokens;
  readonly cacheRead: Tokens;
  readonly cacheWrite: Tokens;
  readonly total: Tokens | undefined;
}

/** Whether somebody counted something: a message that failed, was interrupted or is still being answered has zeros. */
export function countedAny(tokens: unknown): boolean {
  return isRecord(tokens) && (hasSomething(tokens) || (isRecord(tokens.cache) && hasSomething(tokens.cache)));
}

function hasSomething(counts: Readonly<Record<string, unknown>>): boolean {
  for (const name in counts) {
    const value = counts[name];
    if (value !== 0 && value !== null && !isRecord(value)) return true;
  }
  return false;
}

/** Undefined where one of them cannot be known. Those of a cache and of reasoning may be left out, as 0. */
export function countsOfTokens(tokens: unknown): MessageCounts | undefined {
  if (!isRecord(tokens)) return undefined;
  const cache = tokens.cache ?? {};
  if (!isRecord(cache)) return undefined;
  const [input, output] = [inputOf(tokens.input), tokens.output];
  const [reasoning, cacheRead, cacheWrite] = [tokens.reasoning ?? 0, cache.read ?? 0, cache.write ?? 0];
  if (![input, output, reasoning, cacheRead, cacheWrite].every(isTokenCount)) return undefined;
  const total = isTokenCount(tokens.total) ? tokens.total : undefined;
  return { input, output, reasoning, cacheRead, cacheWrite, total } as MessageCounts;
}

/** The program subtracts what was cached. Where a server left that out of its prompt, less than nothing is left. */
function inputOf(value: unknown): unknown {
  return Number.isSafeInteger(value) && (value as number) < 0 ? 0 : value;
}

/** 1.1 has reasoning inside the output, 1.18 beside it. */
export function usageOfCounts({ input, output, reasoning, cacheRead, cacheWrite, total }: MessageCounts): TokenUsage {
  const isInside = total === input + cacheRead + cacheWrite + output;
  return { input, cacheRead, cacheWrite, cacheWrite1h: 0, output: isInside ? output : output + reasoning };
}

/** For people. */
export function describeTokens(tokens: unknown): string {
  const { input, output, reasoning, cache } = isRecord(tokens) ? tokens : {};
  const { read, write } = isRecord(cache) ? cache : {};
  const found = [input, output, reasoning, read, write].map(quoteValue).join(", ");
  return `Expected counts of input, output, reasoning, cache read and cache write, found ${found}: ` +
    "the response is not counted.";
}
