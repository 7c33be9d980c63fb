/**
 * The tables of the evidence, and how a file of an earlier version becomes one of this: step by step, and nothing is lost,
 * since what is in it cannot be asked for again.
 */
import type { Database } from "../host/sqlite.ts";

/**
 * One step a version, the first one for an empty file. Never changed once it was released: another step is added.
 *
 * `found` has a row a response, `missing` one for each key that was told that there is no such response (another account's
 * key may know it), `unread` the latest answer that could not be understood. `at` is the log's time, or that in the id, for
 * rows whose answer has none. `facts` is the revision and the latest run.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE found (
     id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER,
     usd REAL NOT NULL, upstream_usd REAL, is_byok INTEGER, cache_discount_usd REAL, upstream TEXT, attempts TEXT,
     model TEXT, prompt_tokens INTEGER, cached_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER,
     latency_ms REAL, generation_ms REAL, tier TEXT, router TEXT, finish_reason TEXT, is_cancelled INTEGER,
     session_id TEXT, request_id TEXT, replay_of TEXT, region TEXT, created_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX found_at ON found (coalesce(created_at, at));
   CREATE TABLE missing (
     id TEXT NOT NULL, key TEXT NOT NULL, asked_at INTEGER NOT NULL, status INTEGER NOT NULL, PRIMARY KEY (id, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE unread (id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, problem TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // Opper's traces and the steps of each: a trace is written anew as a whole.
  `CREATE TABLE opper_traces (
     trace_id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, key TEXT NOT NULL, status TEXT, span_count INTEGER,
     started_at INTEGER, ended_at INTEGER, duration_ms REAL, usd REAL, model TEXT, upstream TEXT, input_tokens INTEGER,
     cache_read_tokens INTEGER, cache_write_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER,
     total_tokens INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE opper_spans (
     trace_id TEXT NOT NULL, place INTEGER NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, type TEXT, status TEXT,
     started_at INTEGER, ended_at INTEGER, usd REAL, model TEXT, upstream TEXT, input_tokens INTEGER,
     cache_read_tokens INTEGER, cache_write_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER,
     total_tokens INTEGER, PRIMARY KEY (trace_id, place)
   ) STRICT, WITHOUT ROWID;`,
];

/** A program of a later version wrote it. */
export class NewerEvidenceError extends Error {
  override readonly name = "NewerEvidenceError";
}

/**
 * Brings a file up to the last step, in one transaction: a run that is killed leaves it as it was.
 *
 * @param steps @default {MIGRATIONS}
 * @throws {NewerEvidenceError} for a file of a later version, which stays as it is
 * @throws {Error} SQLite's
 */
export function migrateEvidence(database: Database, steps: readonly string[] = MIGRATIONS): void {
  if (versionOf(database) === steps.length) return;
  database.prepare("BEGIN IMMEDIATE").run();
  try {
    // Another process may have done it while this one waited.
    const version = versionOf(database);
    if (version > steps.length) throw new NewerEvidenceError("A later version of the program wrote it.");
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(database: Database): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
