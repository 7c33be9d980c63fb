import { strictEqual } from "node:assert/strict";
import { fitColumns } from "./fit_columns.ts";

const COLUMNS = [
  { key: "a", least: 10, rank: 2 },
  { key: "b", least: 20, rank: 0 },
  { key: "c", least: 5, rank: 3 },
  { key: "d", least: 10, rank: 1 },
];

Deno.test("fitColumns() leaves out what does not fit, the highest rank first, and keeps the order", async (t) => {
  const rows: [width: number, shown: string][] = [
    // 10 + 20 + 5 + 10, and four gaps of 1.6.
    [52, "abcd"],
    [51, "abd"],
    [40, "bcd"],
    [30, "bc"],
    [0, "b"],
  ];
  for (const [width, shown] of rows) {
    await t.step(String(width), () => strictEqual(fitColumns(COLUMNS, width).map(({ key }) => key).join(""), shown));
  }
});
