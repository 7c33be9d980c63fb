import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { lastAtMost } from "./last_at_most.ts";

Deno.test("lastAtMost()", () => {
  const at = (most: number) => lastAtMost([1, 3, 3, 8], most, (item) => item);
  deepStrictEqual([0, 1, 2, 3, 7, 8, 99].map(at), [-1, 0, 0, 2, 2, 3, 3]);
  strictEqual(lastAtMost([], 5, () => 0), -1);
});
