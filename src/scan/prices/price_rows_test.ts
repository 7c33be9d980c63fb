/** The ids that clients write, by provider: what each costs, or that nobody can know. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type PriceTerms } from "../../core/model.ts";
import { loadPriceBook } from "./public_prices.ts";
import { Prices } from "./prices.ts";

/** A day on which all of them were sold. */
const NOVEMBER = Date.parse("2026-11-20T12:00:00Z");
const KINDS = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

/** Dollars per million tokens by kind, `0` throughout when free, `?` when unknown; a kind without a figure is not judged. */
const ROWS = readRows("model_prices.csv");

/**
 * How clients, clouds and gateways write ids beside those, without a region and a tier. The figures are the program's own of
 * 2026-11-26, gone through by eye: they show that an answer changed, and only those above that it is right.
 */
const WRITTEN = readRows("written_ids.csv").map((
  [provider, model, ...figures],
) => [provider, model, "", "", ...figures]);

function readRows(name: string): string[][] {
  return Deno.readTextFileSync(new URL(`../../../tests/fixtures/${name}`, import.meta.url))
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
      const light = await new Prices("/prices.json", undefined).bookFor([ref]);
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

Deno.test("resellers' prices change with the maker's", async (t) => {
  const book = await loadPriceBook(undefined);
  const days = ["2026-05-31T23:59:59Z", "2026-06-01", "2026-07-29T23:59:59Z", "2026-07-30", "2026-08-20T23:59:59Z"]
    .concat("2026-08-21", "2026-12-31T23:59:59Z", "2027-01-01");
  // Dollars for a million tokens of input in short prompts on those days.
  const luna = [1, 1, 1, 0.2, 0.2, 0.2, 0.2, 0.2];
  const sol = [5, 5, 5, 5, 5, 4, 4, 4];
  const flash = [0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 1.5];
  const rows: [provider: string, model: string, usd: readonly (number | undefined)[]][] = [
    ["openai", "gpt-5.6-luna", luna],
    ["openrouter", "openai/gpt-5.6-luna", luna],
    ["opencode", "gpt-5.6-luna", luna],
    ["vercel-ai-gateway", "openai/gpt-5.6-sol", sol],
    ["openrouter", "openai/gpt-5.6-sol:nitro", sol],
    ["amazon-bedrock", "global.openai.gpt-5.6-luna", luna],
    ["amazon-bedrock", "us.openai.gpt-5.6-sol", sol.map((usd) => Math.round(usd * 1.1 * 1e9) / 1e9)],
    ["github-copilot", "gpt-5.6-luna", [undefined, ...luna.slice(1)]],
    ["github-copilot", "gemini-3.8-flash", [undefined, ...flash.slice(1)]],
    ["github-copilot", "gpt-5-mini", [undefined, ...Array(7).fill(0.25)]],
    // Asks more than Google, of whose promotion it does not know.
    ["openrouter", "google/gemini-3.8-flash", Array(8).fill(0.825)],
  ];
  for (const [provider, model, usd] of rows) {
    await t.step(`${provider}/${model}`, () => {
      const costs = days.map((day) =>
        round(book.costOf({ provider, model }, { ...NO_USAGE, input: 1000 }, Date.parse(day)))
      );
      deepStrictEqual(costs, usd);
    });
  }
  await t.step("the border to long prompts is the seller's own", () => {
    const cost = (day: string, input: number) =>
      round(
        book.costOf({ provider: "github-copilot", model: "gpt-5.6-luna" }, { ...NO_USAGE, input }, Date.parse(day)),
      );
    deepStrictEqual([cost("2026-11-20", 200_000), cost("2026-11-20", 200_001)], [40, 80.0004]);
  });
});
