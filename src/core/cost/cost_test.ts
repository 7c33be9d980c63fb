import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Cost, PricedTurn, Turn } from "../model.ts";
import { addAllCosts, addCost, addTurnCost, needsPrice, NO_COST, sumCosts, turnCost } from "./cost.ts";
import { seededRandom } from "../../../tests/support/random.ts";
import { BOOK, CLAUDE, FREE, turn, UNKNOWN } from "../../../tests/support/priced_models.ts";

Deno.test("turnCost takes what the tool recorded, then the book, and else knows nothing", async (t) => {
  const usage = { input: 1000, output: 100 };
  type Basis = PricedTurn["basis"];
  const rows: [name: string, turn: Turn, usd: number | undefined, basis: Basis, needsPrice: boolean][] = [
    ["recorded", turn(CLAUDE, usage, { usd: 0.25 }), 0.25, "reported", false],
    ["recorded for a model without a price", turn(UNKNOWN, usage, { usd: 0.25 }), 0.25, "reported", false],
    // 1000 x 3 + 100 x 15 = 4500 millionths
    ["nothing recorded", turn(CLAUDE, usage), 0.0045, "computed", true],
    ["zero recorded, and the book knows a price", turn(CLAUDE, usage, { usd: 0 }), 0.0045, "computed", true],
    ["zero recorded, and no price", turn(UNKNOWN, usage, { usd: 0 }), undefined, "none", true],
    ["nothing recorded, and no price", turn(UNKNOWN, usage), undefined, "none", true],
    ["free by the book", turn(FREE, usage, { usd: 0 }), 0, "computed", true],
    ["a recorded figure that is no number", turn(CLAUDE, usage, { usd: NaN }), 0.0045, "computed", true],
    ["a negative figure", turn(CLAUDE, usage, { usd: -1 }), 0.0045, "computed", true],
    ["a bill of nothing", turn(CLAUDE, usage, { usd: 0, isBill: true }), 0, "reported", false],
    ["a bill", turn(CLAUDE, usage, { usd: 0.25, isBill: true }), 0.25, "reported", false],
    ["a bill that is none", turn(CLAUDE, usage, { usd: -1, isBill: true }), 0.0045, "computed", true],
    ["no tokens", turn(UNKNOWN, {}), 0, "none", false],
    ["no tokens, but recorded", turn(UNKNOWN, {}, { usd: 0.01 }), 0.01, "reported", false],
  ];
  for (const [name, given, usd, basis, needed] of rows) {
    await t.step(name, () => {
      const priced = turnCost(given, BOOK);
      deepStrictEqual([priced.usd, priced.basis], [usd, basis]);
      strictEqual(needsPrice(given), needed);
      // Whoever is told that no price is needed does not load a book.
      if (!needed) deepStrictEqual(turnCost(given, undefined), priced);
      else strictEqual(turnCost(given, undefined).usd, undefined);
    });
  }
});

Deno.test("sumCosts says where its figure comes from and what it leaves out", async (t) => {
  const usage = { input: 1000 };
  const [reported, computed, unpriced, empty, free] = [
    turn(CLAUDE, usage, { usd: 0.1 }),
    turn(CLAUDE, usage), // 1000 x 3 = 0.003
    turn(UNKNOWN, usage),
    turn(UNKNOWN, {}),
    turn(FREE, usage),
  ];
  const rows: [name: string, turns: Turn[], cost: Cost][] = [
    ["nothing", [], { usd: 0, basis: "none", unpricedTurns: 0 }],
    ["recorded", [reported, reported], { usd: 0.2, basis: "reported", unpricedTurns: 0 }],
    ["computed", [computed, free], { usd: 0.003, basis: "computed", unpricedTurns: 0 }],
    ["both", [reported, computed], { usd: 0.103, basis: "mixed", unpricedTurns: 0 }],
    ["unpriced", [unpriced, unpriced], { usd: 0, basis: "none", unpricedTurns: 2 }],
    ["recorded and unpriced", [unpriced, reported], { usd: 0.1, basis: "reported", unpricedTurns: 1 }],
    ["a turn without tokens is neither", [empty, reported, empty], { usd: 0.1, basis: "reported", unpricedTurns: 0 }],
  ];
  for (const [name, turns, cost] of rows) {
    await t.step(
      name,
      () => deepStrictEqual(sumCosts(turns.map((each) => ({ ...each, ...turnCost(each, BOOK) }))), cost),
    );
  }
});

Deno.test("sums do not drift, and any grouping gives the same", () => {
  // A million turns of 0.000123 dollars are 123 dollars. Added up plainly they are off by 1e-9 and more.
  const small: PricedTurn = { ...turn(CLAUDE, { input: 41 }), usd: 0.000123, basis: "computed" };
  let sum = NO_COST;
  let plain = 0;
  for (let count = 0; count < 1_000_000; count++) {
    sum = addTurnCost(sum, small);
    plain += 0.000123;
  }
  ok(Math.abs(plain - 123) > 1e-9);
  strictEqual(sum.usd, 123);

  const turns = [0.1, 0.2, 0.30000075, 0.01072575, 12.34567891, 0.0000003]
    .map((usd): PricedTurn => ({ ...small, usd, basis: "computed" }));
  const forward = sumCosts(turns);
  deepStrictEqual(sumCosts(turns.toReversed()), forward);
  for (let cut = 0; cut <= turns.length; cut++) {
    deepStrictEqual(addCost(sumCosts(turns.slice(0, cut)), sumCosts(turns.slice(cut))), forward);
  }
});

Deno.test("addAllCosts() adds up the same in any order", () => {
  const random = seededRandom(5);
  const costs = Array.from(
    { length: 400 },
    () => ({ usd: random() * 50, basis: "reported" as const, unpricedTurns: 1 }),
  );
  const all = addAllCosts(costs);
  // 400 of 25 dollars on average: where a sum of doubles has lost the last of twelve decimals.
  ok(all.usd > 5000 && Math.abs(all.usd - costs.reduce((sum, { usd }) => sum + usd, 0)) < 1e-8);
  for (const order of [costs.toReversed(), costs.toSorted((a, b) => b.usd - a.usd)]) {
    deepStrictEqual(addAllCosts(order), all);
  }
  deepStrictEqual(addAllCosts([]), NO_COST);
});

Deno.test("addCost joins bases, and NO_COST changes nothing", () => {
  const cost = (basis: Cost["basis"], usd = 1): Cost => ({ usd, basis, unpricedTurns: 1 });
  for (const basis of ["reported", "computed", "mixed", "none"] as const) {
    deepStrictEqual(addCost(NO_COST, cost(basis)), cost(basis));
    deepStrictEqual(addCost(cost(basis), NO_COST), cost(basis));
  }
  deepStrictEqual(addCost(cost("reported"), cost("computed")), { usd: 2, basis: "mixed", unpricedTurns: 2 });
  deepStrictEqual(addCost(cost("mixed"), cost("reported")), { usd: 2, basis: "mixed", unpricedTurns: 2 });
});
