import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type TokenUsage } from "../model.ts";
import { costOfResponse, costOfUsage, knowsTerms, type PriceTable } from "./price_table.ts";

const MILLION = 1_000_000;

Deno.test("costOfUsage charges each kind of token at its rate, and a kind without one by the rule", async (t) => {
  const full: PriceTable = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6.5 };
  const bare: PriceTable = { input: 3, output: 15 };
  const rows: [name: string, table: PriceTable, usage: Partial<TokenUsage>, usd: number | undefined][] = [
    ["input", full, { input: MILLION }, 3],
    ["cache read", full, { cacheRead: MILLION }, 0.3],
    ["five-minute write", full, { cacheWrite: MILLION }, 3.75],
    ["one-hour write", full, { cacheWrite1h: MILLION }, 6.5],
    ["output", full, { output: MILLION }, 15],
    // 3 + 0.3 + 3.75 + 6.5 + 15
    ["all together", full, {
      input: MILLION,
      cacheRead: MILLION,
      cacheWrite: MILLION,
      cacheWrite1h: MILLION,
      output: MILLION,
    }, 28.55],
    ["a read without a price is input", bare, { cacheRead: MILLION }, 3],
    ["a write without a price is input", bare, { cacheWrite: MILLION }, 3],
    ["a one-hour write without a price is twice input", bare, { cacheWrite1h: MILLION }, 6],
    ["not the price of the shorter write", { ...bare, cacheWrite: 3.75 }, { cacheWrite1h: MILLION }, 6],
    ["output without a price is unknown", { input: 3 }, { output: 1 }, undefined],
    ["input without a price is unknown", { output: 15 }, { input: 1 }, undefined],
    ["no output needs no price", { input: 3 }, { input: MILLION }, 3],
    ["free", { input: 0, output: 0 }, { input: 5, cacheRead: 5, cacheWrite1h: 5, output: 5 }, 0],
    ["no tokens", {}, {}, 0],
    ["a negative count", full, { input: -1 }, undefined],
    ["a count that is no number", full, { output: NaN }, undefined],
    ["an endless count", full, { cacheRead: Infinity }, undefined],
  ];
  for (const [name, table, usage, usd] of rows) {
    await t.step(name, () => strictEqual(costOfUsage(table, { ...NO_USAGE, ...usage }), usd));
  }
});

Deno.test("costOfUsage bills the whole request at the tier of its prompt", () => {
  const table: PriceTable = {
    input: { base: 2, tiers: [{ above: 100, usdPerMillion: 4 }, { above: 200, usdPerMillion: 8 }] },
    output: { base: 10, tiers: [{ above: 200, usdPerMillion: 20 }] },
  };
  const perMillion = (usage: Partial<TokenUsage>) => costOfUsage(table, { ...NO_USAGE, ...usage })! * 1e6;
  deepStrictEqual(
    [
      perMillion({ input: 100 }), // 100 x 2: the bound itself is below
      perMillion({ input: 101 }), // 101 x 4
      perMillion({ input: 50, cacheRead: 50, cacheWrite: 50, cacheWrite1h: 51 }).toFixed(6), // 201: 150 x 8 + 51 x 16
      perMillion({ input: 200, output: 1000 }), // output does not count: 200 x 4 + 1000 x 10
    ],
    [200, 404, (2016).toFixed(6), 10_800],
  );
});

Deno.test("a sum of many requests costs the base rates: it has no length of a prompt", () => {
  const table: PriceTable = {
    input: { base: 2, tiers: [{ above: 100, usdPerMillion: 4 }] },
    output: { base: 10, tiers: [{ above: 100, usdPerMillion: 20 }] },
  };
  const usage = { ...NO_USAGE, input: MILLION, output: MILLION };
  // 2 + 10 and, as one response, 4 + 20
  deepStrictEqual([costOfResponse(table, usage, { total: {} }), costOfResponse(table, usage, {})], [12, 24]);
  strictEqual(costOfResponse({}, usage, { total: {} }), undefined);
});

Deno.test("a tier or a region that is called as a member of every object is one that nobody lists", () => {
  const table: PriceTable = { input: 3, output: 15, regions: { us: 1.1 }, serviceTiers: { batch: 0.5 } };
  const usage = { ...NO_USAGE, input: MILLION };
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    for (const terms of [{ tier: name }, { region: name }]) {
      deepStrictEqual([costOfResponse(table, usage, { terms }), knowsTerms(table, terms)], [3, false]);
    }
  }
});

Deno.test("where a log hides what was written to the cache, what was not read counts as written, if that is billed", async (t) => {
  const billed: PriceTable = { input: 4, output: 20, cacheRead: 0.4, cacheWrite: 5 };
  const usage = { ...NO_USAGE, input: 2000, cacheRead: 8000, output: 500 };
  const rows: [name: string, table: PriceTable, usage: TokenUsage, hidden: boolean, millionths: number][] = [
    // 2000 x 5 + 8000 x 0.4 + 500 x 20
    ["hidden", billed, usage, true, 23_200],
    // 2000 x 4 + 8000 x 0.4 + 500 x 20
    ["not hidden", billed, usage, false, 21_200],
    ["writes without a price", { input: 4, output: 20, cacheRead: 0.4 }, usage, true, 21_200],
    ["writes that cost what input does", { ...billed, cacheWrite: 4 }, usage, true, 21_200],
    ["writes that are free", { ...billed, cacheWrite: 0 }, usage, true, 21_200],
    // 1000 x 4: too short to be cached
    ["a short prompt", billed, { ...NO_USAGE, input: 1000 }, true, 4000],
    // 1023 x 4, 1024 x 5
    ["one below the shortest", billed, { ...NO_USAGE, input: 1023 }, true, 4092],
    ["the shortest", billed, { ...NO_USAGE, input: 1024 }, true, 5120],
    // 2000 x 4 + 100 x 5: something was said of it after all
    ["a count of writes", billed, { ...NO_USAGE, input: 2000, cacheWrite: 100 }, true, 8500],
    // 300,000 x 10: writes of a long prompt
    [
      "a long prompt",
      { ...billed, cacheWrite: { base: 5, tiers: [{ above: 272_000, usdPerMillion: 10 }] } },
      { ...NO_USAGE, input: 300_000 },
      true,
      3_000_000,
    ],
  ];
  for (const [name, table, usage, hidden, millionths] of rows) {
    await t.step(name, () => {
      const terms = hidden ? { hidesWrites: true } as const : undefined;
      strictEqual(Math.round(costOfResponse(table, usage, { terms })! * 1e6), millionths);
    });
  }
  await t.step("at a tier with rates of its own, by those", () => {
    const table = { ...billed, serviceTiers: { priority: { input: 10, output: 60, cacheRead: 1, cacheWrite: 12.5 } } };
    // 2000 x 12.5 + 8000 x 1 + 500 x 60
    strictEqual(costOfResponse(table, usage, { terms: { tier: "priority", hidesWrites: true } }), 0.063);
  });
});
