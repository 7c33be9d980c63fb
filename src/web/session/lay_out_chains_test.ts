import { deepStrictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import { NO_COST } from "../../core/cost/cost.ts";
import { NO_USAGE } from "../../core/model.ts";
import { layOutChains } from "./lay_out_chains.ts";

const chain = (name: string) => ({ chain: name, turns: 1, usage: NO_USAGE, cost: NO_COST });

Deno.test("layOutChains(): main first, then as they began; what has no time comes last", () => {
  const turns = makeTurns(
    { at: 10, chain: "late" },
    { at: 5, chain: "early" },
    { at: 7 },
    { at: 90 },
    { at: 30, chain: "late" },
    { chain: "never" },
  );
  const { lanes, from, to } = layOutChains([chain("never"), chain("late"), chain("early"), chain("main")], turns);
  deepStrictEqual(lanes.map(({ chain, from, to }) => [chain, from, to]), [
    ["main", 7, 90],
    ["early", 5, 5],
    ["late", 10, 30],
    ["never", undefined, undefined],
  ]);
  deepStrictEqual([from, to], [5, 90]);
});

Deno.test("layOutChains() of sums without turns", () => {
  const { lanes, from } = layOutChains([chain("main")], []);
  deepStrictEqual([lanes.length, lanes[0]!.from, from], [1, undefined, undefined]);
});
