import { strictEqual } from "node:assert/strict";
import { nearestOf } from "./nearest.ts";

Deno.test("nearestOf()", () => {
  const places = [[100, 0], [200, 10], [200, 10]] as const;
  strictEqual(nearestOf(places, [101, 3], 24), 0);
  // Of two that lie upon each other, the first.
  strictEqual(nearestOf(places, [195, 12], 24), 1);
  strictEqual(nearestOf(places, [150, 0], 24), undefined);
  strictEqual(nearestOf(places, [149, 0]), 0);
  strictEqual(nearestOf([], [0, 0]), undefined);
});
