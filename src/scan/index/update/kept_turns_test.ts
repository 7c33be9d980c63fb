import { deepStrictEqual } from "node:assert/strict";
import { MAIN_CHAIN, NO_USAGE } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { KeptTurns } from "./kept_turns.ts";

const TURN: RecordedTurn = {
  key: "a",
  at: 0,
  model: { provider: "openai", model: "gpt-5" },
  usage: NO_USAGE,
  chain: MAIN_CHAIN,
};

const read = (...shown: readonly Partial<RecordedTurn>[]) => {
  const turns = shown.map((turn, seq) => ({ seq, turn: { ...TURN, key: `${seq}`, ...turn } }));
  const table = new TurnTable();
  for (const { turn } of turns) table.add(turn);
  return { turns, table, facts: undefined };
};

Deno.test("KeptTurns keeps those of logs as far as there is room", () => {
  const kept = new KeptTurns(4);
  const rows: [name: string, log: ReturnType<typeof read>, expected: boolean][] = [
    ["a copy", read({}, { copied: true }), true],
    ["more than there is room for", read({}, {}, { copied: true }), false],
    ["as much as there is room for", read({}, { copied: true }), true],
    ["nothing left", read({ copied: true }), false],
  ];
  for (const [name, log, expected] of rows) {
    deepStrictEqual([name, kept.keep(name, log)], [name, expected]);
    deepStrictEqual([kept.has(name), kept.of(name)], [
      expected,
      expected ? { turns: log.turns, facts: undefined } : undefined,
    ]);
  }
});
