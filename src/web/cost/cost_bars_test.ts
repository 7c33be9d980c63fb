import { deepStrictEqual } from "node:assert/strict";
import type { CostRow, CostSum } from "../../operations/usage/cost_output.ts";
import { MOST_PARTS, OTHER } from "../charts/colours.ts";
import { makeCostBars, WHOLE } from "./cost_bars.ts";

/** A sum of so many dollars, and of a turn for each ten of them. */
function sumOfUsd(usd: number, more: Partial<CostSum> = {}): CostSum {
  return {
    turns: usd / 10,
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
    cost: { usd, basis: "computed", unpricedTurns: 0 },
    misses: 0,
    ...more,
  };
}

function rowOfParts(key: string, parts: Readonly<Record<string, number>>): CostRow {
  const usd = Object.values(parts).reduce((sum, value) => sum + value, 0);
  return {
    key,
    ...sumOfUsd(usd),
    parts: Object.entries(parts).map(([key, value]) => ({ key, ...sumOfUsd(value) })),
  };
}

const UNPRICED = { cost: { usd: 0, basis: "none" as const, unpricedTurns: 3 } };

Deno.test("makeCostBars: parts in order of what they add up to", () => {
  // a 10 + 20 = 30, b 40, c 5.
  const rows = [rowOfParts("2026-11-24", { a: 10, b: 40 }), rowOfParts("2026-11-25", { a: 20, c: 5 })];
  deepStrictEqual(makeCostBars({ rows, split: "model" }, "cost"), {
    parts: [{ key: "b", value: 40 }, { key: "a", value: 30 }, { key: "c", value: 5 }],
    others: [],
    bars: [
      { key: "2026-11-24", values: [40, 10, undefined], total: 50, isLeast: false },
      { key: "2026-11-25", values: [undefined, 20, 5], total: 25, isLeast: false },
    ],
  });
});

Deno.test("makeCostBars: the seven largest, and all others as one", async (t) => {
  const partsOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 100 - index]));
  const rows: [count: number, parts: string[], others: string[]][] = [
    [7, ["m0", "m1", "m2", "m3", "m4", "m5", "m6"], []],
    [8, ["m0", "m1", "m2", "m3", "m4", "m5", "m6", OTHER], ["m7"]],
    [9, ["m0", "m1", "m2", "m3", "m4", "m5", "m6", OTHER], ["m7", "m8"]],
  ];
  for (const [count, parts, others] of rows) {
    await t.step(`${count} parts`, () => {
      const made = makeCostBars({ rows: [rowOfParts("2026-11-24", partsOf(count))], split: "model" }, "cost");
      deepStrictEqual(made.parts.map(({ key }) => key), parts);
      deepStrictEqual(made.others, others);
      // 93 + 92.
      if (count === 9) deepStrictEqual(made.bars[0]!.values[MOST_PARTS], 185);
    });
  }
});

Deno.test("makeCostBars: without a split, one part", () => {
  deepStrictEqual(makeCostBars({ rows: [{ key: "2026-11-24", ...sumOfUsd(20) }] }, "turns"), {
    parts: [{ key: WHOLE, value: 2 }],
    others: [],
    bars: [{ key: "2026-11-24", values: [2], total: 2, isLeast: false }],
  });
});

Deno.test("makeCostBars: what has no price is unknown, and no zero", () => {
  const row: CostRow = {
    key: "2026-11-24",
    ...sumOfUsd(10, { cost: { usd: 10, basis: "mixed", unpricedTurns: 3 } }),
    parts: [{ key: "a", ...sumOfUsd(10) }, { key: "b", ...sumOfUsd(0, UNPRICED) }],
  };
  const { bars } = makeCostBars({ rows: [row], split: "model" }, "cost");
  deepStrictEqual(bars[0], { key: "2026-11-24", values: [10, undefined], total: 10, isLeast: true });
  const alone: CostRow = { key: "2026-11-24", ...sumOfUsd(0, UNPRICED) };
  deepStrictEqual(makeCostBars({ rows: [alone] }, "cost").bars[0]!.total, undefined);
});

Deno.test("makeCostBars: shares are of the largest prompts, and do not add up", () => {
  const usage = (input: number, cacheRead: number) => ({
    usage: { input, cacheRead, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
    cacheHitRatio: cacheRead / (input + cacheRead),
  });
  const parts = Array.from({ length: 9 }, (_, index) => ({ key: `m${index}`, ...sumOfUsd(0, usage(index + 1, 0)) }));
  const rows: CostRow[] = [{ key: "2026-11-24", ...sumOfUsd(0, usage(5, 95)), parts }];
  const made = makeCostBars({ rows, split: "model" }, "hit");
  // m8 has the largest prompt, 9 tokens.
  deepStrictEqual(made.parts.map(({ key }) => key), ["m8", "m7", "m6", "m5", "m4", "m3", "m2"]);
  deepStrictEqual(made.bars[0]!.total, 0.95);
});
