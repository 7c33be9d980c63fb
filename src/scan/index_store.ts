/**
 * The index: what earlier scans found, in one SQLite file that may be deleted at any time with no other effect than
 * speed. This file opens it and runs statements, index_schema.ts has the tables, log_rows.ts what is asked of logs, and
 * each other table belongs to the file that its description names.
 *
 * Write-ahead logging lets readers go on while one process writes. All that a scan changes is one transaction, so that a
 * reader sees either the scan before or the scan after.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { SCHEMA, SCHEMA_VERSION } from "./index_schema.ts";
import type { KnownPrice } from "./price_data.ts";

/** How long a reader waits for what other processes only do for moments, such as cleaning up when the last one leaves. */
const BUSY_TIMEOUT_MS = 1_000;

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that fill their buffer, as lists of longer numbers need them. */
export function alignBytes(bytes: Bytes): Bytes {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
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

  /** Takes care that what follows is asked of one state of the index, whatever other processes write. */
  read<T>(question: () => T): T {
    if (this.#database.isTransaction) return question();
    this.#execute("BEGIN");
    try {
      return question();
    } finally {
      this.rollback();
    }
  }

  /** Forgets all. Inside a transaction. */
  clear(): void {
    for (
      const table of ["files", "problems", "sessions", "log_parts", "turn_keys", "gaps", "prices", "stamp", "meta"]
    ) {
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

  /** Row by row, for what is too much to have at once. To be gone through at once: a statement runs once at a time. */
  each<Row>(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#prepare(sql).iterate(...values) as Iterable<Row>;
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

  readPrices(): KnownPrice[] {
    return this.all<{ provider: string; model: string; schedule: string }>("SELECT * FROM prices")
      .map(({ schedule, ...model }) => ({ ...model, schedule: JSON.parse(schedule) as KnownPrice["schedule"] }));
  }

  writePrices(prices: readonly KnownPrice[]): void {
    for (const { provider, model, schedule } of prices) {
      this.run("INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", provider, model, JSON.stringify(schedule));
    }
  }
}
