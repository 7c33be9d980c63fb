/** Models with known prices and one without, the book that says so, and turns of them. Dollars per million tokens. */
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type TokenUsage, type Turn } from "../../src/core/model.ts";
import { costOfUsage, type PriceTable } from "../../src/core/cost/price_table.ts";
import type { PriceBook } from "../../src/core/cost/cost.ts";

export const CLAUDE: ModelRef = { provider: "anthropic", model: "claude" };
export const GPT: ModelRef = { provider: "openai", model: "gpt" };
export const TIERED: ModelRef = { provider: "openai", model: "tiered" };
export const FREE: ModelRef = { provider: "openrouter", model: "some:free" };
export const UNKNOWN: ModelRef = { provider: "my-gateway", model: "claude" };

const TABLES = new Map<ModelRef, PriceTable>([
  [CLAUDE, { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }],
  [GPT, { input: 5, output: 30, cacheRead: 0.5 }],
  [TIERED, {
    input: { base: 5, tiers: [{ above: 200_000, usdPerMillion: 10 }] },
    cacheRead: { base: 0.5, tiers: [{ above: 200_000, usdPerMillion: 1 }] },
    output: 30,
  }],
  [FREE, { input: 0, output: 0 }],
]);

export const BOOK: PriceBook = {
  costOf(model, usage) {
    const table = TABLES.get(model);
    return table && costOfUsage(table, usage);
  },
};

export function turn(model: ModelRef, usage: Partial<TokenUsage>, reported?: Turn["reported"], at = 0): Turn {
  return { key: "k", at, model, usage: { ...NO_USAGE, ...usage }, chain: MAIN_CHAIN, reported };
}
