import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { ModelRef } from "../model.ts";
import { missCost, prefixCost, type PrefixRates, ratesFromTurns } from "./prefix_cost.ts";
import { BOOK, CLAUDE, GPT, TIERED, turn, UNKNOWN } from "../../../tests/support/priced_models.ts";

Deno.test("ratesFromTurns derives what the user pays, from the latest turn that shows it", () => {
  const rates = ratesFromTurns([
    // 0.006 for 1000 input: 6. 0.0006 for 1000 reads: 0.6. 0.0075 for 1000 five-minute writes: 7.5.
    turn(CLAUDE, { input: 1000, cacheRead: 1000, cacheWrite: 1000 }, {
      usd: 1,
      input: 0.006,
      cacheRead: 0.0006,
      cacheWrite: 0.0075,
    }, 20),
    // Earlier: does not count, whatever its place.
    turn(CLAUDE, { input: 1000 }, { usd: 1, input: 0.009 }, 10),
    // 0.012 for 1000 one-hour writes: 12.
    turn(CLAUDE, { cacheWrite1h: 1000 }, { usd: 1, cacheWrite: 0.012 }, 30),
    // One sum for both kinds of write tells neither rate; a recorded zero tells none.
    turn(CLAUDE, { input: 10, cacheWrite: 10, cacheWrite1h: 10 }, { usd: 1, input: 0, cacheWrite: 0.5 }, 40),
    turn(GPT, { input: 10 }, { usd: 0, input: 0.5 }, 40),
  ]);
  deepStrictEqual(rates, [{
    ...CLAUDE,
    input: { usdPerMillion: 6, at: 20, promptTokens: 3000 },
    cacheRead: { usdPerMillion: 0.6, at: 20, promptTokens: 3000 },
    cacheWrite: { usdPerMillion: 7.5, at: 20, promptTokens: 3000 },
    cacheWrite1h: { usdPerMillion: 12, at: 30, promptTokens: 1000 },
  }]);
  deepStrictEqual(JSON.parse(JSON.stringify(rates)), rates);
});

/** Costs are compared to a millionth of a millionth of a dollar. */
function rounded(cost: { warm?: number; cold?: number }): { warm?: number; cold?: number } {
  return Object.fromEntries(Object.entries(cost).map(([key, usd]) => [key, Math.round(usd * 1e12) / 1e12]));
}

Deno.test("prefixCost prices a prefix read from the cache and sent again", async (t) => {
  const observed = (usdPerMillion: number, promptTokens = 100_000) => ({ usdPerMillion, at: 0, promptTokens });
  type Row = [
    name: string,
    model: ModelRef,
    tokens: [all: number, oneHour: number],
    rates: Partial<PrefixRates> | undefined,
    cost: { warm?: number; cold?: number },
  ];
  const rows: Row[] = [
    // 100k x 0.3 = 0.03; 100k x 3.75 = 0.375
    ["by the book, written for five minutes", CLAUDE, [100_000, 0], undefined, { warm: 0.03, cold: 0.375 }],
    // 40k x 6 + 60k x 3.75 = 0.24 + 0.225
    ["by the book, partly for an hour", CLAUDE, [100_000, 40_000], undefined, { warm: 0.03, cold: 0.465 }],
    // Writes are not billed: 100k x 5
    ["by the book, without a write price", GPT, [100_000, 0], undefined, { warm: 0.05, cold: 0.5 }],
    ["no price and no rates", UNKNOWN, [100_000, 0], undefined, {}],
    ["an empty prefix", UNKNOWN, [0, 0], undefined, { warm: 0, cold: 0 }],
    // 100k x 0.2; 100k x 2.5
    ["own rates go before the book", CLAUDE, [100_000, 0], { cacheRead: observed(0.2), cacheWrite: observed(2.5) }, {
      warm: 0.02,
      cold: 0.25,
    }],
    // Half the list price of input: half of 0.3 and of 6.
    ["a discount on input holds for the rest", CLAUDE, [100_000, 100_000], { input: observed(1.5) }, {
      warm: 0.015,
      cold: 0.3,
    }],
    // Seen in a prompt of 300k at twice the base price, asked for 100k: half of 1.2, and 5 / 10 of 12.
    ["a rate of another tier is carried over", TIERED, [100_000, 0], {
      cacheRead: observed(1.2, 300_000),
      input: observed(12, 300_000),
    }, { warm: 0.06, cold: 0.6 }],
    // 300k x 1 and 300k x 10: the whole prefix is in the upper tier.
    ["by the book, in the upper tier", TIERED, [300_000, 0], undefined, { warm: 0.3, cold: 3 }],
    ["no book: writes that were never seen are input", UNKNOWN, [100_000, 0], { input: observed(4) }, { cold: 0.4 }],
    // 50k x 2 x 4 + 50k x 1.25 x 4, for the one-hour rate shows that writes are billed: 50k x 8 + 50k x 5
    ["no book: one-hour writes were seen", UNKNOWN, [100_000, 50_000], {
      input: observed(4),
      cacheWrite1h: observed(8),
    }, { cold: 0.65 }],
    ["no book: only reads are known", UNKNOWN, [100_000, 0], { cacheRead: observed(0.4) }, { warm: 0.04 }],
  ];
  for (const [name, model, [tokens, oneHourTokens], rates, cost] of rows) {
    await t.step(name, () => {
      const own = rates && { ...model, ...rates };
      deepStrictEqual(rounded(prefixCost({ model, tokens, oneHourTokens, at: 0 }, own, BOOK)), cost);
    });
  }
});

Deno.test("missCost is what the missed tokens were sent as, less the price of reading them", async (t) => {
  type Row = [name: string, model: ModelRef, [missed: number, wrote: number, wrote1h: number], usd: number | undefined];
  const rows: Row[] = [
    // 100k x (3.75 - 0.3)
    ["written for five minutes", CLAUDE, [100_000, 120_000, 0], 0.345],
    // 100k x (6 - 0.3)
    ["written for an hour", CLAUDE, [100_000, 0, 120_000], 0.57],
    // 30k x 6 + 50k x 3.75 + 20k x 3 - 100k x 0.3 = 0.18 + 0.1875 + 0.06 - 0.03
    ["partly each", CLAUDE, [100_000, 50_000, 30_000], 0.3975],
    // 100k x (5 - 0.5)
    ["plain input", GPT, [100_000, 0, 0], 0.45],
    ["nothing missed", CLAUDE, [0, 500, 0], 0],
    ["no price", UNKNOWN, [100_000, 0, 0], undefined],
  ];
  for (const [name, model, [missedTokens, wroteTokens, wrote1h], usd] of rows) {
    await t.step(name, () => {
      const cost = missCost({ model, missedTokens, at: 0, wroteTokens, wrote1h }, undefined, BOOK);
      strictEqual(cost === undefined ? undefined : Math.round(cost * 1e12) / 1e12, usd);
    });
  }
  await t.step("the tier is that of the whole prompt", () => {
    // 100k x (10 - 1), because 250k were sent.
    const miss = { model: TIERED, missedTokens: 100_000, at: 0, wroteTokens: 0, wrote1h: 0, promptTokens: 250_000 };
    strictEqual(missCost(miss, undefined, BOOK)!.toFixed(12), (0.9).toFixed(12));
  });
  await t.step("reads of unknown price leave it unknown", () => {
    const rates = { ...UNKNOWN, input: { usdPerMillion: 4, at: 0, promptTokens: 10 } };
    const miss = { model: UNKNOWN, missedTokens: 100, at: 0, wroteTokens: 0, wrote1h: 0 };
    strictEqual(missCost(miss, rates, BOOK), undefined);
  });
  await t.step("nothing where reading costs more", () => {
    // Their own rates: 1 in, 5 read.
    const rate = (usdPerMillion: number) => ({ usdPerMillion, at: 0, promptTokens: 10 });
    const rates = { ...UNKNOWN, input: rate(1), cacheRead: rate(5) };
    strictEqual(missCost({ model: UNKNOWN, missedTokens: 100, at: 0, wroteTokens: 0, wrote1h: 0 }, rates, BOOK), 0);
  });
});
