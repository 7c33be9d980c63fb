import { strictEqual } from "node:assert/strict";
import type { PriceBook } from "../cost/cost.ts";
import { costOfResponse, type PriceTable } from "../cost/price_table.ts";
import { MAIN_CHAIN, type PricedTurn } from "../model.ts";
import { explainPrice } from "./turn_rates.ts";

/** Twice as dear beyond 200,000 tokens; half in a batch. */
const TABLE: PriceTable = {
  input: { base: 5, tiers: [{ above: 200_000, usdPerMillion: 10 }] },
  cacheRead: { base: 0.5, tiers: [{ above: 200_000, usdPerMillion: 1 }] },
  cacheWrite: { base: 6.25, tiers: [{ above: 200_000, usdPerMillion: 12.5 }] },
  output: 25,
  webSearch: 0.01,
  serviceTiers: { batch: 0.5 },
};

const BOOK: PriceBook = {
  costOf: ({ model }, usage, _at, how = {}) => model === "unknown" ? undefined : costOfResponse(TABLE, usage, how),
};

const USAGE = { input: 10, cacheRead: 100_000, cacheWrite: 1000, cacheWrite1h: 500, output: 100 };
/** 0.00005 + 0.05 + 0.00625 + 0.005 (twice the input) + 0.0025. */
const USD = 0.0638;

function priced(more: Partial<PricedTurn>): PricedTurn {
  return {
    key: "k",
    at: 0,
    model: { provider: "anthropic", model: "claude-opus-4-5" },
    usage: USAGE,
    chain: MAIN_CHAIN,
    usd: USD,
    basis: "reported",
    ...more,
  };
}

Deno.test("rates: only what the list explains to a billionth", async (t) => {
  const long = { ...USAGE, cacheRead: 300_000 };
  const cases: readonly [name: string, turn: PricedTurn, found: string][] = [
    ["the list's price", priced({}), "rates"],
    ["a billionth off", priced({ usd: USD + 2e-9 }), "other_price"],
    ["a discount", priced({ usd: USD * 0.9 }), "other_price"],
    ["a batch", priced({ usd: USD / 2, terms: { tier: "batch" }, basis: "computed" }), "other_price"],
    ["a tier that nobody lists", priced({ atStandardRate: true }), "other_price"],
    ["searches cost the same under all settings", priced({ usd: USD + 0.02, terms: { webSearches: 2 } }), "rates"],
    // All twice, but for the output: 0.0001 + 0.3 + 0.0125 + 0.01 + 0.0025.
    ["a long prompt", priced({ usage: long, usd: 0.3251 }), "rates"],
    ["a long prompt at the price of a short one", priced({ usage: long, usd: 0.1638 }), "other_price"],
    ["no price", priced({ usd: undefined, basis: "none" }), "no_price"],
    ["a model that the list does not have", priced({ model: { provider: "x", model: "unknown" } }), "no_price"],
  ];
  for (const [name, turn, found] of cases) {
    await t.step(name, () => {
      const price = explainPrice(turn, BOOK);
      strictEqual(typeof price === "string" ? price : "rates", found);
    });
  }
});
