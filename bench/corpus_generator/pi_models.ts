/** Models that sessions of Pi use, and what Pi logs of a response: its tokens and what they cost. */
import type { Sums } from "./truth.ts";

/** Prices in US dollars for a million tokens, as Pi's catalogue had them in November 2026. */
export interface PiModel {
  readonly provider: string;
  readonly model: string;
  readonly api: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** 0 where writing to the cache is neither reported nor billed. */
  readonly cacheWrite: number;
}

export const PI_MODELS: readonly PiModel[] = [
  anthropic("claude-sonnet-4-6", 3, 15),
  anthropic("claude-sonnet-4-6", 3, 15),
  anthropic("claude-opus-4-6", 5, 25),
  openai("openai", "gpt-5.2", "openai-responses", 1.75, 14, 0.175),
  openai("openai", "gpt-5.1", "openai-responses", 1.25, 10, 0.125),
  openai("opper", "openai/gpt-5.1", "openai-completions", 1.25, 10, 0.125),
  openai("openrouter", "deepseek/deepseek-chat-v3-0324", "openai-completions", 0.2, 0.77, 0.135),
  openai("google", "gemini-2.5-pro", "google-generative-ai", 1.25, 10, 0.31),
];

function anthropic(model: string, input: number, output: number): PiModel {
  const api = "anthropic-messages";
  return { provider: "anthropic", model, api, input, output, cacheRead: input / 10, cacheWrite: input * 1.25 };
}

function openai(provider: string, model: string, api: string, input: number, output: number, read: number): PiModel {
  return { provider, model, api, input, output, cacheRead: read, cacheWrite: 0 };
}

/** As Pi logs them: `cacheWrite` includes what was written for an hour. */
export interface PiCounts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/**
 * The usage of a response as it stands in the log, and what it adds.
 *
 * @param isLongLived Prompts are cached for an hour, where the provider has the choice
 */
export function billPi(prices: PiModel, counts: PiCounts, isLongLived: boolean): [json: string, sums: Sums] {
  const isLong = isLongLived && prices.cacheWrite > 0;
  const cost = {
    input: counts.input * prices.input / 1e6,
    output: counts.output * prices.output / 1e6,
    cacheRead: counts.cacheRead * prices.cacheRead / 1e6,
    cacheWrite: counts.cacheWrite * (isLong ? 2 * prices.input : prices.cacheWrite) / 1e6,
  };
  const usd = cost.input + cost.output + cost.cacheRead + cost.cacheWrite;
  const cacheWrite1h = isLong ? counts.cacheWrite : 0;
  const usage = {
    ...counts,
    totalTokens: counts.input + counts.output + counts.cacheRead + counts.cacheWrite,
    cost: { ...cost, total: usd },
    ...(prices.cacheWrite > 0 ? { cacheWrite1h } : { reasoning: counts.output >> 2 }),
  };
  const sums = { ...counts, turns: 1, cacheWrite: counts.cacheWrite - cacheWrite1h, cacheWrite1h, usd };
  return [JSON.stringify(usage), sums];
}
