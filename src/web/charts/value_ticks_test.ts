import { deepStrictEqual } from "node:assert/strict";
import { valueTicks } from "./value_ticks.ts";

Deno.test("valueTicks() begin at zero and end above", () => {
  deepStrictEqual(valueTicks(9.4), [0, 2, 4, 6, 8, 10]);
  deepStrictEqual(valueTicks(0), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  deepStrictEqual(valueTicks(NaN), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  deepStrictEqual(valueTicks(0.31), [0, 0.1, 0.2, 0.3, 0.4]);
  deepStrictEqual(valueTicks(0.0012), [0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001, 0.0012]);
  deepStrictEqual(valueTicks(20), [0, 5, 10, 15, 20]);
  deepStrictEqual(valueTicks(1_260_000), [0, 2, 4, 6, 8, 10, 12, 14].map((tick) => tick * 100_000));
});
