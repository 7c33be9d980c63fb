/** Databases of every schema that was seen or read, made by SQLite itself. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { listParts, logsOf } from "../../scan/logs/tables/list_parts.ts";
import { TablesReader } from "../../scan/logs/tables/tables_reader.ts";
import { closeStores } from "../../scan/logs/open_stores.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { takeAllSteps } from "../../scan/logs/take_steps.ts";
import type { TableStore } from "../log_store.ts";
import { logs } from "./places.ts";
import { hermesSource } from "./source.ts";

const store = logs.stores[0] as TableStore;

const COUNTERS = "input_tokens INTEGER DEFAULT 0, output_tokens INTEGER DEFAULT 0, " +
  "cache_read_tokens INTEGER DEFAULT 0, cache_write_tokens INTEGER DEFAULT 0, reasoning_tokens INTEGER DEFAULT 0";
const COSTS = "estimated_cost_usd REAL, actual_cost_usd REAL, cost_status TEXT, cost_source TEXT";
const BILLING = "billing_provider TEXT, billing_base_url TEXT, billing_mode TEXT";
const OLD = `id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, system_prompt TEXT, parent_session_id TEXT, ` +
  `started_at REAL NOT NULL, ended_at REAL, title TEXT, ${COUNTERS}, ${BILLING}, ${COSTS}`;
const NEW = `${OLD}, api_call_count INTEGER DEFAULT 0, cwd TEXT, last_activity_at REAL`;
const MESSAGES = "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, " +
  "role TEXT NOT NULL, content TEXT, timestamp REAL NOT NULL);";
const usageTable = (task: string) =>
  `CREATE TABLE session_model_usage (session_id TEXT NOT NULL, model TEXT NOT NULL, ` +
  `billing_provider TEXT NOT NULL DEFAULT '', billing_base_url TEXT NOT NULL DEFAULT '', ` +
  `billing_mode TEXT NOT NULL DEFAULT '', ${task} api_call_count INTEGER NOT NULL DEFAULT 0, ${COUNTERS}, ` +
  "estimated_cost_usd REAL NOT NULL DEFAULT 0, actual_cost_usd REAL NOT NULL DEFAULT 0, cost_status TEXT, " +
  "cost_source TEXT, first_seen REAL, last_seen REAL);";
const TASK = "task TEXT NOT NULL DEFAULT '',";

const SESSIONS = "INSERT INTO sessions (id, source, model, started_at, input_tokens, output_tokens) VALUES " +
  "('a', 'cli', 'm', 1795666800.5, 100, 10), ('b', 'cli', 'm', 1795666900.5, 7, 1), ('c', 'cli', 'm', 1795667000, 0, 0);" +
  "UPDATE sessions SET parent_session_id = 'a', title = 'Two' WHERE id = 'b';";
const USAGE = "INSERT INTO session_model_usage (session_id, model, input_tokens, output_tokens, first_seen) VALUES " +
  "('a', 'm', 60, 6, 1795666801), ('a', 'n', 40, 4, 1795666802);";
const SPOKEN = "INSERT INTO messages (session_id, role, content, timestamp) VALUES " +
  "('a', 'user', 'Hello', 1795666803), ('a', 'assistant', 'Hi', 1795666804), ('a', 'assistant', NULL, 5e246);";

/** What is in a database: of each session its sums as `model input/output`, or what is said of it. */
function read(path: string): { readonly said?: string; readonly sums: Readonly<Record<string, readonly string[]>> } {
  const listed = listParts(path, store, undefined, true);
  const reader = new TablesReader(store);
  const folder = new RecordFolder(hermesSource);
  const sums: Record<string, readonly string[]> = {};
  const file = { path, relativePath: "state.db", size: 1, mtimeMs: 0, ctimeMs: 0, inode: 1, compressed: false };
  for (const log of logsOf(file, path, store, listed)) {
    let state: unknown = hermesSource.start({ path, relativePath: "state.db", part: log.table!.part });
    const found: string[] = [];
    takeAllSteps(reader.read(log, { needles: [] }, undefined, {
      record(record) {
        const { state: next, totals = [], problem } = folder.fold(state, record);
        state = next;
        found.push(...totals.map(({ model, usage }) => `${model.model} ${usage.input}/${usage.output}`));
        if (problem !== undefined) found.push(problem);
      },
      problem: (message) => found.push(message),
    }));
    sums[log.table!.part] = found;
  }
  closeStores();
  return listed.problem === undefined ? { sums } : { said: listed.problem, sums };
}

function onDatabase(sql: string, body: (path: string, write: (sql: string) => void) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const path = join(directory, "state.db");
    const write = (sql: string) => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    };
    write(sql);
    body(path, write);
  });
}

Deno.test("sums of every schema", async (t) => {
  const byModel = { a: ["m 60/6", "n 40/4"], b: ["m 7/1"], c: [] };
  const ofSessions = { a: ["m 100/10"], b: ["m 7/1"], c: [] };
  const rows: [name: string, sql: string, sums: Readonly<Record<string, readonly string[]>>][] = [
    ["6: no count of requests, no directory", `CREATE TABLE sessions (${OLD}); ${MESSAGES} ${SESSIONS}`, ofSessions],
    ["14", `CREATE TABLE sessions (${OLD}, api_call_count INTEGER); ${MESSAGES} ${SESSIONS}`, ofSessions],
    ["20: by model", `CREATE TABLE sessions (${NEW}); ${MESSAGES} ${usageTable("")} ${SESSIONS} ${USAGE}`, byModel],
    [
      "30: and by task",
      `CREATE TABLE sessions (${NEW}); ${MESSAGES} ${usageTable(TASK)} ${SESSIONS} ${USAGE}`,
      byModel,
    ],
    ["30, without messages", `CREATE TABLE sessions (${NEW}); ${usageTable(TASK)} ${SESSIONS} ${USAGE}`, byModel],
    ["6, without messages", `CREATE TABLE sessions (${OLD}); ${SESSIONS}`, ofSessions],
    [
      "a table by model that is another one",
      `CREATE TABLE sessions (${NEW}); CREATE TABLE session_model_usage (session_id TEXT, model TEXT); ${SESSIONS}`,
      ofSessions,
    ],
    [
      "the least that a session has",
      "CREATE TABLE sessions (id TEXT, source TEXT, model TEXT, started_at REAL, input_tokens, output_tokens, " +
      "cache_read_tokens, cache_write_tokens, parent_session_id TEXT, title TEXT);" + SESSIONS,
      ofSessions,
    ],
    [
      "rows of a session that was deleted",
      `CREATE TABLE sessions (${NEW}); ${usageTable(TASK)} ${SESSIONS} ${USAGE} DELETE FROM sessions WHERE id = 'a';`,
      byModel,
    ],
  ];
  for (const [name, sql, sums] of rows) {
    await t.step(name, () =>
      onDatabase(sql, (path) => {
        assert.deepEqual(read(path), { sums });
      }));
  }
  await t.step(
    "one that is none of Hermes'",
    () =>
      onDatabase("CREATE TABLE sessions (id TEXT, tokens INTEGER);", (path) => {
        assert.deepEqual(read(path), { said: "its tables are none of those that are known", sums: {} });
      }),
  );
});

Deno.test("what changes in a session changes its stamp, and no other's", async (t) => {
  const full = `CREATE TABLE sessions (${NEW}); ${MESSAGES} ${usageTable(TASK)} ${SESSIONS} ${USAGE} ${SPOKEN}`;
  const changes: readonly string[] = [
    "UPDATE sessions SET input_tokens = 101 WHERE id = 'a'",
    "UPDATE sessions SET cache_write_tokens = 1 WHERE id = 'a'",
    "UPDATE sessions SET title = 'New' WHERE id = 'a'",
    "UPDATE sessions SET cwd = '/srv' WHERE id = 'a'",
    "UPDATE sessions SET actual_cost_usd = 0.5 WHERE id = 'a'",
    "UPDATE sessions SET cost_status = 'included' WHERE id = 'a'",
    "UPDATE sessions SET billing_provider = 'nous' WHERE id = 'a'",
    "UPDATE sessions SET last_activity_at = 1795666999 WHERE id = 'a'",
    "UPDATE session_model_usage SET output_tokens = 7 WHERE model = 'n'",
    "UPDATE session_model_usage SET estimated_cost_usd = 0.1 WHERE model = 'n'",
    "UPDATE session_model_usage SET last_seen = 1795666999 WHERE model = 'n'",
    "INSERT INTO session_model_usage (session_id, model) VALUES ('a', 'o')",
    "DELETE FROM session_model_usage WHERE model = 'n'",
    "INSERT INTO messages (session_id, role, timestamp) VALUES ('a', 'user', 1795666999)",
  ];
  const stampsOf = (path: string) => {
    const { parts } = listParts(path, store, undefined, true).known;
    closeStores();
    return new Map(parts.map(([name, stamp]) => [name, stamp]));
  };
  for (const sql of changes) {
    await t.step(sql, () =>
      onDatabase(full, (path, write) => {
        const before = stampsOf(path);
        write(sql);
        const after = stampsOf(path);
        assert.notEqual(after.get("a"), before.get("a"));
        assert.equal(after.get("b"), before.get("b"));
      }));
  }
});

Deno.test("the text of a session", () =>
  onDatabase(`CREATE TABLE sessions (${NEW}); ${MESSAGES} ${SESSIONS} ${SPOKEN}`, (path) => {
    const listed = listParts(path, store, undefined, true);
    const file = { path, relativePath: "state.db", size: 1, mtimeMs: 0, ctimeMs: 0, inode: 1, compressed: false };
    const [log] = logsOf(file, path, store, listed);
    const texts: unknown[] = [];
    takeAllSteps(
      new TablesReader(store).read(log!, { needles: [], what: "texts" }, undefined, {
        record: (record) => texts.push([hermesSource.text(record)?.text, (record as { timestamp: unknown }).timestamp]),
        problem() {},
      }),
    );
    closeStores();
    assert.deepEqual(texts, [["Hello", 1795666803000], ["Hi", 1795666804000], [undefined, 5e246]]);
  }));
