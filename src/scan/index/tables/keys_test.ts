import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { decodeEntries } from "../bytes/entry_codec.ts";
import { IndexStore } from "./store.ts";
import { KeyIndex, readKeyLists } from "./keys.ts";
import { keysOfTurns, ownKeysOfTurns } from "../sums/turn_keys.ts";

const keys = (...names: string[]) => keysOfTurns("pi", names.map((key) => ({ turn: { key } })));

/** What one scan changes. */
interface Step {
  readonly add?: Readonly<Record<number, readonly string[]>>;
  readonly replace?: Readonly<Record<number, readonly string[]>>;
  readonly remove?: readonly number[];
}

function scan(store: IndexStore, { add = {}, replace = {}, remove = [] }: Step): number[][] {
  const index = new KeyIndex(store);
  for (const file of remove) index.remove(file);
  for (const [file, names] of Object.entries(add)) index.add(Number(file), keys(...names));
  for (const [file, names] of Object.entries(replace)) index.replace(Number(file), keys(...names));
  const conflicts = index.findConflicts();
  index.save();
  return conflicts;
}

Deno.test("findConflicts() names the logs that share turns, and those that share turns with them", async (t) => {
  const rows: [name: string, steps: readonly Step[], conflicts: readonly (readonly number[])[]][] = [
    ["nothing in common", [{ add: { 1: ["a", "b"], 2: ["c"] } }], []],
    ["a turn in common", [{ add: { 1: ["a", "b"], 2: ["b"], 3: ["c"] } }], [[1, 2]]],
    ["through a third", [{ add: { 1: ["a"], 2: ["a", "b"], 3: ["b"], 4: ["d"] } }], [[1, 2, 3]]],
    ["two sets", [{ add: { 1: ["a"], 2: ["a"], 3: ["b"], 4: ["b"] } }], [[1, 2], [3, 4]]],
    ["twice in one log", [{ add: { 1: ["a", "a"], 2: ["b"] } }], [[1]]],
    ["in a log of an earlier scan", [{ add: { 1: ["a"], 2: ["b"] } }, { add: { 3: ["a"] } }], [[1, 3]]],
    ["nothing new in common", [{ add: { 1: ["a"], 2: ["a"] } }, { add: { 1: ["b"] } }], []],
    ["an earlier turn of the same log, again", [{ add: { 1: ["a"] } }, { add: { 1: ["a"] } }], [[1]]],
    ["the other log vanished", [{ add: { 1: ["a"], 2: ["a"], 3: ["c"] } }, { remove: [1] }], [[2]]],
    ["both vanished", [{ add: { 1: ["a"], 2: ["a"] } }, { remove: [1, 2] }], []],
    ["read anew, and still in common", [{ add: { 1: ["a"], 2: ["a"] } }, { replace: { 2: ["a", "b"] } }], [[1, 2]]],
    ["read anew, no more in common", [{ add: { 1: ["a"], 2: ["a"] } }, { replace: { 2: ["b"] } }], [[1], [2]]],
    [
      "read anew, no more in common since the scan before",
      [{ add: { 1: ["a"], 2: ["a"] } }, { replace: { 2: ["b"] } }, { add: { 3: ["a"] } }],
      [[1, 3]],
    ],
    ["vanished in the scan before", [{ add: { 1: ["a"], 2: ["b"] } }, { remove: [1] }, { add: { 3: ["a"] } }], []],
    ["read anew, and in common with a new one", [
      { add: { 1: ["a"], 2: ["b"] } },
      { replace: { 2: ["b", "c"] }, add: { 3: ["b", "c"] } },
    ], [[2, 3]]],
    ["read anew, alone as ever", [{ add: { 1: ["a"], 2: ["b"] } }, { replace: { 2: ["b", "c"] } }], []],
  ];
  for (const [name, steps, conflicts] of rows) {
    await t.step(name, () => {
      const store = new IndexStore(":memory:");
      deepStrictEqual(steps.map((step) => scan(store, step)).at(-1)!.sort(byFirst), conflicts);
      store.close();
    });
  }
});

Deno.test("many scans find what one would, and keep few lists", () => {
  const random = seededRandom(3);
  const store = new IndexStore(":memory:");
  const logs = new Map<number, string[]>();
  let [conflicts, most] = [0, 0];
  for (let round = 0; round < 300; round++) {
    const add: Record<number, string[]> = {};
    for (let count = Math.floor(random() * 4); count >= 0; count--) {
      const file = 1 + Math.floor(random() * 400);
      if (logs.has(file)) continue;
      add[file] = Array.from(
        { length: Math.floor(random() * 20) },
        (_, place) => random() < 0.03 ? `shared ${Math.floor(random() * 60)}` : `${file} ${place}`,
      );
      add[file] = [...new Set(add[file])];
      logs.set(file, add[file]);
    }
    const found = scan(store, { add });
    // By comparing every text with every other: the sets that one of the new logs belongs to.
    const expected = setsOf(logs).filter((set) => set.length > 1 && set.some((file) => file in add));
    deepStrictEqual(found.toSorted(byFirst), expected.toSorted(byFirst));
    conflicts += found.length;
    most = Math.max(most, readKeyLists(store).length);
  }
  ok(conflicts > 20, `${conflicts} conflicts`);
  ok(most <= 12, `${most} lists`);
  const entries = readKeyLists(store).reduce((sum, list) => sum + decodeEntries(list.entries).length, 0);
  strictEqual(entries, [...logs.values()].reduce((sum, { length }) => sum + length, 0));
  store.close();
});

function byFirst(a: readonly number[], b: readonly number[]): number {
  return a[0]! - b[0]!;
}

function setsOf(logs: ReadonlyMap<number, readonly string[]>): number[][] {
  const sets: { files: number[]; names: Set<string> }[] = [];
  for (const [file, names] of logs) {
    const joined = { files: [file], names: new Set(names) };
    for (const set of sets.filter((set) => names.some((name) => set.names.has(name)))) {
      sets.splice(sets.indexOf(set), 1);
      joined.files.push(...set.files);
      for (const name of set.names) joined.names.add(name);
    }
    sets.push(joined);
  }
  return sets.map(({ files }) => files.sort((a, b) => a - b));
}

Deno.test("what a log had before it was rewritten is not its own any more", () => {
  const store = new IndexStore(":memory:");
  scan(store, { add: { 1: ["a", "b"], 2: ["z"] } });
  scan(store, { replace: { 1: ["a"] } });
  deepStrictEqual([new KeyIndex(store).has(1, keys("a")), new KeyIndex(store).has(1, keys("b"))], [true, false]);
  // It grows by the same turn again.
  deepStrictEqual(scan(store, { add: { 1: ["b"] } }), []);
  store.close();
});

Deno.test("a log that is removed once all are in order leaves nothing", () => {
  const store = new IndexStore(":memory:");
  scan(store, { add: { 1: ["a"], 2: ["b"] } });
  const index = new KeyIndex(store);
  index.add(1, keys("c"));
  index.add(3, keys("d"));
  index.findConflicts();
  index.remove(1);
  index.save();
  for (const [file, name] of [[1, "a"], [1, "c"]] as const) {
    strictEqual(new KeyIndex(store).has(file, keys(name)), false);
  }
  for (const [file, name] of [[2, "b"], [3, "d"]] as const) {
    strictEqual(new KeyIndex(store).has(file, keys(name)), true);
  }
  store.close();
});

Deno.test("has() knows a log's own turns of earlier scans", () => {
  const store = new IndexStore(":memory:");
  scan(store, { add: { 1: ["a"], 2: ["b"] } });
  const index = new KeyIndex(store);
  const rows: [file: number, names: string[], has: boolean][] = [
    [1, ["a"], true],
    [1, ["b"], false],
    [1, ["c", "a"], true],
    [2, ["b"], true],
    [3, ["a", "b"], false],
    [1, [], false],
  ];
  for (const [file, names, has] of rows) strictEqual(index.has(file, keys(...names)), has, `${file} ${names}`);
  store.close();
});

Deno.test("an id that an entry has no room for is refused", () => {
  const store = new IndexStore(":memory:");
  throws(() => new KeyIndex(store).add(2 ** 24, keys("a")), RangeError);
  store.close();
});

Deno.test("keysOfTurns()", async (t) => {
  const turn = { turn: { key: "k", originalKey: "o", replayKey: "r" } };
  await t.step("has the key, the key in the parent's log, and what replays have in common", () => {
    const all = keysOfTurns("codex", [turn]);
    strictEqual(all.length, 6);
    deepStrictEqual(all.subarray(0, 2), ownKeysOfTurns("codex", [turn]));
    // The parent has it as a key of its own; a replay's is of another kind.
    deepStrictEqual(all.subarray(2, 4), keysOfTurns("codex", [{ turn: { key: "o" } }]));
    ok(all[4] !== keysOfTurns("codex", [{ turn: { key: "r" } }])[0]);
  });
  await t.step("differs by source", () => ok(keysOfTurns("pi", [turn])[0] !== keysOfTurns("claude", [turn])[0]));
  await t.step("hardly ever meets: 100,000 texts that are alike have 40 bits each", () => {
    const many = keysOfTurns("pi", Array.from({ length: 100_000 }, (_, index) => ({ turn: { key: `msg_${index}` } })));
    const distinct = new Set(
      Array.from({ length: 100_000 }, (_, at) => many[2 * at]! * 256 + (many[2 * at + 1]! >>> 24)),
    );
    strictEqual(distinct.size, 100_000);
    // 100,000² / 2 / 2³² = 1.2 pairs are expected to share the 32 bits of the first word.
    ok(new Set(many.filter((_, at) => at % 2 === 0)).size > 99_990);
  });
});
