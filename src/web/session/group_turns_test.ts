import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import { NO_USAGE } from "../../core/model.ts";
import { findGroup, groupTurns } from "./group_turns.ts";

function many(count: number) {
  return makeTurns(...Array.from({ length: count }, (_, place) => ({ usage: { ...NO_USAGE, input: place }, usd: 1 })));
}

Deno.test("groupTurns(): as many as there is room for stay single", () => {
  const groups = groupTurns(many(4000), 4000);
  strictEqual(groups.length, 4000);
  deepStrictEqual([groups[7]!.from, groups[7]!.to, groups[7]!.prompt], [7, 8, 7]);
});

Deno.test("groupTurns(): above that, sums and the largest of each", () => {
  const groups = groupTurns(many(10_000), 4000);
  // Three a group: 3,333 and one of a single turn.
  strictEqual(groups.length, 3334);
  const [first, last] = [groups[0]!, groups.at(-1)!];
  deepStrictEqual([first.from, first.to, first.prompt, first.usd, first.largest.prompt], [0, 3, 0 + 1 + 2, 3, 2]);
  deepStrictEqual([last.from, last.to, last.prompt], [9999, 10_000, 9999]);
  strictEqual(groups.reduce((sum, { prompt }) => sum + prompt, 0), 9999 * 10_000 / 2);
});

Deno.test("groupTurns(): no group goes over a pause", () => {
  const spans = (breaks: number[]) => groupTurns(many(9), 3, breaks).map(({ from, to }) => `${from}-${to}`).join(" ");
  strictEqual(spans([]), "0-3 3-6 6-9");
  strictEqual(spans([4]), "0-3 3-4 4-7 7-9");
  strictEqual(spans([1, 2, 3]), "0-1 1-2 2-3 3-6 6-9");
});

Deno.test("groupTurns(): what a group costs, and what misses added", () => {
  const [group] = groupTurns(
    makeTurns(
      { usd: 1 },
      { usd: 5, outcome: "miss", missedUsd: 4 },
      // No price: neither the turn's nor the miss's is known.
      { outcome: "miss" },
    ),
    1,
  );
  deepStrictEqual([group!.usd, group!.missedUsd, group!.misses, group!.dearest.turn], [6, 4, 2, 2]);
  strictEqual(groupTurns(makeTurns({}, {}), 1)[0]!.usd, undefined);
  const usage = { ...NO_USAGE, input: 5 };
  strictEqual(groupTurns(makeTurns({ usage, usd: 1 }, { usage }, {}), 1)[0]!.unpriced, 1);
  deepStrictEqual(groupTurns([], 10), []);
});

Deno.test("findGroup()", () => {
  const groups = groupTurns(many(10), 4);
  deepStrictEqual([0, 2, 3, 9, 10, -1].map((place) => findGroup(groups, place)), [0, 0, 1, 3, -1, -1]);
  strictEqual(findGroup([], 0), -1);
});
