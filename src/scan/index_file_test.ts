import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { VERSION } from "../core/version.ts";
import { indexName, indexPath, removeUnusedIndexes } from "./index_file.ts";

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
