import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { turn } from "../../../tests/support/priced_models.ts";
import { addCost, NO_COST, sumCosts } from "./cost.ts";
import { addCredits } from "./credits.ts";

const COPILOT = { provider: "github-copilot", model: "claude-sonnet-4.6" };
const FACTORY = { provider: "factory", model: "glm-5" };

Deno.test("credits are added up by seller, beside dollars", () => {
  const sum = sumCosts([
    { ...turn(COPILOT, { input: 1 }, { usd: 0.0519, credits: 5.19 }), usd: 0.0519, basis: "reported" },
    { ...turn(COPILOT, { input: 1 }), usd: 0.5, basis: "computed" },
    { ...turn(COPILOT, { input: 1 }, { usd: 0.001, credits: 0.1 }), usd: 0.001, basis: "reported" },
    { ...turn(FACTORY, { input: 1 }, { usd: 0, credits: 14_364 }), basis: "none" },
  ]);
  deepStrictEqual(sum, {
    usd: 0.5529,
    basis: "mixed",
    unpricedTurns: 1,
    credits: { factory: 14_364, "github-copilot": 5.29 },
  });
  deepStrictEqual(addCost(NO_COST, sum), sum);
  deepStrictEqual(addCost(sum, NO_COST), sum);
  deepStrictEqual(addCost(sum, sum).credits, { factory: 28_728, "github-copilot": 10.58 });
  // A turn that costs none is known to; one that says nothing adds none.
  deepStrictEqual(sumCosts([{ ...turn(COPILOT, {}, { usd: 0, credits: 0 }), basis: "none" }]).credits, {
    "github-copilot": 0,
  });
  strictEqual(sumCosts([{ ...turn(COPILOT, { input: 1 }), basis: "none" }]).credits, undefined);
});

Deno.test("what is no amount is not added, and a seller may have any name", () => {
  for (const credits of [NaN, Infinity, -1]) {
    strictEqual(sumCosts([{ ...turn(COPILOT, {}, { usd: 0, credits }), basis: "none" }]).credits, undefined);
  }
  for (const provider of ["__proto__", "constructor", "toString", ""]) {
    const one = { ...turn({ provider, model: "m" }, {}, { usd: 0, credits: 2 }), basis: "none" as const };
    deepStrictEqual(Object.entries(sumCosts([one, one]).credits!), [[provider, 4]]);
  }
});

Deno.test("the order in which credits are added changes nothing", () => {
  const [a, b, c] = [{ z: 0.1, a: 0.2 }, { m: 0.3 }, { a: 0.7, z: 1 }];
  const one = addCredits(addCredits(a, b), c);
  deepStrictEqual(JSON.stringify(one), JSON.stringify(addCredits(b, addCredits(c, { a: 0.2, z: 0.1 }))));
  deepStrictEqual([addCredits(undefined, a), addCredits(a, undefined), a], [a, a, { z: 0.1, a: 0.2 }]);
});
