/** Widths of columns worked by hand. Between two columns there are two spaces. */
import { deepStrictEqual } from "node:assert/strict";
import { type ColumnNeed, fitColumns } from "./fit_columns.ts";

function fixed(natural: number, priority = 0): ColumnNeed {
  return { ...cuttable(natural, natural, priority), leastOfAll: natural };
}

function cuttable(natural: number, least: number, priority = 0): ColumnNeed {
  return { widths: [natural], least, leastOfAll: 4, priority, shortensAt: Infinity, bar: false };
}

/** Cells with forms of these widths, which are cut only in need. */
function named(widths: readonly number[], shortensAt = Infinity, priority = 0): ColumnNeed {
  return { ...cuttable(0, widths.at(-1)!, priority), widths, shortensAt };
}

function bar(priority = Infinity): ColumnNeed {
  return { ...fixed(0, priority), bar: true };
}

const _ = undefined;

Deno.test("fitColumns", async (t) => {
  const rows: [name: string, columns: ColumnNeed[], width: number | undefined, widths: (number | undefined)[]][] = [
    ["all fit", [fixed(10), fixed(5)], 17, [10, 5]],
    ["no terminal", [cuttable(300, 12), fixed(5, 9), named([40, 20]), bar()], _, [300, 5, 40, 20]],
    ["cut before dropping", [cuttable(30, 12), fixed(10, 1)], 40, [28, 10]],
    ["the widest is cut first, then both", [cuttable(30, 12), cuttable(20, 12)], 38, [18, 18]],
    ["dropped when cutting is not enough", [cuttable(30, 12), fixed(10, 1)], 23, [23, _]],
    ["the highest number goes first", [fixed(10), fixed(10, 2), fixed(10, 1)], 22, [10, _, 10]],
    ["of equal ones the last", [fixed(10), fixed(10, 1), fixed(10, 1)], 22, [10, 10, _]],
    ["as many as needed", [fixed(10), fixed(10, 1), fixed(10, 2), fixed(10, 3)], 22, [10, 10, _, _]],
    ["what must stay is cut in need", [cuttable(30, 12), fixed(10)], 18, [6, 10]],
    ["and is too wide when that is not enough", [cuttable(30, 12), fixed(10)], 10, [4, 10]],
    ["a bar takes what is left", [fixed(10), bar()], 30, [10, 18]],
    ["two bars share it", [fixed(10), bar(), bar()], 30, [10, 8, 8]],
    ["but no more than is useful", [fixed(10), bar()], 200, [10, 40]],
    ["a bar of five", [fixed(10), bar()], 17, [10, 5]],
    ["a bar that would be shorter goes", [fixed(10), bar()], 16, [10, _]],
    ["a bar without a number goes before anything is cut", [cuttable(30, 12), bar()], 30, [30, _]],
    ["or shortened", [named([30, 10]), bar()], 30, [30, _]],
    ["one with a number keeps five until it is its turn", [fixed(10), fixed(10, 2), bar(1)], 17, [10, _, 5]],
    ["and goes then", [fixed(10), fixed(10, 1), bar(2)], 27, [10, 10, _]],
    ["shortened before dropping", [named([30, 20, 10]), fixed(10, 1)], 32, [20, 10]],
    ["no more than is needed", [named([30, 20, 10]), named([30, 25]), fixed(10)], 63, [20, 25, 10]],
    ["dropped before shortening, by its number", [named([30, 20], 3), fixed(10, 4), fixed(5, 3)], 40, [30, _, 5]],
    ["of equal numbers, shortened first", [named([30, 20], 3), fixed(10, 4), fixed(5, 3)], 30, [20, _, 5]],
    ["long again where what was dropped left room", [named([30, 12]), fixed(20, 1)], 31, [30, _]],
    ["names are shortened before paths are cut", [named([30, 20]), cuttable(30, 12)], 55, [20, 30]],
    ["and cut when nothing is left to drop", [named([30, 20]), fixed(10, 1)], 15, [15, _]],
    ["bars alone", [bar()], 12, [12]],
    ["none", [], 80, []],
  ];
  for (const [name, columns, width, widths] of rows) {
    await t.step(name, () => deepStrictEqual(fitColumns(columns, width).map((fit) => fit?.width), widths));
  }
});
