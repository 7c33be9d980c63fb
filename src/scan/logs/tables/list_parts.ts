/** Which logs are in a database, and what tells whether one of them changed. */
import type { TableLayout, TableStore } from "../../../agents/log_store.ts";
import { hashText } from "../../../core/hash_text.ts";
import {
  databaseMark,
  type ForeignDatabase,
  ForeignDatabaseError,
  isReadInPlace,
  openForeignDatabase,
} from "../../../host/foreign_database.ts";
import type { FoundFile } from "../../../host/walk_files.ts";
import type { FoundLog } from "../log_reader.ts";

/** What is known of a database. Survives JSON. */
export interface PartsOfDatabase {
  /** As it was when it was asked; empty when that may not show that it changed since. */
  readonly mark: string;
  /** Place of the layout that it has, among those of its store. */
  readonly layout: number;
  readonly parts: readonly (readonly [name: string, stamp: string, bytes: number])[];
  /** Why it can be asked for nothing as long as it is as it is. */
  readonly fault?: string;
}

/** What came of looking at a database. */
export interface ListedParts {
  readonly known: PartsOfDatabase;
  /** Why its logs could not be listed. Those that were known are still known. */
  readonly problem?: string;
  readonly inPlace: boolean;
  /** As it was before it was asked; empty where nobody could look. */
  readonly mark: string;
}

const NOTHING_KNOWN: PartsOfDatabase = { mark: "", layout: 0, parts: [] };

/**
 * Opens the database only when it changed.
 *
 * @param isSettled Whether what is written from now on shows in the mark
 */
export function listParts(
  path: string,
  store: TableStore,
  known: PartsOfDatabase = NOTHING_KNOWN,
  isSettled: boolean,
): ListedParts {
  const mark = databaseMark(path) ?? "";
  const inPlace = isReadInPlace(path);
  if (mark !== "" && known.mark === mark) return { known, problem: known.fault, inPlace, mark };
  const settledMark = isSettled ? mark : "";
  try {
    // What is kept open for reading may be older.
    const database = openForeignDatabase(path, inPlace);
    try {
      const layout = findLayout(database, store.layouts);
      if (layout < 0) throw new ForeignDatabaseError("its tables are none of those that are known", true);
      const rows = database.all(store.layouts[layout]!.logs);
      return { known: { mark: settledMark, layout, parts: partsOf(rows, known) }, inPlace, mark };
    } finally {
      database.close();
    }
  } catch (error) {
    if (!(error instanceof ForeignDatabaseError)) throw error;
    const fault = error.message;
    return { known: error.isLasting ? { ...known, mark: settledMark, fault } : known, problem: fault, inPlace, mark };
  }
}

/** So much of a log is reckoned with that says nothing of its size. */
const USUAL_BYTES = 1 << 16;

function partsOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  { parts: before }: PartsOfDatabase,
): PartsOfDatabase["parts"] {
  const known = new Map(before.map((part) => [part[0], part]));
  return rows.flatMap(({ log, stamp, bytes }) => {
    if (log === null || log === undefined) return [];
    const [name, said] = [String(log), String(stamp)];
    const same = known.get(name);
    // With an equal stamp nothing changed, whatever its size is reckoned to be.
    if (same?.[1] === said) return [same];
    return [[name, said, typeof bytes === "number" && bytes > 0 ? bytes : USUAL_BYTES] as const];
  });
}

/** The first whose tables and columns are all there; -1 when none is. */
function findLayout(database: ForeignDatabase, layouts: readonly TableLayout[]): number {
  const columns = database.all(
    "SELECT m.name AS tableName, c.name AS columnName FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
  );
  const found = new Set(columns.map(({ tableName, columnName }) => `${tableName}\0${columnName}`));
  return layouts.findIndex(({ needs }) =>
    Object.entries(needs).every(([table, columns]) => columns.every((column) => found.has(`${table}\0${column}`)))
  );
}

/** The logs of a database. @param database Where it really is */
export function logsOf(
  { path, relativePath }: FoundFile,
  database: string,
  { id }: TableStore,
  { known: { parts, layout }, inPlace, mark }: ListedParts,
): readonly FoundLog[] {
  const named = new Map(parts.map((part) => [part[0], part]));
  return [...named.values()].map(([part, stamp, bytes]) => ({
    path: `${path}#${part}`,
    relativePath,
    size: bytes,
    mtimeMs: 0,
    ctimeMs: 0,
    inode: hashText(`${layout}\0${stamp}`),
    compressed: false,
    store: id,
    table: { database, part, layout, inPlace, mark },
  }));
}
