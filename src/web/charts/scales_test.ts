import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { bandScale, linearScale, logScale } from "./scales.ts";

Deno.test("linearScale() and logScale()", () => {
  // Half of the way, the other way round, and beyond the end.
  strictEqual(linearScale([0, 10], [200, 0])(5), 100);
  strictEqual(linearScale([0, 10], [0, 100])(12), 120);
  strictEqual(linearScale([3, 3], [7, 100])(3), 7);
  // 10 is half way from 1 to 100 by its logarithm.
  strictEqual(logScale([1, 100], [0, 200])(10), 100);
  strictEqual(logScale([1, 100], [0, 200])(0), 0);
});

Deno.test("bandScale()", () => {
  // Four of 25 without room between them.
  const close = bandScale(4, [10, 110], 0);
  deepStrictEqual([close.at(0), close.at(3), close.width, close.step], [10, 85, 25, 25]);
  // Two and three half paddings: 2.5 steps of 40, of which a column is half, and half of one stands before the first.
  const apart = bandScale(2, [0, 100], 0.5);
  deepStrictEqual([apart.at(0), apart.at(1), apart.width, apart.step], [20, 60, 20, 40]);
  // None is no reason to divide by nothing.
  deepStrictEqual(bandScale(0, [0, 100], 0.5).step, 100);
});
