import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import type { DrawnTurn } from "./read_turns.ts";
import { findPauses, timeAtWork } from "./find_pauses.ts";

const MINUTE = 60_000;

Deno.test("findPauses()", async (t) => {
  const rows: [name: string, next: Partial<DrawnTurn>, cache: string | undefined][] = [
    ["a second short of five minutes is work", { at: 5 * MINUTE - 1000 }, undefined],
    ["five minutes are a pause", { at: 5 * MINUTE }, "kept"],
    ["the cache was lost over it", { at: 6 * MINUTE, outcome: "miss", cause: "expired" }, "lost"],
    ["and nobody knows why", { at: 6 * MINUTE, outcome: "miss", cause: "unexplained" }, "lost"],
    ["a compaction lost it, and no pause", { at: 6 * MINUTE, outcome: "miss", cause: "compacted" }, "unknown"],
    ["nothing was there to be lost", { at: 6 * MINUTE, outcome: "none" }, "unknown"],
    ["a turn without a time", { at: undefined }, undefined],
    ["a clock that was set back", { at: -9 * MINUTE }, undefined],
  ];
  for (const [name, next, cache] of rows) {
    await t.step(name, () => {
      const pauses = findPauses(makeTurns({ at: 0 }, next));
      deepStrictEqual(pauses, cache === undefined ? [] : [{ before: 1, ms: next.at, cache }]);
    });
  }
});

Deno.test("timeAtWork() leaves pauses out", () => {
  // Two minutes, then an hour's pause, then three.
  strictEqual(
    timeAtWork(makeTurns({ at: 0 }, { at: 2 * MINUTE }, { at: 62 * MINUTE }, { at: 65 * MINUTE })),
    5 * MINUTE,
  );
  strictEqual(timeAtWork(makeTurns({ at: 0 }, {})), undefined);
  strictEqual(timeAtWork([]), undefined);
});
