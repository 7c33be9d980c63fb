import { strictEqual } from "node:assert/strict";
import { formatChange } from "./format_change.ts";

const ROWS: readonly (readonly [now: number, before: number, text: string])[] = [
  [134, 100, "+34%"],
  [95, 100, "-5%"],
  [100, 100, "same"],
  [0, 0, "same"],
  [5, 0, "new"],
  [0, 5, "-100%"],
  [1000.1, 1000, "+<1%"],
  [999.9, 1000, "-<1%"],
  [20_000, 100, "200x"],
];

Deno.test("formatChange()", async (t) => {
  for (const [now, before, text] of ROWS) {
    await t.step(`${now} after ${before}`, () => strictEqual(formatChange(now, before), text));
  }
});
