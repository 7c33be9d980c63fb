import { deepStrictEqual } from "node:assert/strict";
import { MAIN_CHAIN, NO_USAGE } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { randomRecords } from "../../../../tests/support/random_turns.ts";
import { mergeTurns } from "../merge_turns.ts";
import { TurnTable } from "./turn_table.ts";

/** Members that say nothing are as good as none. */
const plain = (turns: readonly RecordedTurn[]) =>
  turns.map((turn) => Object.fromEntries(Object.entries(turn).filter(([, value]) => value !== undefined)));

/** What {@linkcode TurnTable} does, with an object a turn. */
function mergeAll(records: readonly RecordedTurn[]): RecordedTurn[] {
  const turns = new Map<string, RecordedTurn>();
  for (const record of records) {
    const known = turns.get(record.key);
    const turn = { ...record };
    turns.set(record.key, known === undefined ? turn : mergeTurns(known, turn));
  }
  return [...turns.values()];
}

Deno.test("TurnTable has of any records what merging turns makes of them, one log after the other", () => {
  const random = seededRandom(5);
  const table = new TurnTable();
  for (let round = 0; round < 300; round++) {
    const records = randomRecords(random, {
      keys: 1 + Math.floor(random() * (round % 10 === 0 ? 300 : 12)),
      odd: round % 3 === 0,
    });
    table.begin();
    const isOneByOne = round % 4 === 0;
    for (const record of records) {
      if (isOneByOne || random() < 0.01) table.add({ ...record });
      else table.addNew({ ...record }, random() < 0.5);
    }
    table.settle();
    const expected = mergeAll(records);
    deepStrictEqual(plain(table.list()), plain(expected), `round ${round}`);
    deepStrictEqual(
      table.showsOthers(),
      expected.some(({ copied, originalKey, delegation }) => copied || originalKey !== undefined || delegation),
    );
  }
});

Deno.test("TurnTable has a total in place of what was under its key", () => {
  const turn: RecordedTurn = {
    key: "a",
    at: 1,
    model: { provider: "p", model: "m" },
    usage: NO_USAGE,
    chain: MAIN_CHAIN,
    replayKey: "r",
  };
  const total: RecordedTurn = { ...turn, replayKey: undefined, at: 5, total: { requests: 3 } };
  const table = new TurnTable();
  table.add({ ...turn });
  table.add({ ...turn, key: "b" });
  table.replace(total);
  table.replace({ ...total, key: "c" });
  deepStrictEqual(plain(table.list()), plain([total, { ...turn, key: "b" }, { ...total, key: "c" }]));
  deepStrictEqual(table.isPlain(), false);
  table.replace(turn);
  table.replace({ ...turn, key: "c" });
  deepStrictEqual(table.isPlain(), true);
});

Deno.test("TurnTable finds a turn again behind thousands of others, whatever its key is", async (t) => {
  const turn: RecordedTurn = {
    key: "",
    at: 5,
    model: { provider: "p", model: "m" },
    usage: NO_USAGE,
    chain: MAIN_CHAIN,
  };
  const rows: readonly [name: string, key: (row: number) => string][] = [
    ["short", (row) => `${row}`],
    ["long", (row) => `${"x".repeat(200)}${row}`],
    ["not ASCII", (row) => `é${row}`],
    ["with a line", (row) => `a\n${row}`],
    ["empty", (row) => row === 0 ? "" : `${row}`],
  ];
  const table = new TurnTable();
  for (const [name, keyOf] of rows) {
    await t.step(name, () => {
      for (const count of [1, 2, 3, 5000]) {
        table.begin();
        for (let row = 0; row < count; row++) table.addNew({ ...turn, key: keyOf(row) }, false);
        table.settle();
        deepStrictEqual(table.length, count);
        table.begin();
        for (let row = 0; row < count; row++) table.addNew({ ...turn, key: keyOf(row) }, false);
        table.addNew({ ...turn, key: keyOf(0), at: 3, replayKey: "again" }, false);
        table.settle();
        const expected = Array.from({ length: count }, (_, row) => ({ ...turn, key: keyOf(row) }));
        deepStrictEqual(
          plain(table.list()),
          plain([{ ...expected[0]!, at: 3, replayKey: "again" }, ...expected.slice(1)]),
        );
      }
    });
  }
});
