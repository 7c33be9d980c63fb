import { deepStrictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import { findFlags } from "./find_flags.ts";

const TURNS = makeTurns(
  { at: 1000 },
  { at: 2000, chain: "a1", model: "claude-haiku-4-5" },
  { at: 3000, chain: "compaction", model: "claude-haiku-4-5" },
  { at: 4000, outcome: "miss", cause: "compacted", isAfterCompaction: true },
  { at: 5000, chain: "a1", model: "claude-haiku-4-5" },
  { at: 6000, model: "claude-sonnet-4-6" },
);

function flags(...asked: Parameters<typeof findFlags>): readonly string[] {
  return findFlags(...asked).map(({ kind, place, label }) => `${place} ${kind} ${label}`);
}

Deno.test("findFlags(): sub-agents where they begin, compactions once, models where a chain changes its own", () => {
  deepStrictEqual(flags(TURNS), ["1 subagent a1", "3 compaction compacted", "5 model claude-sonnet-4-6"]);
});

Deno.test("findFlags(): forks stand where they were made, as far as that is known", () => {
  const forks = [
    { shortId: "mid", startedAt: "1970-01-01T00:00:03.500Z" },
    { shortId: "end", startedAt: "1970-01-01T01:00:00.000Z" },
    // A copy begins where the original did.
    { shortId: "copy", startedAt: "1970-01-01T00:00:00.500Z" },
    { shortId: "unknown" },
  ];
  deepStrictEqual(flags(makeTurns({ at: 1000 }, { at: 2000 }, { at: 3000 }, { at: 4000 }), forks), [
    "2 fork mid",
    "3 fork end",
  ]);
  deepStrictEqual(flags(makeTurns({}), [], "01a1fb64"), ["0 fork forked from 01a1fb64"]);
  deepStrictEqual(flags([], forks, "01a1fb64"), []);
});
