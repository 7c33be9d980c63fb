import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { flattenRates, NO_RATES } from "./flat_rates.ts";

Deno.test("flattenRates() has each kind's rate, the border above which it is another, and that", () => {
  const tiers = [{ above: 200_000, usdPerMillion: 0.6 }];
  const rates = flattenRates({ input: 3, cacheRead: { base: 0.3, tiers }, output: { base: 15, tiers: [] } });
  deepStrictEqual(rates && Array.from(rates), [
    ...[3, Infinity, 3],
    ...[0.3, 200_000, 0.6],
    ...[NaN, NaN, NaN],
    ...[NaN, NaN, NaN],
    ...[15, Infinity, 15],
  ]);
});

Deno.test("flattenRates() gives nothing for a rate that changes twice", () => {
  const tiers = [{ above: 1, usdPerMillion: 1 }, { above: 2, usdPerMillion: 2 }];
  strictEqual(flattenRates({ input: { base: 1, tiers } }), undefined);
  deepStrictEqual(flattenRates({}), NO_RATES);
});
