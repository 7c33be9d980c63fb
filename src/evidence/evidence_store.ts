/**
 * What gateways said of responses, kept for good: each answer is a transaction of its own, so that a run that is killed
 * anywhere has lost none. Imports SQLite: who only wants to know whether there is any asks open_evidence.ts.
 *
 * Knows no gateway. There is no key in it, only a fingerprint of the one that was asked with, and nothing about the person.
 */
import { type EvidenceCounts, type EvidenceReader, type GenerationEvidence, generationTime } from "../core/evidence.ts";
import { AgentError } from "../core/errors.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { fileMark, makeFilePrivate, makePrivateDirectory, makePrivateFileIfMissing } from "../host/files.ts";
import { type Database, openDatabase, type Statement } from "../host/sqlite.ts";
import { explainSqliteFailure, sqliteCodeOf } from "../host/sqlite_failure.ts";
import { evidenceBytes, evidencePath, moveEvidenceAside } from "./evidence_file.ts";
import { EVIDENCE_COLUMNS, evidenceOf, evidenceValues } from "./evidence_row.ts";
import { migrateEvidence, NewerEvidenceError } from "./evidence_schema.ts";
import { OpperEvidence } from "./opper_evidence.ts";

/** How long another process of ours is waited for, which holds the file for milliseconds. */
const PATIENCE_MS: DurationMs = 5_000;

/** With which key an answer was had, and when. */
export interface AskedBy {
  readonly askedAt: EpochMs;
  /** Fingerprint of the key; never the key. */
  readonly key: string;
}

/** One response that a gateway knew. */
export interface FoundEvidence extends AskedBy {
  readonly evidence: GenerationEvidence;
  /** When the log has it. @default as its id says */
  readonly at?: EpochMs;
}

/** What is known of an id: `missing` to the key that asks, or nothing yet. */
export type AskedState = "found" | "missing" | "unasked";

/** How the latest run ended. */
export interface EvidenceRun {
  readonly endedAt: EpochMs;
  /** Ids that it left for the next one. */
  readonly left: number;
}

/** Both ends may be left open; `until` is not included. */
export interface EvidenceRange {
  readonly since?: EpochMs;
  readonly until?: EpochMs;
}

export class EvidenceStore implements EvidenceReader {
  readonly #database: Database;
  readonly #stateDirectory: string;
  readonly #statements = new Map<string, Statement>();
  readonly #onFault?: (error: Error) => void;
  readonly #keptRevision?: number;
  /** What Opper said of traces. */
  readonly traces: OpperEvidence;

  /** @param onFault There for who reads: one state of the file is then read until it is closed, whatever others write */
  private constructor(database: Database, stateDirectory: string, onFault: ((error: Error) => void) | undefined) {
    this.#database = database;
    this.#stateDirectory = stateDirectory;
    this.#onFault = onFault;
    this.traces = new OpperEvidence(database, onFault);
    if (onFault === undefined) return;
    database.exec("BEGIN");
    this.#keptRevision = this.revision;
  }

  /**
   * Opens the file as it is now, for reading: what other processes write later is not seen.
   *
   * @param onFault Told, each time, that {@linkcode find} failed; the response is then one that nobody asked for
   * @throws {Error} SQLite's, or {@linkcode NewerEvidenceError}
   */
  static openToRead(stateDirectory: string, onFault: (error: Error) => void): EvidenceStore {
    return EvidenceStore.#open(stateDirectory, onFault);
  }

  /**
   * Opens the file for adding to it, made when missing. A damaged one is moved aside first.
   *
   * @param onWarning Told where a damaged one is now
   * @throws {AgentError} failed, when it cannot be used
   */
  static openToWrite(stateDirectory: string, onWarning: (message: string) => void): EvidenceStore {
    const path = evidencePath(stateDirectory);
    for (let isFirst = true;; isFirst = false) {
      let inode = 0;
      try {
        makePrivateDirectory(stateDirectory);
        makePrivateFileIfMissing(path);
        makeFilePrivate(path);
        inode = fileMark(path)?.inode ?? 0;
        return EvidenceStore.#open(stateDirectory, undefined);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const warning = isFirst ? moveIfDamaged(error, stateDirectory, inode) : undefined;
        if (warning === undefined) throw new AgentError("failed", explainFault(error, path), { cause: error });
        onWarning(warning);
      }
    }
  }

  static #open(stateDirectory: string, onFault: ((error: Error) => void) | undefined): EvidenceStore {
    const database = openDatabase(evidencePath(stateDirectory));
    try {
      // Prepared, since what `exec` throws has no code of SQLite's.
      database.prepare(`PRAGMA busy_timeout = ${PATIENCE_MS}`).get();
      if (onFault === undefined) {
        database.prepare("PRAGMA journal_mode = WAL").get();
        database.prepare("PRAGMA synchronous = FULL").get();
      }
      migrateEvidence(database);
      const store = new EvidenceStore(database, stateDirectory, onFault);
      if (onFault === undefined) store.#check();
      return store;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * Begins at random, and rises with every answer that is found: after all was forgotten and asked for again it is another
   * one than before. 0 where nothing was found yet.
   */
  get revision(): number {
    return this.#keptRevision ?? Number(this.#fact("revision") ?? 0);
  }

  find(id: string): GenerationEvidence | undefined {
    try {
      const row = this.#prepare("SELECT * FROM found WHERE id = ?").get(id);
      return row === undefined ? undefined : evidenceOf(row);
    } catch (error) {
      // What is damaged stops no answer.
      if (this.#onFault === undefined || !(error instanceof Error)) throw error;
      this.#onFault(error);
      return undefined;
    }
  }

  /** @param key Fingerprint of the one that would ask. @default any */
  stateOf(id: string, key?: string): AskedState {
    if (this.#prepare("SELECT 1 FROM found WHERE id = ?").get(id) !== undefined) return "found";
    const missing = key === undefined
      ? this.#prepare("SELECT 1 FROM missing WHERE id = ?").get(id)
      : this.#prepare("SELECT 1 FROM missing WHERE id = ? AND key = ?").get(id, key);
    return missing === undefined ? "unasked" : "missing";
  }

  /** Whether all is known that a gateway tells of one: a list of many says neither when it was, nor what was tried. */
  hasDetails(id: string): boolean {
    return this.#prepare("SELECT 1 FROM found WHERE id = ? AND created_at IS NOT NULL").get(id) !== undefined;
  }

  /** By the time that the gateway says, or else the log's; those without any are in no range but the open one. */
  listFound({ since, until }: EvidenceRange = {}): readonly FoundEvidence[] {
    const at = "coalesce(created_at, at)";
    const rows = since === undefined && until === undefined
      ? this.#prepare(`SELECT * FROM found ORDER BY ${at}, id`).all()
      : this.#prepare(`SELECT * FROM found WHERE ${at} >= ? AND ${at} < ? ORDER BY ${at}, id`)
        .all(since ?? 0, until ?? Number.MAX_SAFE_INTEGER);
    return rows.map((row) => ({
      evidence: evidenceOf(row),
      askedAt: Number(row["asked_at"]),
      key: String(row["key"]),
      ...(row["at"] === null ? {} : { at: Number(row["at"]) }),
    }));
  }

  counts(): EvidenceCounts {
    const count = (sql: string) => Number(this.#prepare(sql).get()?.["n"] ?? 0);
    const lastAskedAt = this.#fact("last_asked_at");
    return {
      found: count("SELECT count(*) AS n FROM found"),
      missing: count("SELECT count(DISTINCT id) AS n FROM missing"),
      unread: count("SELECT count(*) AS n FROM unread"),
      ...(lastAskedAt === undefined ? {} : { lastAskedAt: Number(lastAskedAt) }),
      bytes: evidenceBytes(this.#stateDirectory) ?? 0,
    };
  }

  lastRun(): EvidenceRun | undefined {
    const text = this.#fact("last_run");
    return text === undefined ? undefined : JSON.parse(String(text));
  }

  /** On the disk when it returns. */
  saveFound(all: readonly Pick<FoundEvidence, "evidence" | "at">[], { askedAt, key }: AskedBy): void {
    if (all.length === 0) return;
    this.#write(() => {
      const insert = this.#prepare(INSERTION);
      for (const { evidence, at } of all) {
        insert.run(...evidenceValues(evidence), askedAt, key, at ?? generationTime(evidence.id) ?? null);
        this.#prepare("DELETE FROM missing WHERE id = ?").run(evidence.id);
        this.#prepare("DELETE FROM unread WHERE id = ?").run(evidence.id);
      }
      this.#setFact("revision", (Number(this.#fact("revision") ?? firstRevision())) + 1);
      this.#setFact("last_asked_at", askedAt);
    });
  }

  /** @param status What the gateway answered: 404, or 403 */
  saveMissing(id: string, status: number, { askedAt, key }: AskedBy): void {
    this.#write(() => {
      this.#prepare("INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?)").run(id, key, askedAt, status);
      this.#prepare("DELETE FROM unread WHERE id = ?").run(id);
      this.#setFact("last_asked_at", askedAt);
    });
  }

  /** For an answer that could not be understood; the id is asked again. @param problem In words for people */
  saveUnread(id: string, problem: string, askedAt: EpochMs): void {
    this.#write(() => {
      this.#prepare("INSERT OR REPLACE INTO unread VALUES (?, ?, ?)").run(id, askedAt, problem);
      this.#setFact("last_asked_at", askedAt);
    });
  }

  saveRun(run: EvidenceRun): void {
    this.#write(() => this.#setFact("last_run", JSON.stringify(run)));
  }

  close(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#database.close();
  }

  /** Looks at all of it, as only those do who add to it. @throws {SyntaxError} when it is not as it was left */
  #check(): void {
    const said = this.#database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (said !== "ok") throw new SyntaxError(`The evidence is damaged: ${String(said)}.`);
    for (const table of ["facts", "found", "missing", "unread"]) this.#prepare(`SELECT 1 FROM ${table}`);
  }

  #write(body: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      body();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #fact(name: string): unknown {
    return this.#prepare("SELECT value FROM facts WHERE name = ?").get(name)?.["value"] ?? undefined;
  }

  #setFact(name: string, value: string | number): void {
    this.#prepare("INSERT OR REPLACE INTO facts VALUES (?, ?)").run(name, value);
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }
}

const INSERTION = (() => {
  const columns = [...EVIDENCE_COLUMNS, "asked_at", "key", "at"];
  return `INSERT OR REPLACE INTO found (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
})();

/** Of 48 bits, so that it may rise for ever and stays exact. */
function firstRevision(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high! & 0xffff) * 0x1_0000_0000 + low!;
}

/** An error in a statement is a table that is not there; then a damaged file, a value of another type, and no database. */
const CODES_OF_DAMAGE = [1, 11, 20, 24, 26];

/**
 * Moves the file aside where an error says that it is damaged.
 *
 * @param inode Of the file that it was about
 * @returns what to tell people; undefined when the file is not to blame
 */
export function moveIfDamaged(error: Error, stateDirectory: string, inode: number): string | undefined {
  if (!CODES_OF_DAMAGE.includes(sqliteCodeOf(error)) && !(error instanceof SyntaxError)) return undefined;
  const path = evidencePath(stateDirectory);
  const aside = moveEvidenceAside(stateDirectory, inode);
  return aside === undefined
    ? `"${path}" was damaged, and another process has moved it aside.`
    : `"${path}" is damaged. It is now "${aside}", and \`opper-agent enrich\` asks again for what was in it.`;
}

/** Why it cannot be used, as a sentence. */
export function explainFault(error: Error, path: string): string {
  return error instanceof NewerEvidenceError
    ? `"${path}" was written by a later version of opper-agent.`
    : `"${path}" cannot be used: ${explainSqliteFailure(error).reason}.`;
}
