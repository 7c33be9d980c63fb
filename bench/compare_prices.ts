/**
 * Sets the two built-in price lists side by side. What they differ in is in tests/fixtures/price_differences.csv, which is
 * to be read with each new version of either.
 *
 *     deno run -A --frozen bench/compare_prices.ts    writes the file
 */
import { NEWER_PRICE_RELEASE } from "../src/core/cost/price_release.ts";
import type { PriceTable, Rate } from "../src/core/cost/price_table.ts";
import { findNewerPrice } from "../src/scan/prices/newer_prices.ts";
import newerPrices from "../src/scan/prices/newer_prices.json" with { type: "json" };
import { loadListedPrices } from "../src/scan/prices/public_prices.ts";
import { tableAt } from "../src/scan/prices/price_schedule.ts";

export const DIFFERENCES = new URL("../tests/fixtures/price_differences.csv", import.meta.url);

/** Noon of the newer list's day: the first says what it cost then. */
const AT = Date.parse(`${NEWER_PRICE_RELEASE.date}T12:00:00Z`);

const KINDS = ["input", "output", "cacheRead", "cacheWrite"] as const;

/** A line for every kind of token of which both lists name a price, and not the same. */
export async function comparePriceLists(): Promise<string> {
  const find = await loadListedPrices();
  const lines = ["provider,model,kind,first list,second list"];
  let both = 0;
  for (const [provider, models] of Object.entries(newerPrices)) {
    for (const model of Object.keys(models)) {
      const [first, second] = [find(provider, model), findNewerPrice(provider, model)]
        .map((schedule) => schedule ? tableAt(schedule, AT) : undefined);
      if (first === undefined || second === undefined) continue;
      both++;
      for (const kind of KINDS) {
        const [a, b] = [rateText(first, kind), rateText(second, kind)];
        if (a !== undefined && b !== undefined && a !== b) lines.push([provider, model, kind, a, b].join(","));
      }
    }
  }
  return [...lines, `models that both have,${both}`, ""].join("\n");
}

function rateText(table: PriceTable, kind: typeof KINDS[number]): string | undefined {
  const rate: Rate | undefined = table[kind];
  if (rate === undefined || typeof rate === "number") return rate?.toString();
  // Some start a long prompt at a number of tokens, some above it.
  const tiers = rate.tiers.map(({ above, usdPerMillion }) => `>${Math.round(above / 1000)}k ${usdPerMillion}`);
  return [rate.base, ...tiers].join(" ");
}

if (import.meta.main) await Deno.writeTextFile(DIFFERENCES, await comparePriceLists());
