/** Widths of columns worked by hand. Between two columns there are two spaces. */
import { deepStrictEqual } from "node:assert/strict";
import { type ColumnNeed, fitColumns } from "./fit_columns.ts";

function fixed(natural: number, priority = 0): ColumnNeed {
  return { natural, least: natural, leastOfAll: natural, priority, bar: false };
}

function cuttable(natural: number, least: number, priority = 0): ColumnNeed {
  return { natural, least, leastOfAll: 4, priority, bar: false };
}

const BAR: ColumnNeed = { natural: 0, least: 0, leastOfAll: 0, priority: 0, bar: true };
const _ = undefined;

Deno.test("fitColumns", async (t) => {
  const rows: [name: string, columns: ColumnNeed[], width: number | undefined, widths: (number | undefined)[]][] = [
    ["all fit", [fixed(10), fixed(5)], 17, [10, 5]],
    ["no terminal", [cuttable(300, 12), fixed(5, 9), BAR], _, [300, 5, 20]],
    ["cut before dropping", [cuttable(30, 12), fixed(10, 1)], 40, [28, 10]],
    ["the widest is cut first, then both", [cuttable(30, 12), cuttable(20, 12)], 38, [18, 18]],
    ["dropped when cutting is not enough", [cuttable(30, 12), fixed(10, 1)], 23, [23, _]],
    ["the highest number goes first", [fixed(10), fixed(10, 2), fixed(10, 1)], 22, [10, _, 10]],
    ["of equal ones the last", [fixed(10), fixed(10, 1), fixed(10, 1)], 22, [10, 10, _]],
    ["as many as needed", [fixed(10), fixed(10, 1), fixed(10, 2), fixed(10, 3)], 22, [10, 10, _, _]],
    ["what must stay is cut in need", [cuttable(30, 12), fixed(10)], 18, [6, 10]],
    ["and is too wide when that is not enough", [cuttable(30, 12), fixed(10)], 10, [4, 10]],
    ["a bar takes what is left", [fixed(10), BAR], 30, [10, 18]],
    ["two bars share it", [fixed(10), BAR, BAR], 30, [10, 8, 8]],
    ["but no more than is useful", [fixed(10), BAR], 200, [10, 40]],
    ["a bar of five", [fixed(10), BAR], 17, [10, 5]],
    ["a bar that would be shorter goes", [fixed(10), BAR], 16, [10, _]],
    ["a bar goes before anything is cut", [cuttable(30, 12), BAR], 30, [30, _]],
    ["bars alone", [BAR], 12, [12]],
    ["none", [], 80, []],
  ];
  for (const [name, columns, width, widths] of rows) {
    await t.step(name, () => deepStrictEqual(fitColumns(columns, width), widths));
  }
});
