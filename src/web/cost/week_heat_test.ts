import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { CostSum } from "../../operations/usage/cost_output.ts";
import { makeWeekHeat } from "./week_heat.ts";

function sumOfUsd(usd: number): CostSum {
  return {
    turns: 1,
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
    cost: { usd, basis: "computed", unpricedTurns: 0 },
    misses: 0,
  };
}

Deno.test("makeWeekHeat", () => {
  const unpriced = { ...sumOfUsd(0), cost: { usd: 0, basis: "none" as const, unpricedTurns: 1 } };
  const heat = makeWeekHeat(
    [
      {
        key: "monday",
        ...sumOfUsd(37),
        parts: [{ key: "09:00", ...sumOfUsd(36) }, { key: "10:00", ...sumOfUsd(1) }, { key: "11:00", ...unpriced }],
      },
      { key: "sunday", ...sumOfUsd(9), parts: [{ key: "23:00", ...sumOfUsd(9) }] },
    ],
    "cost",
    {},
  );
  strictEqual(heat.days.length, 7);
  strictEqual(heat.hours.length, 24);
  const cell = (hour: number, day: number) => heat.hours[hour]!.cells[day];
  // The square root of 36/36 is all six steps, of 9/36 three, of 1/36 one.
  deepStrictEqual(cell(9, 0), { level: 6, text: "$36.00" });
  deepStrictEqual(cell(23, 6), { level: 3, text: "$9.00" });
  deepStrictEqual(cell(10, 0), { level: 1, text: "$1.00" });
  deepStrictEqual(cell(11, 0), { level: 0, text: "?" });
  deepStrictEqual(cell(0, 3), { level: 0, text: "" });
  deepStrictEqual(heat.levels.map(Math.round), [1, 4, 9, 16, 25, 36]);
  deepStrictEqual(heat.most, { day: "monday", hour: "09:00", text: "$36.00" });
});

Deno.test("makeWeekHeat of nothing", () => {
  const heat = makeWeekHeat([], "turns", {});
  strictEqual(heat.hours.length, 24);
  deepStrictEqual(heat.levels, []);
  strictEqual(heat.most, undefined);
});
