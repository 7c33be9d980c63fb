import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { type ForeignDatabase, ForeignDatabaseError, openForeignDatabase } from "./foreign_database.ts";

const ROWS = 3000;
/** In an order that is not the one in which they lie there. */
const SQL = "SELECT id, said AS text, big FROM said WHERE id >= ?1 ORDER BY id DESC";

function withDatabase(test: (database: ForeignDatabase, path: string) => void, damage?: (path: string) => void) {
  return withTemporaryDirectory((directory) => {
    const path = join(directory, "said.db");
    const writer = new DatabaseSync(path);
    writer.exec("CREATE TABLE said (id INTEGER PRIMARY KEY, said TEXT, big INTEGER); BEGIN");
    const insert = writer.prepare("INSERT INTO said VALUES (?, ?, 9223372036854775807)");
    for (let id = 0; id < ROWS; id++) insert.run(id, `${id} ${"x".repeat(500)}`);
    writer.exec("COMMIT");
    writer.close();
    damage?.(path);
    const database = openForeignDatabase(path, true);
    try {
      test(database, path);
    } finally {
      database.close();
    }
  });
}

Deno.test("rows come in their order, once each, and without what tells their end", () =>
  withDatabase((database) => {
    const rows = [...database.rows(SQL, "0")];
    deepStrictEqual(rows.map(({ text }) => Number(String(text).split(" ")[0])), [...Array(ROWS).keys()].reverse());
    for (const row of [rows[0]!, rows.at(-1)!]) deepStrictEqual(Object.keys(row), ["id", "text", "big"]);
    for (const row of [rows[0]!, rows.at(-1)!]) strictEqual(row.big, 2 ** 63);
    for (const count of [0, 1, 999, 1000, 1001, 2000]) {
      strictEqual([...database.rows(SQL, String(ROWS - count))].length, count, "at the edge of what is read at once");
    }
    deepStrictEqual([...database.rows(SQL, String(ROWS))], []);
  }));

Deno.test("nothing is held by whoever leaves before the last row, and the rest may be asked for again", () =>
  withDatabase((database, path) => {
    for (const _ of database.rows(SQL, "0")) break;
    const writer = new DatabaseSync(path);
    writer.exec("DELETE FROM said WHERE id > 5");
    writer.close();
    strictEqual([...database.rows(SQL, "0")].length, 6);
  }));

Deno.test("a fault is no end: between the first and the last row, and at every page", async () => {
  for (const share of [0.1, 0.5, 0.9]) {
    await withDatabase((database) => {
      let taken = 0;
      const take = () => {
        for (const _ of database.rows("SELECT id, said FROM said WHERE id >= ?1 ORDER BY id", "0")) taken++;
      };
      throws(
        take,
        (error) => error instanceof ForeignDatabaseError && error.isLasting && /damaged/.test(error.message),
      );
      ok(taken < ROWS && (taken > 0 || share < 0.5), `${taken} rows`);
      // It is given back in a state in which something else can be asked.
      strictEqual(database.all("SELECT 1 AS one")[0]!.one, 1);
    }, (path) => {
      const file = Deno.openSync(path, { write: true });
      const page = Math.floor(file.statSync().size / 4096 * share);
      file.seekSync(page * 4096, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(4096).fill(0x77));
      file.close();
    });
  }
});

Deno.test("statements that are none are told", () =>
  withDatabase((database) => throws(() => [...database.rows("SELECT none FROM said", "0")], ForeignDatabaseError)));
