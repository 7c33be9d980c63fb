import { strictEqual } from "node:assert/strict";
import { linearScale, logScale } from "./scales.ts";

Deno.test("linearScale() and logScale()", () => {
  // Half of the way, the other way round, and beyond the end.
  strictEqual(linearScale([0, 10], [200, 0])(5), 100);
  strictEqual(linearScale([0, 10], [0, 100])(12), 120);
  strictEqual(linearScale([3, 3], [7, 100])(3), 7);
  // 10 is half way from 1 to 100 by its logarithm.
  strictEqual(logScale([1, 100], [0, 200])(10), 100);
  strictEqual(logScale([1, 100], [0, 200])(0), 0);
});
