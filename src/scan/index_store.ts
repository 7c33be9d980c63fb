/**
 * The index: what earlier scans found, in one SQLite file that may be deleted at any time with no other effect than
 * speed. This file owns the statements that write, index_schema.ts the tables; neither knows a log format or a report.
 *
 * Write-ahead logging lets readers go on while one process writes. All that a scan changes is one transaction, so that a
 * reader sees either the scan before or the scan after.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Diagnostic, SessionFacts } from "../core/model.ts";
import { SCHEMA, SCHEMA_VERSION } from "./index_schema.ts";
import type { LogStamp } from "./list_changes.ts";
import type { LogSums, SessionOfLog } from "./log_digest.ts";
import type { KnownPrice } from "./price_data.ts";

/** How long a reader waits for what other processes only do for moments, such as cleaning up when the last one leaves. */
const BUSY_TIMEOUT_MS = 1_000;

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that fill their buffer, as lists of longer numbers need them. */
export function alignBytes(bytes: Bytes): Bytes {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** A file as it was when it was last folded: what tells whether it changed, and where to go on. */
interface FileStamp {
  readonly source: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  readonly sourceVersion: number;
  /** Just past the last whole line that was folded. */
  readonly nextOffset: number;
  readonly nextSeq: number;
  readonly fingerprint: string;
}

export interface IndexedFile extends FileStamp {
  readonly id: number;
}

/** All that the index keeps of a log. */
export interface StoredLog extends FileStamp, LogSums {
  /** What the source needs to go on, as JSON. */
  readonly state: string;
  readonly facts: SessionFacts | undefined;
  /** See `resolveOwnership`. */
  readonly lost: string;
  /** 1 when another log of the session shows some of its turns. */
  readonly entangled: number;
}

/** What is asked of a session's log. Texts are JSON. */
export interface SessionLog {
  readonly id: number;
  readonly path: string;
  readonly facts: string;
  readonly lost: string;
  readonly entangled: number;
  readonly rollup: string;
}

export function factsOf(
  logs: readonly SessionLog[],
): readonly { readonly path: string; readonly facts: SessionFacts }[] {
  return logs.map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts }));
}

/** An open index. Every method may throw SQLite's errors; scan.ts then goes on in memory. */
export class IndexStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param path A file, made when missing, or `:memory:`
   * @throws {Error} SQLITE_BUSY, at once, while another process makes it or holds all of it
   */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    try {
      this.#execute("PRAGMA busy_timeout = 0");
      this.#migrate();
      this.#execute(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #migrate(): void {
    const version = () => Number(this.#database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
    // Losing the last scan in a power cut costs a rescan, nothing else.
    this.#execute("PRAGMA synchronous = OFF");
    if (version() === SCHEMA_VERSION) return;
    this.#execute("PRAGMA journal_mode = WAL");
    this.begin();
    try {
      // Another process may have done it while this one waited.
      if (version() !== SCHEMA_VERSION) {
        const tables = this.#database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
        for (const { name } of tables) this.#execute(`DROP TABLE "${String(name).replaceAll('"', '""')}"`);
        this.#database.exec(SCHEMA);
        this.#execute(`PRAGMA user_version = ${SCHEMA_VERSION}`);
      }
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  /** Begins to write as the only one. @throws {Error} SQLITE_BUSY, at once, while another process writes */
  begin(): void {
    this.#execute("PRAGMA busy_timeout = 0");
    try {
      this.#execute("BEGIN IMMEDIATE");
    } finally {
      this.#execute(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  /** Changes when another process has written since. */
  dataVersion(): number {
    return this.get<{ data_version: number }>("PRAGMA data_version")!.data_version;
  }

  /** Forgets all. Inside a transaction. */
  clear(): void {
    for (const table of ["files", "problems", "sessions", "turn_keys", "gaps", "prices", "stamp", "meta"]) {
      this.#execute(`DELETE FROM ${table}`);
    }
  }

  commit(): void {
    this.#execute("COMMIT");
  }

  rollback(): void {
    // SQLite may have rolled back by itself (a full disk); a second ROLLBACK would hide the first error.
    if (this.#database.isTransaction) this.#execute("ROLLBACK");
  }

  /** Unlike `exec`, a statement's `run` throws errors that carry SQLite's code. */
  #execute(sql: string): void {
    this.#database.prepare(sql).run();
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number } {
    return { changes: Number(this.#prepare(sql).run(...values).changes) };
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }

  readMeta(key: string): string | undefined {
    return this.get<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)?.value;
  }

  writeMeta(key: string, value: string): void {
    this.run(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      key,
      value,
    );
  }

  /** Undefined when the last scan could not read all logs, or there was none. */
  readStamp(): LogStamp | undefined {
    const row = this.get<{ names: string; figures: Bytes }>("SELECT names, figures FROM stamp");
    return row && { names: row.names, figures: new Float64Array(alignBytes(row.figures).buffer) };
  }

  writeStamp({ names, figures }: LogStamp): void {
    const bytes = new Uint8Array(figures.buffer);
    // The names are a few hundred kilobytes, and mostly the same.
    if (this.run("UPDATE stamp SET figures = ? WHERE names = ?", bytes, names).changes > 0) return;
    this.forgetStamp();
    this.run("INSERT INTO stamp VALUES (?, ?)", names, bytes);
  }

  forgetStamp(): void {
    this.run("DELETE FROM stamp");
  }

  readPrices(): KnownPrice[] {
    return this.all<{ provider: string; model: string; schedule: string }>("SELECT * FROM prices")
      .map(({ schedule, ...model }) => ({ ...model, schedule: JSON.parse(schedule) as KnownPrice["schedule"] }));
  }

  writePrices(prices: readonly KnownPrice[]): void {
    for (const { provider, model, schedule } of prices) {
      this.run("INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", provider, model, JSON.stringify(schedule));
    }
  }

  readFiles(): IndexedFile[] {
    return this.all<IndexedFile>(`${SELECT_FILE} FROM files`);
  }

  readFile(path: string): IndexedFile | undefined {
    return this.get<IndexedFile>(`${SELECT_FILE} FROM files WHERE path = ?`, path);
  }

  /** What is needed to go on with a log. */
  readProgress(file: number): Omit<LogSums, "lastTurnAt"> & Pick<StoredLog, "state" | "lost" | "entangled"> {
    return this.get<ReturnType<IndexStore["readProgress"]>>(
      "SELECT state, rollup, samples, buckets, lost, entangled FROM files WHERE id = ?",
      file,
    )!;
  }

  /** In the order of their paths. */
  readSessionLogs(session: number): readonly SessionLog[] {
    return this.all<SessionLog>(
      "SELECT id, path, facts, lost, entangled, rollup FROM files WHERE session = ? ORDER BY path",
      session,
    );
  }

  /** Takes a file and all that came from it out of the index, and marks its session as changed. */
  removeFile(id: number): void {
    this.#markSessionOf(id);
    this.run("DELETE FROM problems WHERE file = ?", id);
    this.run("DELETE FROM files WHERE id = ?", id);
  }

  /** The id that the next new file may take. Only while this process writes. */
  nextFileId(): number {
    return (this.get<{ last: number | null }>("SELECT MAX(id) AS last FROM files")?.last ?? 0) + 1;
  }

  /**
   * Stores a log, and marks its session, also the one it was of before, as changed.
   *
   * @param problems All of them, or with `continues` those to be added
   * @param how `replaces`: something is there of it. `alone`: what its session is, if it has no other log
   */
  writeLog(
    id: number,
    log: StoredLog,
    problems: readonly Omit<Diagnostic, "path">[],
    { replaces = false, continues = false, alone }: {
      readonly replaces?: boolean;
      readonly continues?: boolean;
      readonly alone?: SessionOfLog;
    },
  ): void {
    if (replaces) {
      this.#markSessionOf(id);
      if (!continues) this.run("DELETE FROM problems WHERE file = ?", id);
    }
    this.run(
      `INSERT ${replaces ? "OR REPLACE " : ""}INTO files VALUES (${Array(20).fill("?").join(", ")})`,
      id,
      log.source,
      log.path,
      log.size,
      log.mtimeMs,
      log.ctimeMs,
      log.inode,
      log.sourceVersion,
      log.nextOffset,
      log.nextSeq,
      log.fingerprint,
      log.facts === undefined ? null : this.#sessionFor(log.source, log.facts, alone),
      log.facts === undefined ? null : JSON.stringify(log.facts),
      log.lost,
      log.entangled,
      log.lastTurnAt,
      log.state,
      log.rollup,
      log.samples,
      log.buckets,
    );
    for (const { line, message } of problems) {
      this.run("INSERT INTO problems (file, line, message) VALUES (?, ?, ?)", id, line ?? null, message);
    }
  }

  /** Stores what a log adds up to now that other turns of it count than before. */
  writeSums(id: number, sums: LogSums, { lost, entangled }: Pick<StoredLog, "lost" | "entangled">): void {
    this.run(
      "UPDATE files SET rollup = ?, samples = ?, buckets = ?, last_turn_at = ?, lost = ?, entangled = ? WHERE id = ?",
      sums.rollup,
      sums.samples,
      sums.buckets,
      sums.lastTurnAt,
      lost,
      entangled,
      id,
    );
    this.#markSessionOf(id);
  }

  #markSessionOf(file: number): void {
    this.run("UPDATE sessions SET dirty = 1 WHERE id = (SELECT session FROM files WHERE id = ?)", file);
  }

  #sessionFor(source: string, facts: SessionFacts, alone: SessionOfLog | undefined): number {
    const row = this.get<{ id: number }>(
      `INSERT INTO sessions (source, session_id, discriminator, dirty, last_activity, body) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET dirty = 1 RETURNING id`,
      source,
      facts.sessionId,
      facts.discriminator ?? "",
      Number(alone === undefined),
      alone?.lastActivityAt ?? null,
      alone?.body ?? null,
    );
    return row!.id;
  }

  /** Lists of entries, see key_index.ts, in the order in which they were added. */
  readKeyLists(): readonly { readonly id: number; readonly entries: Bytes }[] {
    return this.all("SELECT id, entries FROM turn_keys ORDER BY id");
  }

  addKeyList(entries: Bytes): void {
    this.run("INSERT INTO turn_keys (entries) VALUES (?)", entries);
  }

  writeKeyList(id: number, entries: Bytes): void {
    this.run("UPDATE turn_keys SET entries = ? WHERE id = ?", entries, id);
  }

  removeKeyList(id: number): void {
    this.run("DELETE FROM turn_keys WHERE id = ?", id);
  }
}

const SELECT_FILE = `SELECT id, source, path, size, mtime_ms AS mtimeMs, ctime_ms AS ctimeMs, inode,
  source_version AS sourceVersion, next_offset AS nextOffset, next_seq AS nextSeq, fingerprint`;
