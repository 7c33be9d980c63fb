import { deepStrictEqual, ok } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { MAIN_CHAIN } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { type ClaimingLog, resolveOwnership } from "../sums/ownership.ts";
import { keysOfTurns } from "../sums/turn_keys.ts";
import type { ShownLog } from "./settle_logs.ts";
import { standIn } from "./stand_in.ts";

const TURN: Omit<RecordedTurn, "key"> = {
  at: 0,
  model: { provider: "openai", model: "gpt-5" },
  usage: { input: 1, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 },
  chain: MAIN_CHAIN,
};

type Turns = readonly (Partial<RecordedTurn> & Pick<RecordedTurn, "key">)[];

const logOf = (path: string, turns: Turns): ShownLog => ({
  id: 0,
  path,
  guest: "",
  lost: "",
  entangled: 0,
  tied: 0,
  isSmall: 0,
  facts: undefined,
  source: "pi",
  session: path,
  startedAt: undefined,
  turns: turns.map((turn, seq) => ({ seq, turn: { ...TURN, ...turn } })),
});

const claimOf = ({ path, session, startedAt, turns }: ShownLog): ClaimingLog => ({
  path,
  session,
  startedAt,
  turns: turns.map(({ turn }) => turn),
});

const standInFor = (own: readonly ShownLog[], shown: readonly ShownLog[]) =>
  standIn(own.map(({ path, source, turns }) => ({ path, ownKeys: keysOfTurns(source, turns) })), shown);

Deno.test("standIn() has the turns that others copied, as long as identities tell", () => {
  const rows: [
    name: string,
    own: readonly Turns[],
    shown: Turns,
    expected: readonly (readonly string[])[] | undefined,
  ][] = [
    ["copies", [[{ key: "a" }, { key: "b" }]], [{ key: "a", copied: true }, { key: "c" }], [["a"]]],
    ["copies of two logs", [[{ key: "a" }], [{ key: "b" }]], [{ key: "b", copied: true }, { key: "a", copied: true }], [
      ["a"],
      ["b"],
    ]],
    ["a copy of nobody's", [[{ key: "a" }]], [{ key: "b", copied: true }], [[]]],
    ["replayed history", [[{ key: "a" }]], [{ key: "x", originalKey: "a" }], [["a"]]],
    ["the same, and no word of a copy", [[{ key: "a" }]], [{ key: "a" }], undefined],
    ["a copy with its message", [[{ key: "a", replayKey: "m" }]], [{ key: "a", replayKey: "m", copied: true }], [[
      "a",
    ]]],
    ["the message under another key", [[{ key: "a", replayKey: "m" }]], [
      { key: "b", replayKey: "m", copied: true },
    ], undefined],
    ["a key that is another's message", [[{ key: "a", replayKey: "m" }]], [{ key: "m" }], [[]]],
    ["two that show the same", [[{ key: "a" }], [{ key: "a" }]], [{ key: "a", copied: true }], undefined],
    ["a message twice", [[{ key: "a", replayKey: "m" }, { key: "b", replayKey: "m" }]], [
      { key: "a", copied: true },
    ], undefined],
  ];
  for (const [name, own, shown, expected] of rows) {
    const found = standInFor(own.map((turns, place) => logOf(`/own${place}`, turns)), [logOf("/shown", shown)]);
    deepStrictEqual([name, found?.map(({ turns }) => turns.map(({ key }) => key))], [name, expected]);
  }
});

Deno.test("random logs: what stands in for some takes the same turns of the others out of the count", () => {
  let told = 0;
  for (let seed = 0; seed < 5000; seed++) {
    const random = seededRandom(seed);
    const roll = (chance: number) => random() < chance;
    // What is one's message may be another's key.
    const names = ["a", "b", "c", "ma", "mb", "mc"];
    const messageOf = (key: string) =>
      roll(0.5) ? { replayKey: `m${roll(0.9) ? key : names[Math.floor(random() * names.length)]!}` } : {};
    const turnsOf = (mark: (key: string) => Partial<RecordedTurn>) =>
      names.filter(() => roll(0.5)).map((key) => ({
        key,
        ...messageOf(key),
        usage: { ...TURN.usage, output: roll(0.8) ? 1 : 2 },
        ...(roll(0.1) ? { unrequested: true } : {}),
        ...mark(key),
      }));
    const own = [logOf("/own", turnsOf(() => ({}))), logOf("/z", [{ key: "z" }])];
    const copying = (key: string): Partial<RecordedTurn> =>
      roll(0.75) ? { copied: true } : roll(0.3) ? { key: `own ${key}`, originalKey: key } : { key: `other ${key}` };
    const shown = ["/first", "/second"].map((path) => ({
      ...logOf(path, turnsOf(copying)),
      startedAt: roll(0.5) ? 1 : 2,
    }));
    const standIns = standInFor(own, shown);
    if (standIns === undefined) continue;
    const found = resolveOwnership([...shown.map(claimOf), ...standIns]);
    if (found === undefined) continue;
    told++;
    const all = resolveOwnership([...shown, ...own].map(claimOf))!;
    deepStrictEqual([seed, found.slice(0, 2)], [seed, all.slice(0, 2)]);
    const nothing = { lost: "", isTied: false };
    deepStrictEqual([seed, all.slice(2)], [seed, [nothing, nothing]]);
  }
  ok(told > 200, `${told} were told`);
});
