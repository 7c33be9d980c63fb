/**
 * SQLite databases of other programs, which may be writing to them: opened for reading, for a short time, and so that
 * nothing is left beside them.
 *
 * Whoever opens a database with a write-ahead log makes two files beside it when they are missing, `-wal` and `-shm`, and
 * leaves them if he only reads (SQLite 3.53, measured): such a database is copied, and the copy read. So is one that cannot
 * be opened where it is: its directory cannot be written to, or what a killed program left has to be undone first.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { fileMark, isOtherThanFile, readPieces } from "./files.ts";
import type { DurationMs } from "../core/model.ts";
import { CANNOT_OPEN, explainSqliteFailure, MOST_TEXT_BYTES, sqliteCodeOf } from "./sqlite_failure.ts";

/** A database of another program. To be closed as soon as nothing more is asked. */
export interface ForeignDatabase {
  /** @throws {ForeignDatabaseError} */
  all(sql: string, ...values: readonly string[]): readonly ForeignRow[];
  /**
   * The same some at a time, all of one moment; that is over when all rows were taken, or it is left.
   *
   * @param sql a SELECT without LIMIT
   */
  rows(sql: string, value: string): Iterable<ForeignRow>;
  close(): void;
}

/** By the names of columns. Whole numbers may have lost their last digits. */
export type ForeignRow = Readonly<Record<string, string | number | null | Uint8Array>>;

/** Why a database could not be read, in a sentence for people. */
export class ForeignDatabaseError extends Error {
  override readonly name = "ForeignDatabaseError";

  /** @param isLasting Whether it will be so for as long as nobody writes to the database */
  constructor(reason: string, readonly isLasting: boolean) {
    super(reason);
  }
}

/** What SQLite may open with it. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** What a client holds for longer than this is asked for again by the next scan. */
const PATIENCE_MS: DurationMs = 100;
/** What is longer is not copied for two small files: they are left beside it. */
const MOST_COPIED_BYTES = 256 << 20;

/** Changes whenever something is written to a database, of which rows may be in its `-wal` alone. Without opening it. */
export function databaseMark(path: string): string | undefined {
  const marks = [path, `${path}-wal`].map(fileMark);
  if (marks[0] === undefined) return undefined;
  // Whoever opens it makes an empty one.
  return JSON.stringify(marks.map((mark) => mark === undefined || mark.size === 0 ? null : mark));
}

/** When something was last written to a database; 0 where nobody knows. */
export function lastWriteOf(path: string): { readonly mtimeMs: number; readonly ctimeMs: number } {
  const marks = [path, `${path}-wal`].map(fileMark).filter((mark) => mark !== undefined);
  return {
    mtimeMs: Math.max(0, ...marks.map(({ mtimeMs }) => mtimeMs)),
    ctimeMs: Math.max(0, ...marks.map(({ ctimeMs }) => ctimeMs)),
  };
}

/**
 * Whether a database can be opened where it is without leaving anything there. Not to be asked while this process reads from
 * it: to open and close a file of its own gives up what it has locked.
 */
export function isReadInPlace(path: string): boolean {
  // Somebody has it open, or had when he was killed.
  if (fileMark(`${path}-shm`) !== undefined) return true;
  const wal = fileMark(`${path}-wal`)?.size ?? 0;
  const size = (fileMark(path)?.size ?? 0) + wal;
  return size > MOST_COPIED_BYTES || (wal === 0 && !hasWriteAheadLog(path));
}

/** Bytes 18 and 19 of a database: the version that its readers and writers have to have. */
function hasWriteAheadLog(path: string): boolean {
  try {
    const [header] = readPieces(path, [0], 20);
    return header!.length === 20 && header![18] === 2;
  } catch (error) {
    // Opening it says why.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/**
 * @param inPlace See {@linkcode isReadInPlace}. What cannot be opened there is copied all the same
 * @throws {ForeignDatabaseError}
 */
export function openForeignDatabase(path: string, inPlace: boolean): ForeignDatabase {
  refuseOthers(path);
  try {
    if (inPlace) {
      try {
        return open(path, true);
      } catch (error) {
        if (!CANNOT_OPEN.includes(sqliteCodeOf(error))) throw error;
      }
    }
    return openCopy(path);
  } catch (error) {
    throw describeFailure(error);
  }
}

/**
 * For a question that may go without an answer: what is long is never copied, and not opened where that would leave files
 * beside it.
 *
 * @throws {ForeignDatabaseError}
 */
export function openLightly(path: string): ForeignDatabase {
  const wal = fileMark(`${path}-wal`)?.size ?? 0;
  if ((fileMark(path)?.size ?? 0) + wal <= MOST_COPIED_BYTES) return openForeignDatabase(path, isReadInPlace(path));
  refuseOthers(path);
  if (fileMark(`${path}-shm`) === undefined && (wal > 0 || hasWriteAheadLog(path))) {
    throw new ForeignDatabaseError("it is large, and whoever opens it now leaves files beside it", false);
  }
  try {
    return open(path, true);
  } catch (error) {
    throw describeFailure(error);
  }
}

/** Who opens a pipe waits for ever. */
function refuseOthers(path: string): void {
  const other = ["", ...BESIDE].find((suffix) => isOtherThanFile(path + suffix));
  if (other !== undefined) throw new ForeignDatabaseError(`"${path}${other}" is no regular file`, false);
}

function open(path: string, readOnly: boolean): Opened {
  const database = new DatabaseSync(path, { readOnly });
  try {
    // The option of that name is not heeded by every version of the runtime.
    database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON`);
    const { limits } = database as { limits?: { length: number } };
    if (limits !== undefined) limits.length = MOST_TEXT_BYTES;
    // Nothing is read before somebody asks.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return new Opened(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Where nobody else can look. Where the system allows it, it has no name any more once it is open. */
function openCopy(path: string): Opened {
  const directory = Deno.makeTempDirSync({ prefix: "opper-agent-" });
  const remove = () => Deno.removeSync(directory, { recursive: true });
  try {
    const copy = `${directory}/copy.db`;
    const before = databaseMark(path);
    for (const suffix of ["", "-wal", "-journal"]) copyIfAny(path + suffix, copy + suffix);
    if (before === undefined || databaseMark(path) !== before) {
      throw new ForeignDatabaseError("it was being written while it was copied", false);
    }
    // What a killed program left is undone in it.
    const opened = open(copy, false);
    if (Deno.build.os === "windows") opened.onClose(remove);
    else remove();
    return opened;
  } catch (error) {
    if (isThereAny(directory)) remove();
    throw error;
  }
}

function copyIfAny(from: string, to: string): void {
  if (fileMark(from) === undefined) return;
  try {
    Deno.copyFileSync(from, to);
    // The copy of what cannot be written to could not be mended.
    if (Deno.build.os !== "windows") Deno.chmodSync(to, 0o600);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isThereAny(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

class Opened implements ForeignDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #closed = () => {};

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  onClose(closed: () => void): void {
    this.#closed = closed;
  }

  all(sql: string, ...values: readonly (string | number)[]): readonly ForeignRow[] {
    try {
      return this.#statement(sql).all(...values).map(plainRow);
    } catch (error) {
      throw describeFailure(error);
    }
  }

  /**
   * The first ones at once, which takes half the time. To ask for the others in the same way reads all before them again.
   */
  *rows(sql: string, value: string): Generator<ForeignRow, void> {
    this.all("BEGIN");
    try {
      const first = this.all(`${sql} LIMIT ${ROWS_AT_ONCE}`, value);
      yield* first;
      if (first.length === ROWS_AT_ONCE) yield* this.#others(sql, value);
    } finally {
      // At a fault SQLite may have ended it.
      if (this.#database.isTransaction) this.all("ROLLBACK");
    }
  }

  /**
   * The runtime's own iterator ends at a fault as it does at the last row (Deno 2.7 and 2.9): a row of our own comes after it,
   * which only one that came to its end hands out. A limit keeps the order of what is within, and SQLite hands over one row
   * at a time of it.
   */
  *#others(sql: string, value: string): Generator<ForeignRow, void> {
    const nothing = this.#statement(sql).columns().map(() => "NULL").join(", ");
    const withEnd =
      `SELECT *, NULL AS ${END} FROM (${sql} LIMIT -1 OFFSET ${ROWS_AT_ONCE}) UNION ALL SELECT ${nothing}, 1`;
    let taken = ROWS_AT_ONCE;
    try {
      for (const row of this.#statement(withEnd).iterate(value)) {
        if (row[END] !== null) return;
        taken++;
        yield plainRow(row);
      }
    } catch (error) {
      throw describeFailure(error);
    }
    // Asked for in the other way it says what is wrong.
    this.all(`${sql} LIMIT ${ROWS_AT_ONCE} OFFSET ?2`, value, taken);
    throw new ForeignDatabaseError("it could not be read to its end", false);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      // Larger numbers than this language has would fail.
      statement.setReadBigInts(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
    this.#closed();
  }
}

/** The column that only the row after the last one has something in. No table of others has it. */
const END = "opper_agent_end";

/** More memory than for so many rows a log never takes. */
const ROWS_AT_ONCE = 1000;

function plainRow(row: Readonly<Record<string, unknown>>): ForeignRow {
  const plain: Record<string, ForeignRow[string]> = {};
  for (const name in row) {
    if (name === END) continue;
    const value = row[name];
    plain[name] = typeof value === "bigint" ? Number(value) : value as ForeignRow[string];
  }
  return plain;
}

function describeFailure(error: unknown): ForeignDatabaseError {
  if (error instanceof ForeignDatabaseError) return error;
  const { reason, isLasting } = explainSqliteFailure(error);
  return new ForeignDatabaseError(reason, isLasting);
}
