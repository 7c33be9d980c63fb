import { deepStrictEqual } from "node:assert/strict";
import { splitWhole } from "./split_whole.ts";

Deno.test("splitWhole()", async (t) => {
  const rows: [name: string, whole: number, weights: number[], expected: number[]][] = [
    ["one part has all", 7, [3], [7]],
    ["by weight", 600, [100, 200], [200, 400]],
    ["what is left over goes to the largest remainder", 10, [1, 1, 1], [4, 3, 3]],
    ["to the largest, wherever it is", 10, [1, 5, 1], [2, 7, 1]],
    ["without weight", 5, [0, 0], [3, 2]],
    ["nothing", 0, [1, 2], [0, 0]],
  ];
  for (const [name, whole, weights, expected] of rows) {
    await t.step(name, () => deepStrictEqual(splitWhole(whole, weights), expected));
  }
});
