/**
 * The index: what earlier scans found, in one SQLite file that may be deleted at any time with no other effect than
 * speed. This file opens it and runs statements, tables/schema.ts has the tables, tables/logs.ts what is asked of logs, and
 * each other table belongs to the file that its description names.
 *
 * Write-ahead logging lets readers go on while one process writes. All that a scan changes is one transaction, so that a
 * reader sees either the scan before or the scan after.
 */
import { DirectoryIds } from "./directories.ts";
import { type Database, openDatabase, type SqlValue, type Statement } from "../../../host/sqlite.ts";
import { SCHEMA, SEALED_COLUMNS, SEALED_TABLES, type SealedTable, TABLES_VERSION } from "./schema.ts";
import type { KnownPrice } from "../../prices/prices.ts";
import { sealRow } from "./seal_row.ts";

/** How long a reader waits for what other processes only do for moments, such as cleaning up when the last one leaves. */
const BUSY_TIMEOUT_MS = 1_000;

export type Bytes = Uint8Array<ArrayBuffer>;

/** How many rows a table has, and what their seals add up to. */
export interface Tally {
  rows: number;
  /** 32 bits. */
  total: number;
}

/** An open index. Every method may throw SQLite's errors; index/open_index.ts then goes on without it. */
export class IndexStore {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  /** What {@linkcode commit} is to write. */
  #tallies: Map<SealedTable, Tally> | undefined;
  /** The highest id of a session in this transaction. */
  #lastSession: number | undefined;
  #directories: DirectoryIds | undefined;
  #isNew = false;
  #isKept = false;

  /**
   * @param path A file, made when missing, or `:memory:`
   * @throws {Error} SQLITE_BUSY, at once, while another process makes it or holds all of it
   */
  constructor(path: string) {
    this.#database = openDatabase(path);
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
    // What a power cut leaves of it is noticed (index_file.ts), and costs a rescan, nothing else. To wait for the disk
    // takes longer than many a scan while something else writes.
    this.#execute("PRAGMA synchronous = OFF");
    if (version() === TABLES_VERSION) return;
    // Of a file that is empty yet. Of a page of 4,096 bytes the rows of sessions leave a sixth.
    this.#execute("PRAGMA page_size = 8192");
    this.#execute("PRAGMA journal_mode = WAL");
    this.begin();
    try {
      // Another process may have done it while this one waited.
      if (version() !== TABLES_VERSION) {
        const tables = this.#database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
        for (const { name } of tables) this.#execute(`DROP TABLE "${String(name).replaceAll('"', '""')}"`);
        this.#database.exec(SCHEMA);
        this.#execute(`PRAGMA user_version = ${TABLES_VERSION}`);
        this.#isNew = true;
      }
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Whether it was made, and is empty, as it was opened. */
  get isNew(): boolean {
    return this.#isNew;
  }

  close(): void {
    this.rollback();
    this.#database.close();
  }

  /** Begins to write as the only one. @throws {Error} SQLITE_BUSY, at once, while another process writes */
  begin(): void {
    this.#tallies = this.#lastSession = this.#directories = undefined;
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

  /** From now on, until it is closed, one state of the index is asked, whatever other processes write. Nothing more is written. */
  keep(): void {
    if (!this.#database.isTransaction) this.#execute("BEGIN");
    this.#isKept = true;
  }

  /** Whether one state of the index is asked by all that follows. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Forgets all. Inside a transaction. */
  clear(): void {
    this.#lastSession = this.#directories = undefined;
    for (const table of SEALED_TABLES) {
      this.#execute(`DELETE FROM ${table}`);
      this.#tallyOf(table).rows = this.#tallyOf(table).total = 0;
    }
  }

  commit(): void {
    for (const [name, { rows, total }] of this.#tallies ?? []) {
      this.run("INSERT OR REPLACE INTO tallies VALUES (?, ?, ?)", name, rows, total);
    }
    this.#execute("COMMIT");
    this.#isKept = false;
    this.#tallies = this.#lastSession = this.#directories = undefined;
  }

  rollback(): void {
    this.#isKept = false;
    this.#tallies = this.#lastSession = this.#directories = undefined;
    // SQLite may have rolled back by itself (a full disk); a second ROLLBACK would hide the first error.
    if (this.#database.isTransaction) this.#execute("ROLLBACK");
  }

  /** Adds a row. @param values Of {@linkcode SEALED_COLUMNS} */
  insert(table: SealedTable, values: readonly SqlValue[]): void {
    this.run(INSERTIONS[table], ...values, this.seal(table, values));
  }

  /**
   * Adds a session unless there is one of its names: in one statement, since in a first scan nearly each log has one.
   *
   * @param values Of {@linkcode SEALED_COLUMNS}, but the id
   * @returns its id; undefined when there is one
   */
  insertSession(values: readonly SqlValue[]): number | undefined {
    this.#lastSession ??= this.get<{ last: number | null }>("SELECT MAX(id) AS last FROM sessions")!.last ?? 0;
    const id = this.#lastSession + 1;
    const row = [id, ...values];
    const seal = sealRow(row);
    if (this.run(INSERTION_OF_SESSION, ...row, seal).changes === 0) return undefined;
    this.count("sessions", seal);
    return this.#lastSession = id;
  }

  /** The number of a log's directory. Inside a transaction. */
  directoryId(path: string): number {
    this.#directories ??= new DirectoryIds(this);
    return this.#directories.of(path);
  }

  /** Removes rows. @param where A condition, with the values for its question marks */
  remove(table: SealedTable, where: string, ...values: SqlValue[]): void {
    const tally = this.#tallyOf(table);
    for (
      const { seal } of this.all<{ seal: number }>(`DELETE FROM ${table} WHERE ${where} RETURNING seal`, ...values)
    ) {
      tally.rows--;
      tally.total = (tally.total - seal) >>> 0;
    }
  }

  /**
   * For who writes a row by a statement of its own, as {@linkcode count} is for who knows its seal.
   *
   * @param before The seal that the row had. @default there was no such row
   * @returns the one that it is to have
   */
  seal(table: SealedTable, values: readonly SqlValue[], before?: number): number {
    const seal = sealRow(values);
    this.count(table, seal, before);
    return seal;
  }

  count(table: SealedTable, seal: number, before?: number): void {
    const tally = this.#tallyOf(table);
    if (before === undefined) tally.rows++;
    tally.total = (tally.total + seal - (before ?? 0)) >>> 0;
  }

  /** As of the last commit, or as this transaction changed it. */
  #tallyOf(table: SealedTable): Tally {
    this.#tallies ??= new Map();
    let tally = this.#tallies.get(table);
    if (tally === undefined) this.#tallies.set(table, tally = this.readTally(table));
    return tally;
  }

  /** As it is kept. */
  readTally(table: SealedTable): Tally {
    const row = this.get<Tally>("SELECT rows, total FROM tallies WHERE name = ?", table);
    return row === undefined ? { rows: 0, total: 0 } : { ...row };
  }

  /** Unlike `exec`, a statement's `run` throws errors that carry SQLite's code. */
  #execute(sql: string): void {
    this.#database.prepare(sql).run();
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /**
   * Row by row, for what is too much to have at once. For who knows how many there are: where a row cannot be read Deno ends
   * without a word.
   */
  each<Row>(sql: string): Iterable<Row> {
    return this.#prepare(sql).iterate() as Iterable<Row>;
  }

  run(sql: string, ...values: SqlValue[]): { readonly changes: number } {
    return { changes: Number(this.#prepare(sql).run(...values).changes) };
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }

  readMeta(key: string): string | undefined {
    return this.get<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)?.value;
  }

  writeMeta(key: string, value: string): void {
    this.remove("meta", "key = ?", key);
    this.insert("meta", [key, value]);
  }

  readPrices(): KnownPrice[] {
    return this.all<{ provider: string; model: string; schedule: string }>(
      "SELECT provider, model, schedule FROM prices",
    )
      .map(({ schedule, ...model }) => ({ ...model, schedule: JSON.parse(schedule) as KnownPrice["schedule"] }));
  }

  writePrices(prices: readonly KnownPrice[]): void {
    for (const { provider, model, schedule } of prices) {
      this.remove("prices", "provider = ? AND model = ?", provider, model);
      this.insert("prices", [provider, model, JSON.stringify(schedule)]);
    }
  }
}

const INSERTIONS = Object.fromEntries(
  SEALED_TABLES.map((table) => {
    const columns = SEALED_COLUMNS[table];
    const places = Array(columns.length + 1).fill("?").join(", ");
    return [table, `INSERT INTO ${table} (${columns.join(", ")}, seal) VALUES (${places})`];
  }),
) as Readonly<Record<SealedTable, string>>;

const INSERTION_OF_SESSION = `${INSERTIONS.sessions} ON CONFLICT DO NOTHING`;
