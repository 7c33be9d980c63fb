import { deepStrictEqual } from "node:assert/strict";
import type { FoundFile } from "../../../host/walk_files.ts";
import type { Discovery } from "../../logs/discover.ts";
import { IndexStore } from "../tables/store.ts";
import { PathList } from "../tables/path_list.ts";
import { forgetStamp, markNames, readNamesMark, readStamp, stampOf, writeStamp } from "../tables/stamp.ts";
import { listAll, listChanges } from "./list_changes.ts";
import { insertLog } from "../tables/logs.ts";
import { LOGGED_AGENTS } from "../../../agents/agents.ts";

const file = (path: string, change: Partial<FoundFile> = {}): FoundFile => ({
  path,
  relativePath: path.slice(1),
  size: 10,
  mtimeMs: 1.5,
  ctimeMs: 2,
  inode: 3,
  compressed: false,
  ...change,
});

const discovery = (...files: FoundFile[]): Discovery => ({
  files: files.map((file) => ({ source: LOGGED_AGENTS[0]!, file })),
  roots: [],
  problems: [],
});

/** An index that has read these. */
function indexOf(before: Discovery): IndexStore {
  const store = new IndexStore(":memory:");
  for (const [index, { source, file: { relativePath: _, compressed: __, ...stamp } }] of before.files.entries()) {
    insertLog(
      store,
      index + 1,
      {
        ...stamp,
        source: source.id,
        sourceVersion: source.logs.version,
        nextOffset: 10,
        nextSeq: 0,
        fingerprint: "",
        said: new Uint8Array(0),
        facts: undefined,
        lost: "",
        entangled: 0,
        tied: 0,
        rollup: new Uint8Array(0),
        lastTurnAt: null,
      },
      { problems: [], part: new Uint8Array(0) },
    );
  }
  writeStamp(store, stampOf(before));
  return store;
}

Deno.test("listChanges() and listAll() say the same: what is new, changed or gone", async (t) => {
  const [a, b, odd] = [file("/a b.jsonl"), file("/b.jsonl"), file("/with\nnewline % %0A é.jsonl")];
  const rows: [
    name: string,
    before: FoundFile[],
    after: FoundFile[],
    changed: string[],
    known: number,
    gone: string[],
  ][] = [
    ["nothing", [a, b], [a, b], [], 0, []],
    ["another order", [a, b], [b, a], [], 0, []],
    ["new", [a], [a, b], ["/b.jsonl"], 0, []],
    ["gone", [a, b], [b], [], 0, ["/a b.jsonl"]],
    ["grown", [a, b], [{ ...a, size: 11 }, b], ["/a b.jsonl"], 1, []],
    ["touched", [a, b], [a, { ...b, mtimeMs: 1.75 }], ["/b.jsonl"], 1, []],
    ["another file by its name", [a], [{ ...a, inode: 4 }], ["/a b.jsonl"], 1, []],
    ["all", [a], [b], ["/b.jsonl"], 0, ["/a b.jsonl"]],
    ["none left", [a], [], [], 0, ["/a b.jsonl"]],
    ["a name with a newline grew", [odd, a], [{ ...odd, size: 11 }, a], ["/with\nnewline % %0A é.jsonl"], 1, []],
    ["a name with a newline, gone with another", [odd, a], [], [], 0, ["/a b.jsonl", "/with\nnewline % %0A é.jsonl"]],
  ];
  for (const [name, before, after, changed, known, gone] of rows) {
    await t.step(name, () => {
      for (const list of [listChanges, listAll]) {
        const store = indexOf(discovery(...before));
        const changes = list(store, discovery(...after));
        deepStrictEqual(
          {
            changed: changes.changed.map(({ file }) => file.path),
            known: changes.changed.filter(({ known }) => known !== undefined).length,
            gone: changes.gone.map(({ path }) => path).sort(),
          },
          { changed, known, gone },
        );
        store.close();
      }
    });
  }
});

Deno.test("a stamp is written over the one before", () => {
  const [a, b] = [file("/a.jsonl"), file("/b.jsonl", { size: 2 ** 40, mtimeMs: 0.1 })];
  const store = new IndexStore(":memory:");
  deepStrictEqual(readStamp(store), undefined);
  const odd = [file("/with % in it/a b.jsonl"), file("/with % in it/%25\n.jsonl")];
  for (const logs of [[a], [{ ...a, size: 11 }], [a, b], [], odd, [b]]) {
    const stamp = stampOf(discovery(...logs));
    writeStamp(store, stamp);
    deepStrictEqual(readStamp(store), stamp);
    const paths = new PathList(stamp.names);
    deepStrictEqual([...paths], logs.map(({ path }) => path));
    // Some are searched for, and more are looked up.
    for (let time = 0; time < 40; time++) {
      deepStrictEqual(logs.map(({ path }) => paths.placeOf(path)), [...logs.keys()]);
      deepStrictEqual(["/elsewhere", "/", "", ".jsonl"].map((path) => paths.placeOf(path)), Array(4).fill(undefined));
    }
    deepStrictEqual(readNamesMark(store), markNames(stamp.names));
  }
  const many = Array.from({ length: 9000 }, (_, place) => file(`/${place % 7}/${place}.jsonl`, { size: place }));
  for (const logs of [many, many.toReversed(), many.slice(0, 8192), many.slice(0, 8193), [a]]) {
    writeStamp(store, stampOf(discovery(...logs)));
    deepStrictEqual(readStamp(store), stampOf(discovery(...logs)));
    deepStrictEqual(listChanges(store, discovery(...logs)).changed, []);
  }
  deepStrictEqual(store.get("SELECT COUNT(*) AS rows FROM stamp"), { __proto__: null, rows: 1 });
  forgetStamp(store);
  deepStrictEqual([readStamp(store), readNamesMark(store)], [undefined, undefined]);
  store.close();
});
