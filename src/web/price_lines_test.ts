import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parsePriceOverrides } from "../scan/prices/own_prices.ts";
import { priceLines } from "./price_lines.tsx";

const cost = (unpricedTurns: number) => ({ usd: 1, basis: "computed", unpricedTurns }) as const;

Deno.test("priceLines() name what has no price, and make nothing free", () => {
  const text = priceLines([
    { key: "anthropic/claude-opus-4-6", cost: cost(0) },
    { key: "fake/gpt-5.5", cost: cost(3) },
    { key: "fake/tiny", cost: cost(1) },
    { key: "local/a/b", cost: cost(2) },
  ])!;
  const empty = { input: null, output: null };
  deepStrictEqual(JSON.parse(text), {
    providers: {
      fake: { models: { "gpt-5.5": empty, tiny: empty } },
      local: { models: { "a/b": empty } },
    },
  });
  // As it is copied it sets no price, and says where one belongs.
  const { overrides, problems } = parsePriceOverrides(text);
  strictEqual(overrides.get("fake")?.models.size, 0);
  strictEqual(problems.length, 2 * 3);
  strictEqual(priceLines([{ key: "anthropic/claude-opus-4-6", cost: cost(0) }]), undefined);
});
