import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import { barOf, viewTurns } from "./view_turns.ts";

const MINUTE = 60_000;
const TURNS = makeTurns(
  ...Array.from({ length: 20 }, (_, place) => ({
    // After the tenth, an hour's pause.
    at: place * MINUTE + (place < 10 ? 0 : 60 * MINUTE),
    chain: place % 5 === 4 ? "a1" : "main",
  })),
);

Deno.test("viewTurns(): pauses and flags stand at the bars that hold their turns", () => {
  // Too many for single bars, and room for four: five turns each.
  const view = viewTurns(TURNS, { width: 4 });
  deepStrictEqual(view.bars.map(({ from, to }) => `${from}-${to}`), ["0-5", "5-10", "10-15", "15-20"]);
  deepStrictEqual(view.pauses.map(({ bar, ms }) => [bar, ms / MINUTE]), [[2, 61]]);
  deepStrictEqual(view.flags.map(({ kind, bar }) => [kind, bar]), [["subagent", 0]]);
  deepStrictEqual([1, 5, 6, 20, 21].map((turn) => barOf(view, turn)), [0, 0, 1, 3, undefined]);
  strictEqual(barOf(view, undefined), undefined);
});

Deno.test("viewTurns(): one chain, zoomed in", () => {
  const view = viewTurns(TURNS, { width: 1000, chain: "main", zoom: "5-12" });
  strictEqual(view.turns.length, 16);
  // At least eight: turns 6 to 14 of the session without the sub-agent's.
  deepStrictEqual(view.bars.map(({ from }) => view.turns[from + view.zoom.from]!.turn), [6, 7, 8, 9, 11, 12, 13, 14]);
  deepStrictEqual(view.pauses.map(({ bar }) => bar), [4]);
  deepStrictEqual(view.flags, []);
  // A turn of another chain, and one that is not in sight.
  deepStrictEqual([5, 1, 6, 14].map((turn) => barOf(view, turn)), [undefined, undefined, 0, 7]);
});
