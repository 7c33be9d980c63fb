import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { NEWER_PRICE_RELEASE } from "../../core/cost/price_release.ts";
import { comparePriceLists, DIFFERENCES } from "../../../bench/compare_prices.ts";
import { findNewerPrice } from "./newer_prices.ts";
import newerPrices from "./newer_prices.json" with { type: "json" };
import { loadListedPrices, loadPriceBook } from "./public_prices.ts";

Deno.test("the second list's date belongs to the pinned version", () => {
  // A new version has a new date: look it up with `npm view @earendil-works/pi-ai time`, and go through ADR 0008 again.
  deepStrictEqual([NEWER_PRICE_RELEASE.version, NEWER_PRICE_RELEASE.date], ["1.5.2", "2026-11-10"]);
});

Deno.test("findNewerPrice reads a row, and says where it is from", async (t) => {
  const origin = "newer" as const;
  const tier = (base: number, usdPerMillion: number) => ({ base, tiers: [{ above: 272_000, usdPerMillion }] });
  const rows: [provider: string, model: string, expected: unknown][] = [
    ["anthropic", "claude-sonnet-5-5", {
      lists: [{ table: { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 } }],
      origin,
    }],
    ["openai", "GPT-6.1-sol", {
      lists: [{
        table: { input: tier(2, 4), output: tier(10, 15), cacheRead: tier(0.1, 0.2), cacheWrite: tier(2.5, 5) },
      }],
      origin,
    }],
    // A write of zero is one without a price.
    ["moonshotai", "kimi-k3.1-pro", { lists: [{ table: { input: 2, output: 10, cacheRead: 0.2 } }], origin }],
    ["opencode", "glm-5.3-flash-free", {
      lists: [{ table: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } }],
      origin,
    }],
    // Dated: nothing is known before.
    ["github-copilot", "gpt-5.3-codex", {
      lists: [{}, {
        since: Date.parse("2026-06-01T00:00:00Z"),
        table: { input: 1.75, output: 14, cacheRead: 0.175 },
      }],
      origin,
    }],
    // Plans, hosts that differ, and names that every object has.
    ["opencode-go", "glm-5.3", null],
    ["qwen-token-plan", "qwen3-coder-plus", null],
    ["openrouter", "moonshotai/kimi-k3", null],
    ["openrouter", "openai/gpt-oss-120b", null],
    ["constructor", "name", null],
    ["openai", "constructor", null],
  ];
  for (const [provider, model, expected] of rows) {
    await t.step(`${provider}/${model}`, () => deepStrictEqual(findNewerPrice(provider, model), expected));
  }
});

Deno.test("where the two lists differ is known", async () => {
  // Written with the lists by bench/compare_prices.ts; ADR 0008 says which of the two is believed, and why.
  strictEqual(await Deno.readTextFile(DIFFERENCES), await comparePriceLists());
});

Deno.test("what the first list has costs what it says", async () => {
  const [find, book] = await Promise.all([loadListedPrices(), loadPriceBook(undefined)]);
  let both = 0;
  for (const [provider, models] of Object.entries(newerPrices)) {
    for (const model of Object.keys(models)) {
      if (find(provider, model) === null) continue;
      both++;
      strictEqual(book.scheduleOf({ provider, model })?.origin, undefined, `${provider}/${model}`);
    }
  }
  ok(both > 150, String(both));
});
