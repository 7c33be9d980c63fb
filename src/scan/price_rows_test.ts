/** The ids that clients write, by provider: what each costs, or that nobody can know. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type PriceTerms } from "../core/model.ts";
import { loadPriceBook } from "./price_book.ts";
import { PriceData } from "./price_data.ts";

/** A day on which all of them were sold. */
const NOVEMBER = Date.parse("2026-11-20T12:00:00Z");
const KINDS = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

/** Dollars per million tokens by kind, `0` throughout when free, `?` when unknown; a kind without a figure is not judged. */
const ROWS = readRows("model_prices.csv");

/** How clients, clouds and gateways write ids beside those, without a region and a tier. */
const WRITTEN = readRows("written_ids.csv").map((
  [provider, model, ...figures],
) => [provider, model, "", "", ...figures]);

function readRows(name: string): string[][] {
  return Deno.readTextFileSync(new URL(`../../tests/fixtures/${name}`, import.meta.url))
    .trim().split("\n").slice(1).map((line) => line.split(","));
}

Deno.test("every id that clients write has its price, or is unknown", async (t) => {
  const book = await loadPriceBook(undefined);
  strictEqual(ROWS.length, 228);
  for (const [provider, model, region, tier, ...figures] of [...ROWS, ...WRITTEN]) {
    await t.step([provider, model, region, tier].join(" "), async () => {
      const terms: PriceTerms = { ...(region === "" ? {} : { region }), ...(tier === "" ? {} : { tier }) };
      const ref = { provider: provider!, model: model! };
      // A thousand tokens stay below every tier.
      const costs = KINDS.map((kind) => book.costOf(ref, { ...NO_USAGE, [kind]: 1000 }, NOVEMBER, { terms }));
      const expected = figures[0] === "?"
        ? KINDS.map(() => undefined)
        : figures.map((figure, kind) => figure === "" ? round(costs[kind]) : Number(figure));
      deepStrictEqual(costs.map(round), expected);
      // The same without the lists being loaded, where that is enough.
      const light = await new PriceData("/prices.json", undefined).bookFor([ref]);
      deepStrictEqual(
        KINDS.map((kind) => light.costOf(ref, { ...NO_USAGE, [kind]: 1000 }, NOVEMBER, { terms })),
        costs,
      );
    });
  }
});

/** Dollars per million tokens of a thousand tokens' cost, without the noise of the last binary digits. */
function round(usd: number | undefined): number | undefined {
  return usd === undefined ? undefined : Math.round(usd * 1e12) / 1e9;
}
