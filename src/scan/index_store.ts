/**
 * The index: what earlier scans found, in one SQLite file that may be deleted at any time with no other effect than
 * speed. This file owns the statements that write, index_schema.ts the tables; neither knows a log format or a report.
 *
 * Write-ahead logging lets readers go on while one process writes. All that a scan changes is one transaction, so that a
 * reader sees either the scan before or the scan after.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Diagnostic, SessionFacts } from "../core/model.ts";
import { SCHEMA, SCHEMA_VERSION, TURN_INDEXES } from "./index_schema.ts";
import type { KnownPrice } from "./price_data.ts";
import { TURN_COLUMNS, type TurnValues } from "./turn_values.ts";

/** How long a reader waits for what other processes only do for moments, such as cleaning up when the last one leaves. */
const BUSY_TIMEOUT_MS = 1_000;

const INSERT_TURN = `INSERT OR REPLACE INTO turns (file, source, lost, ${TURN_COLUMNS.join(", ")})
  VALUES (?, ?, 0, ${TURN_COLUMNS.map(() => "?").join(", ")})`;

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

/** What one scan of a file found, to be stored in place of, or (`continues`) after, what is there. */
export interface FoldedFile extends FileStamp {
  readonly state: unknown;
  readonly facts: SessionFacts | undefined;
  readonly turns: readonly TurnValues[];
  readonly problems: readonly Omit<Diagnostic, "path">[];
  /** Whether nothing of the file is there yet. */
  readonly isNew: boolean;
  readonly continues: boolean;
  /** With `continues`: every turn is new, so that the session's sums can go on. */
  readonly appends: boolean;
}

/** A row of `turns`, as SQLite returns it. */
export interface TurnRow {
  readonly file: number;
  readonly seq: number;
  readonly key: string;
  readonly original_key: string | null;
  readonly replay_key: string | null;
  readonly replay: number;
  readonly copied: number;
  /** Zero when the turn counts; else why it does not, see ownership.ts. */
  readonly lost: number;
  readonly at: number;
  readonly ended_at: number | null;
  readonly provider: string;
  readonly model: string;
  readonly chain: string;
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly cache_write_1h: number;
  readonly output: number;
  readonly reported: string | null;
  readonly requested_ttl_ms: number | null;
  readonly after_compaction: number;
  readonly usd: number | null;
  readonly basis: "reported" | "computed" | "none";
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
        this.#createTurnIndexes();
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

  /** Whether no log has been read into it yet. */
  isEmpty(): boolean {
    return this.get("SELECT 1 FROM files LIMIT 1") === undefined;
  }

  /** Does what writes many turns, with the indexes of `turns` filled afterwards. Inside a transaction. */
  async fill(body: () => Promise<void>): Promise<void> {
    for (const name of Object.keys(TURN_INDEXES)) this.#execute(`DROP INDEX ${name}`);
    await body();
    this.#createTurnIndexes();
  }

  #createTurnIndexes(): void {
    for (const [name, definition] of Object.entries(TURN_INDEXES)) this.#execute(`CREATE INDEX ${name} ${definition}`);
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

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
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

  readPrices(): KnownPrice[] {
    return this.all<{ provider: string; model: string; schedule: string }>("SELECT * FROM prices")
      .map(({ schedule, ...model }) => ({ ...model, schedule: JSON.parse(schedule) as KnownPrice["schedule"] }));
  }

  writePrices(prices: readonly KnownPrice[]): void {
    for (const { provider, model, schedule } of prices) {
      this.run("INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", provider, model, JSON.stringify(schedule));
    }
  }

  forgetPrices(): void {
    this.run("DELETE FROM prices");
  }

  readFiles(): IndexedFile[] {
    return this.all<IndexedFile>(
      `SELECT id, source, path, size, mtime_ms AS mtimeMs, ctime_ms AS ctimeMs, inode, source_version AS sourceVersion,
        next_offset AS nextOffset, next_seq AS nextSeq, fingerprint FROM files`,
    );
  }

  readState(file: number): unknown {
    const row = this.get<{ state: string }>("SELECT state FROM files WHERE id = ?", file);
    return row === undefined ? undefined : JSON.parse(row.state);
  }

  /** Takes a file and all that came from it out of the index, and marks its session as changed. */
  removeFile(id: number): void {
    this.run("UPDATE sessions SET dirty = 1 WHERE id = (SELECT session FROM files WHERE id = ?)", id);
    this.run("DELETE FROM turns WHERE file = ?", id);
    this.run("DELETE FROM problems WHERE file = ?", id);
    this.run("DELETE FROM files WHERE id = ?", id);
  }

  /** The id that the next new file may take. Only while this process writes. */
  nextFileId(): number {
    return (this.get<{ last: number | null }>("SELECT MAX(id) AS last FROM files")?.last ?? 0) + 1;
  }

  /**
   * Stores what a scan found, and marks the session as changed; unless it only `appends`, which is the caller's to follow up.
   *
   * @returns the session whose sums can go on, if they can
   */
  writeFile(id: number, folded: FoldedFile): number | undefined {
    const continued = folded.appends ? this.#sessionOf(id, folded) : undefined;
    const session = continued ?? (folded.facts === undefined ? null : this.#sessionFor(folded.source, folded.facts));
    const values: SQLInputValue[] = [
      folded.source,
      folded.path,
      folded.size,
      folded.mtimeMs,
      folded.ctimeMs,
      folded.inode,
      folded.sourceVersion,
      folded.nextOffset,
      folded.nextSeq,
      folded.fingerprint,
      JSON.stringify(folded.state),
      folded.facts === undefined ? null : JSON.stringify(folded.facts),
      session,
    ];
    if (folded.isNew) {
      this.run(
        `INSERT INTO files (source, path, size, mtime_ms, ctime_ms, inode, source_version, next_offset, next_seq,
          fingerprint, state, facts, session, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...values,
        id,
      );
    } else {
      if (continued === undefined) {
        this.run("UPDATE sessions SET dirty = 1 WHERE id = (SELECT session FROM files WHERE id = ?)", id);
      }
      this.run(
        `UPDATE files SET source = ?, path = ?, size = ?, mtime_ms = ?, ctime_ms = ?, inode = ?, source_version = ?,
          next_offset = ?, next_seq = ?, fingerprint = ?, state = ?, facts = ?, session = ? WHERE id = ?`,
        ...values,
        id,
      );
      if (!folded.continues) {
        this.run("DELETE FROM turns WHERE file = ?", id);
        this.run("DELETE FROM problems WHERE file = ?", id);
      }
    }
    const insert = this.#prepare(INSERT_TURN);
    for (const turn of folded.turns) insert.run(id, folded.source, ...turn);
    for (const { line, message } of folded.problems) {
      this.run("INSERT INTO problems (file, line, message) VALUES (?, ?, ?)", id, line ?? null, message);
    }
    return continued;
  }

  /** The session that a file belongs to, if it is still the one that its facts name. */
  #sessionOf(file: number, { source, facts }: FoldedFile): number | undefined {
    return facts && this.get<{ id: number }>(
      `SELECT s.id FROM files f JOIN sessions s ON s.id = f.session
        WHERE f.id = ? AND s.source = ? AND s.session_id = ? AND s.discriminator = ?`,
      file,
      source,
      facts.sessionId,
      facts.discriminator ?? "",
    )?.id;
  }

  #sessionFor(source: string, facts: SessionFacts): number {
    const discriminator = facts.discriminator ?? "";
    const row = this.get<{ id: number }>(
      `INSERT INTO sessions (source, session_id, discriminator, dirty) VALUES (?, ?, ?, 1)
        ON CONFLICT DO UPDATE SET dirty = 1 RETURNING id`,
      source,
      facts.sessionId,
      discriminator,
    );
    return row!.id;
  }

  /** The turn that a file already has under this key. */
  readTurn(file: number, key: string): TurnRow | undefined {
    // Left to itself SQLite goes through all turns of the file.
    return this.get<TurnRow>("SELECT * FROM turns INDEXED BY turns_by_key WHERE key = ? AND file = ?", key, file);
  }
}
