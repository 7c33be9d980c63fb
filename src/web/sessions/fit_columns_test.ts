import { deepStrictEqual } from "node:assert/strict";
import { fitColumns } from "./fit_columns.ts";
import { FIRST_COLUMNS } from "./sessions_filter.ts";

Deno.test("fitColumns() drops sums before what names a session", async (t) => {
  const rows: [width: number, shown: readonly string[]][] = [
    [200, FIRST_COLUMNS],
    [100, ["last", "title", "models", "share", "cost", "cache"]],
    [60, ["last", "title", "cost"]],
    [1, ["title"]],
  ];
  for (const [width, shown] of rows) {
    await t.step(String(width), () => deepStrictEqual(fitColumns(FIRST_COLUMNS, width), shown));
  }
});
