/**
 * The logs that their agent deleted from a database which is still there. Nobody can read them any more: what the index has
 * of them, as they were when they were last read, is all that is left, and still counts (docs/adr/0015-deleted_sessions.md).
 */
import { LOG_PATH, LOGS } from "./directories.ts";
import type { IndexStore } from "./store.ts";

/** Of the table of what is known otherwise. */
const KEY = "deleted_logs";

/** Those of one database. */
export interface DeletedLogs {
  /** Id of its agent. */
  readonly source: string;
  /** Path of the database, as it was found. */
  readonly database: string;
  /** Their rows, and those of their guests, see sums/shares.ts. */
  readonly files: readonly number[];
}

/** None where nothing was ever deleted. */
export function readDeletedLogs(store: IndexStore): readonly DeletedLogs[] {
  const text = store.readMeta(KEY);
  return text === undefined ? [] : JSON.parse(text) as readonly DeletedLogs[];
}

/** Takes the place of those before. */
export function writeDeletedLogs(store: IndexStore, logs: readonly DeletedLogs[]): void {
  const some = logs.filter(({ files }) => files.length > 0);
  const text = JSON.stringify(some);
  if (text === (store.readMeta(KEY) ?? "[]")) return;
  if (some.length === 0) store.remove("meta", "key = ?", KEY);
  else store.writeMeta(KEY, text);
}

/** The rows of all of them. */
export function rowsOfDeleted(logs: readonly DeletedLogs[]): ReadonlySet<number> {
  return new Set(logs.flatMap(({ files }) => files));
}

/** The paths of all of them. */
export function readDeletedPaths(store: IndexStore): ReadonlySet<string> {
  const rows = listOfRows(store);
  if (rows === undefined) return new Set();
  const paths = store.all<{ path: string }>(
    `SELECT ${LOG_PATH} AS path FROM ${LOGS} WHERE f.id IN (SELECT value FROM json_each(?))`,
    rows,
  );
  return new Set(paths.map(({ path }) => path));
}

/** The sessions that have no other log, in the order of their rows. */
export function readDeletedSessions(store: IndexStore): readonly number[] {
  const rows = listOfRows(store);
  if (rows === undefined) return [];
  return store.all<{ session: number }>(
    `WITH deleted AS (SELECT value AS id FROM json_each(?))
      SELECT DISTINCT session FROM files WHERE id IN deleted AND session IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM files other WHERE other.session = files.session AND other.id NOT IN deleted) ORDER BY session`,
    rows,
  ).map(({ session }) => session);
}

/** Logs, but for the shares of guests, whose session has others that are there. */
export function findDividedSessions(store: IndexStore): readonly { readonly id: number; readonly session: number }[] {
  const rows = listOfRows(store);
  if (rows === undefined) return [];
  return store.all(
    `WITH deleted AS (SELECT value AS id FROM json_each(?))
      SELECT id, session FROM files WHERE id IN deleted AND guest = '' AND session IS NOT NULL AND EXISTS (
        SELECT 1 FROM files other WHERE other.session = files.session AND other.id NOT IN deleted) ORDER BY id`,
    rows,
  );
}

function listOfRows(store: IndexStore): string | undefined {
  const rows = rowsOfDeleted(readDeletedLogs(store));
  return rows.size === 0 ? undefined : JSON.stringify([...rows]);
}
