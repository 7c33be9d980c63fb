import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { VERSION } from "../../../core/version.ts";
import { IndexGuard, indexName, indexPath, removeUnusedIndexes } from "./index_file.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("each version of the program has an index of its own", () => {
  strictEqual(indexPath("/state"), `/state/index-${VERSION}.db`);
  strictEqual(indexName("1.2.0-rc.1"), "index-1.2.0-rc.1.db");
});

Deno.test("removeUnusedIndexes() removes those of other versions after a week, and nothing else", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const rows: [name: string, ageDays: number, stays: boolean][] = [
      [indexName(VERSION), 300, true],
      [`${indexName(VERSION)}-wal`, 300, true],
      ["index-0.0.9.db", 6, true],
      ["index-0.0.8.db", 8, false],
      ["index-0.0.8.db-wal", 8, false],
      ["index-0.0.8.db-shm", 8, false],
      ["index.db", 8, false],
      // Written, and not yet in the index itself.
      ["index-0.0.6.db", 30, true],
      ["index-0.0.6.db-wal", 1, true],
      ["index-0.0.6.db-shm", 30, true],
      ["prices.json", 300, true],
      ["index-0.0.8.db.bak", 300, true],
      ["my-index-0.0.8.db", 300, true],
      ["indexes.db", 300, true],
    ];
    for (const [name, ageDays] of rows) {
      const path = join(directory, name);
      Deno.writeTextFileSync(path, "");
      const at = new Date(Date.now() - ageDays * DAY_MS);
      Deno.utimeSync(path, at, at);
    }
    Deno.mkdirSync(join(directory, "index-0.0.7.db"));
    Deno.utimeSync(join(directory, "index-0.0.7.db"), 0, 0);
    removeUnusedIndexes(directory);
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name);
    const expected = rows.filter(([, , stays]) => stays).map(([name]) => name);
    deepStrictEqual(left.sort(), [...expected, "index-0.0.7.db"].sort());
    removeUnusedIndexes(join(directory, "missing"));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("IndexGuard knows an index that is as it was left, until the machine is started anew", async (t) => {
  const rows: [name: string, change: (index: string) => void, isUntouched: boolean, bootedLaterMs?: number][] = [
    ["nothing happened", () => {}, true],
    ["the system's clock is not exact", () => {}, true, 1500],
    ["the machine was started anew", () => {}, false, 60_000],
    ["written to", (index) => Deno.writeTextFileSync(index, "indeX"), false],
    ["longer", (index) => Deno.writeTextFileSync(index, "more", { append: true }), false],
    ["gone", (index) => Deno.removeSync(index), false],
    ["another file", (index) => {
      Deno.copyFileSync(index, `${index}.new`);
      Deno.renameSync(`${index}.new`, index);
    }, false],
    ["changes beside it", (index) => Deno.writeTextFileSync(`${index}-wal`, "changes"), false],
    ["what SQLite puts beside an index that is open", (index) => {
      Deno.writeTextFileSync(`${index}-wal`, "");
      Deno.writeTextFileSync(`${index}-shm`, "memory");
    }, true],
    ["a journal beside it", (index) => Deno.writeTextFileSync(`${index}-journal`, ""), false],
    ["no mark", (index) => Deno.removeSync(`${index}-mark`), false],
    ["half a mark", (index) => Deno.truncateSync(`${index}-mark`, 9), false],
  ];
  for (const [name, change, isUntouched, later = 0] of rows) {
    await t.step(name, () => {
      const directory = Deno.makeTempDirSync();
      try {
        const index = join(directory, "index.db");
        Deno.writeTextFileSync(index, "index");
        // Whenever it is: the next change has another time.
        Deno.utimeSync(index, 1, 1);
        let bootedAt = 1_000_000;
        const guard = new IndexGuard(index, () => bootedAt);
        strictEqual(guard.isUntouched(), false);
        guard.mark();
        change(index);
        bootedAt += later;
        strictEqual(guard.isUntouched(), isUntouched);
        guard.distrust();
        strictEqual(guard.isUntouched(), false);
      } finally {
        Deno.removeSync(directory, { recursive: true });
      }
    });
  }
});

Deno.test("IndexGuard throws away the index that was seen, and not another one", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const index = join(directory, "index.db");
    const names = () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    const guard = new IndexGuard(index);
    for (const suffix of ["", "-wal", "-shm", "-journal", ".bak"]) Deno.writeTextFileSync(index + suffix, "index");
    guard.mark();
    const seen = guard.look();
    Deno.writeTextFileSync(`${index}.new`, "index");
    Deno.renameSync(`${index}.new`, index);
    guard.remove(seen);
    deepStrictEqual(names(), ["index.db", "index.db-journal", "index.db-shm", "index.db-wal", "index.db.bak"]);
    guard.remove(guard.look());
    deepStrictEqual(names(), ["index.db.bak"]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
