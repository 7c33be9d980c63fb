import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { fitResult, MAXIMUM_RESULT_BYTES } from "./fit_result.ts";
import type { JsonObject } from "./tool_definition.ts";

/** A list of so many rows, each of so many bytes, in pages. */
function pages(total: number, rowBytes: number, asked: number[] = []) {
  return (limit: number): Promise<JsonObject> => {
    asked.push(limit);
    const rows = Array.from({ length: Math.min(total, limit) }, () => "r".repeat(rowBytes));
    return Promise.resolve({ rows, ...(total > limit ? { nextCursor: `after ${limit}` } : {}) });
  };
}

Deno.test("fitResult()", async (t) => {
  const rows: [name: string, total: number, rowBytes: number, limit: number, asked: number[], listed: number][] = [
    ["what fits is left alone", 5, 100, 20, [20], 5],
    ["so is a page that fits", 50, 100, 20, [20], 20],
    // 20 rows of 1500 bytes are 30 KB, 10 are 15 KB.
    ["fewer rows are asked for until it fits", 50, 1500, 20, [20, 10], 10],
    ["down to one", 50, 15_000, 100, [100, 50, 25, 12, 6, 3, 1], 1],
  ];
  for (const [name, total, rowBytes, limit, expected, listed] of rows) {
    await t.step(name, async () => {
      const asked: number[] = [];
      const result = await fitResult(pages(total, rowBytes, asked), limit);
      deepStrictEqual(asked, expected);
      strictEqual((result["rows"] as unknown[]).length, listed);
      strictEqual(result["truncated"], expected.length > 1 ? true : undefined);
      strictEqual(result["nextCursor"], total > listed ? `after ${listed}` : undefined);
      ok(JSON.stringify(result).length <= MAXIMUM_RESULT_BYTES);
    });
  }
});

Deno.test("a row that is too large has its texts cut, but never the cursor", async () => {
  const cursor = "c".repeat(400);
  const run = () =>
    Promise.resolve({ rows: [{ title: "é".repeat(30_000), usd: 1, none: null }], nextCursor: cursor, deep: [["x"]] });
  const result = await fitResult(run, 5);
  deepStrictEqual(result["rows"], [{ title: `${"é".repeat(300)}…`, usd: 1, none: null }]);
  deepStrictEqual(result["deep"], [["x"]]);
  strictEqual(result["nextCursor"], cursor);
  strictEqual(result["truncated"], true);
});

Deno.test("what cannot be made to fit is a failure that says what to do", async () => {
  const run = () => Promise.resolve({ numbers: Array.from({ length: 30_000 }, (_, index) => index) });
  await rejects(
    fitResult(run, 1),
    (error) => error instanceof AgentError && error.code === "failed" && error.hint !== undefined,
  );
});
