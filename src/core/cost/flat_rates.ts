/** The prices of a model as numbers alone, for what prices many turns without an object for each. */
import type { PriceTable } from "./price_table.ts";

/**
 * US dollars per million tokens of input, cacheRead, cacheWrite, cacheWrite1h and output, each with the length of a prompt
 * above which it is another one, and that. NaN for a kind without a rate.
 */
export type FlatRates = Float64Array<ArrayBuffer>;

const KINDS = ["input", "cacheRead", "cacheWrite", "cacheWrite1h", "output"] as const;

/** Of a model without a price. */
export const NO_RATES: FlatRates = new Float64Array(3 * KINDS.length).fill(NaN);

/** @returns undefined where a rate changes more than once with the length of the prompt */
export function flattenRates(table: PriceTable): FlatRates | undefined {
  const rates: FlatRates = NO_RATES.slice();
  for (let kind = 0; kind < KINDS.length; kind++) {
    const rate = table[KINDS[kind]!];
    if (rate === undefined) continue;
    const { base, tiers } = typeof rate === "object" ? rate : { base: rate, tiers: [] };
    if (tiers.length > 1) return undefined;
    const [tier = { above: Infinity, usdPerMillion: base }] = tiers;
    rates.set([base, tier.above, tier.usdPerMillion], 3 * kind);
  }
  return rates;
}
