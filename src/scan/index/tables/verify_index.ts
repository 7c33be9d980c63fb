/**
 * Looks at all of an index: whether SQLite can read it, whether its rows are those that were written, no more and no fewer.
 * Some fifty milliseconds for two thousand logs: done where something else than this program may have written to it.
 */
import type { SqlValue } from "../../../host/sqlite.ts";
import { SEALED_COLUMNS, SEALED_TABLES, type SealedTable } from "./schema.ts";
import { decodeFacts } from "../sums/said_of_log.ts";
import { type Bytes, IndexStore } from "./store.ts";
import { sealRow } from "./seal_row.ts";

/** What looking at every row of an index found. */
export interface Verification {
  /** How many rows agree with their seals. */
  readonly rows: number;
  /** What is wrong, in words that hold nothing of the index's content; undefined when nothing is. */
  readonly damage?: string;
}

/** @throws {Error} SQLite's, or of values that no number can hold: of an index that is damaged, as far as it can be read */
export function verifyIndex(store: IndexStore): Verification {
  return store.read(() => {
    if (schemaOf(store) !== expectedSchema()) return { rows: 0, damage: "its tables are not ours" };
    const { integrity_check: check } = store.get<{ integrity_check: string }>("PRAGMA integrity_check(1)")!;
    if (check !== "ok") return { rows: 0, damage: "it is not as SQLite writes one" };
    let rows = 0;
    for (const table of SEALED_TABLES) {
      const count = verifyTable(store, table);
      if (count === undefined) return { rows, damage: `rows of ${table} are not as they were written` };
      rows += count;
    }
    return isConnected(store) ? { rows } : { rows, damage: "rows of files and sessions do not fit together" };
  });
}

/** @returns how many rows; undefined when they are not those that were written */
function verifyTable(store: IndexStore, table: SealedTable): number | undefined {
  const columns = SEALED_COLUMNS[table];
  const expected = store.readTally(table);
  let [rows, total] = [0, 0];
  for (
    const row of store.each<Readonly<Record<string, SqlValue>>>(
      `SELECT ${columns.join(", ")}, seal FROM ${table} NOT INDEXED`,
    )
  ) {
    const seal = sealRow(columns.map((column) => row[column]!));
    if (seal !== row["seal"]) return undefined;
    total = (total + seal) >>> 0;
    rows++;
  }
  return rows === expected.rows && total === expected.total ? rows : undefined;
}

/** Rows of two states of the index may each be as they were written: the logs' sessions are there, and theirs are the logs. */
function isConnected(store: IndexStore): boolean {
  const count = (sql: string) => store.get<{ strays: number }>(`SELECT COUNT(*) AS strays FROM ${sql}`)!.strays;
  return count(`files f LEFT JOIN directories d ON d.id = f.directory LEFT JOIN sessions s ON s.id = f.session
      WHERE d.id IS NULL OR f.session IS NOT NULL AND (s.id IS NULL OR s.source <> f.source)`) === 0 &&
    isNamedAsSaid(store) &&
    count("sessions s LEFT JOIN files f ON f.id = s.file WHERE s.file IS NOT NULL AND f.session IS NOT s.id") === 0;
}

/** Whether each log is of the session that it names. */
function isNamedAsSaid(store: IndexStore): boolean {
  const logs = store.each<{ readonly sessionId: string; readonly said: Bytes }>(
    `SELECT s.session_id AS sessionId, f.said FROM files f JOIN sessions s ON s.id = f.session WHERE f.said <> x''`,
  );
  for (const { sessionId, said } of logs) if (decodeFacts(said)?.sessionId !== sessionId) return false;
  return true;
}

function schemaOf(store: IndexStore): string {
  const parts = store.all<{ type: string; name: string; tbl_name: string; sql: string | null }>(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
  );
  return JSON.stringify(parts.map(({ type, name, tbl_name, sql }) => [type, name, tbl_name, sql]));
}

function expectedSchema(): string {
  const store = new IndexStore(":memory:");
  try {
    return schemaOf(store);
  } finally {
    store.close();
  }
}
