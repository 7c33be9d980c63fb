import { deepStrictEqual } from "node:assert/strict";
import { visibleRows } from "./visible_rows.ts";

Deno.test("visibleRows() are those in sight and twelve on both sides", () => {
  const rows: [count: number, top: number, from: number, until: number][] = [
    // 340 pixels show ten rows of 34.
    [10_000, 0, 0, 22],
    [10_000, 3400, 88, 122],
    [10_000, 339_660, 9978, 10_000],
    [3, 0, 0, 3],
    [0, 0, 0, 0],
    // A list that became shorter below where it was scrolled to.
    [5, 99_999, 0, 5],
  ];
  for (const [count, top, from, until] of rows) {
    deepStrictEqual(visibleRows({ count, rowHeight: 34, top, height: 340 }), { from, until }, `${count} ${top}`);
  }
});
