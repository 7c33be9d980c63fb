/** Holds the statements to databases of every schema, with the whole engine around them: each answer cold, warm and grown. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync } from "node:zlib";
import { onStage, type Stage } from "../../../tests/support/store_stage.ts";
import { listLayouts } from "./layouts.ts";

const NODES = `
CREATE TABLE session_nodes (session_key TEXT NOT NULL PRIMARY KEY, current_session_id TEXT, entry_json TEXT,
  label TEXT, display_name TEXT, parent_session_key TEXT, spawned_by TEXT, fork_source_session_id TEXT) STRICT;`;
const WINDOWS = `
CREATE TABLE session_windows (session_id TEXT NOT NULL PRIMARY KEY, session_key TEXT NOT NULL, previous_session_id TEXT,
  reason TEXT, chat_type TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, parent_session_key TEXT,
  spawned_by TEXT) STRICT;
CREATE INDEX idx_agent_session_windows_session_key ON session_windows(session_key, updated_at DESC, session_id);`;
const EVENTS = `
CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT, event_zstd BLOB,
  navigation_json TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq)) STRICT;`;
const WATERMARKS = `
CREATE TABLE transcript_rewrite_watermarks (session_id TEXT NOT NULL PRIMARY KEY, generation TEXT NOT NULL) STRICT;`;
/** Schema 23 of 2026.9. */
const NEWEST = NODES + WINDOWS + EVENTS + WATERMARKS;
/** Schema 4 of 2026.7. */
const OLDEST = EVENTS.replace(/event_zstd BLOB,\s+navigation_json TEXT,/, "") + `
CREATE TABLE sessions (session_id TEXT NOT NULL PRIMARY KEY, session_key TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, parent_session_key TEXT, spawned_by TEXT) STRICT;
CREATE TABLE session_entries (session_key TEXT NOT NULL PRIMARY KEY, session_id TEXT NOT NULL, entry_json TEXT NOT NULL,
  updated_at INTEGER NOT NULL) STRICT;`;

const START = Date.parse("2026-11-20T10:00:00Z");
const minute = (count: number) => START + 60_000 * count;
const iso = (count: number) => new Date(minute(count)).toISOString();

const header = (id: string, begun: number) => ({
  type: "session",
  version: 4,
  id,
  timestamp: iso(begun),
  cwd: "/srv/api",
});

function response(id: string, asked: number, output = 10) {
  return {
    type: "message",
    id: `entry-${id}`,
    parentId: null,
    timestamp: iso(asked + 0.5),
    message: {
      role: "assistant",
      content: [{ type: "text", text: "word ".repeat(output) }],
      provider: "anthropic",
      model: "claude-sonnet-4-6",
      usage: { input: 100, output, cacheRead: 0, cacheWrite: 0, totalTokens: 100 + output, cost: { total: 0.001 } },
      timestamp: minute(asked),
      responseId: `msg_${id}`,
    },
  };
}

const quote = (value: string | number | null) =>
  typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);

function insert(table: string, values: Readonly<Record<string, string | number | null>>): string {
  return `INSERT INTO ${table} (${Object.keys(values).join(", ")}) VALUES (${
    Object.values(values).map(quote).join(", ")
  });`;
}

const event = (session: string, seq: number, entry: object) =>
  insert("transcript_events", { session_id: session, seq, event_json: JSON.stringify(entry), created_at: 0 });

/** A session with a window, and a response a minute after it began and each minute from there. */
function session(
  id: string,
  begun: number,
  responses: readonly string[],
  more: { window?: object; node?: object } = {},
) {
  const key = `agent:main:${id}`;
  const at = minute(begun);
  const window = { session_id: id, session_key: key, created_at: at, updated_at: at, ...more.window };
  return insert("session_windows", window) +
    insert("session_nodes", { session_key: window.session_key, ...more.node }) +
    event(id, 0, header(id, begun)) +
    responses.map((name, place) => event(id, place + 1, response(name, begun + place + 1))).join("");
}

function pathOf(stage: Stage, agent = "main"): string {
  return join(stage.home, ".openclaw", "agents", agent, "agent", "openclaw-agent.sqlite");
}

function run(stage: Stage, sql: string, agent?: string): void {
  const path = pathOf(stage, agent);
  Deno.mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA journal_mode = WAL; ${sql}`);
  } finally {
    database.close();
  }
}

function writeTranscript(stage: Stage, name: string, entries: readonly object[]): void {
  const path = join(stage.home, ".openclaw", "agents", "main", "sessions", name);
  Deno.mkdirSync(dirname(path), { recursive: true });
  const text = new TextEncoder().encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  Deno.writeFileSync(path, name.endsWith(".zst") ? zstdCompressSync(text) : text);
}

interface SaidSession {
  readonly sessionId: string;
  readonly title?: string;
  readonly parentSessionId?: string;
  readonly subagents: number;
}

/** What is said of a session, of the kept index. */
async function saidOf(stage: Stage, id: string): Promise<SaidSession> {
  const { sessions } = await stage.answers() as unknown as { readonly sessions: readonly SaidSession[] };
  return sessions.find(({ sessionId }) => sessionId === id)!;
}

Deno.test("a database of the newest schema that grows", () =>
  onStage(async (stage) => {
    run(stage, NEWEST);
    deepStrictEqual(await stage.agreed("no session"), {});
    run(stage, session("a", 0, ["1", "2"]));
    deepStrictEqual(await stage.agreed("a session"), { a: 2 });
    run(stage, event("a", 3, response("3", 9)));
    deepStrictEqual(await stage.agreed("another response"), { a: 3 });
    const [long] = [response("4", 10, 900)];
    const database = new DatabaseSync(pathOf(stage));
    database.prepare("INSERT INTO transcript_events VALUES ('a', 4, NULL, ?, '{}', 0)")
      .run(zstdCompressSync(JSON.stringify(long)));
    database.close();
    deepStrictEqual(await stage.agreed("a long one"), { a: 4 });
    run(stage, session("b", 20, ["5"]) + session("empty", 30, []));
    deepStrictEqual(await stage.agreed("others"), { a: 4, b: 1, empty: 0 });
    run(
      stage,
      `UPDATE transcript_events SET event_json = ${
        quote(JSON.stringify(response("3b", 9)))
      } WHERE session_id = 'b' AND seq = 1;` +
        insert("transcript_rewrite_watermarks", { session_id: "b", generation: "g1" }),
    );
    deepStrictEqual(await stage.agreed("written anew"), { a: 4, b: 1, empty: 0 });
    run(
      stage,
      "DELETE FROM transcript_events WHERE session_id = 'a'; DELETE FROM session_windows WHERE session_id = 'a';",
    );
    // What was deleted from a database that is still there counts as it was.
    deepStrictEqual(await stage.agreed("deleted"), { a: 4, b: 1, empty: 0 });
  }));

Deno.test("rows that cannot be read leave the others", () =>
  onStage(async (stage) => {
    run(stage, NEWEST + session("a", 0, ["1"]));
    run(
      stage,
      insert("transcript_events", { session_id: "a", seq: 2, event_json: "{", created_at: 0 }) +
        insert("transcript_events", { session_id: "a", seq: 3, event_json: "[1]", created_at: 0 }) +
        insert("transcript_events", { session_id: "a", seq: 4, event_json: null, created_at: 0 }) +
        "INSERT INTO transcript_events VALUES ('a', 5, NULL, x'28b52ffd00', '{}', 0);" +
        event("a", 6, response("2", 5)),
    );
    deepStrictEqual(await stage.agreed("broken rows"), { a: 2 });
    const { problems } = await stage.answers();
    deepStrictEqual(problems.map(({ message }) => message), [
      'Row 3: "event" is not JSON, and is left out.',
      'Row 4: "event" is no object, and is left out.',
      'Row 6: "event" is not JSON, and is left out.',
    ]);
  }));

Deno.test("sub-agents are part of the session that began it all", () =>
  onStage(async (stage) => {
    const child = (id: string, begun: number, parent: string, responses: readonly string[]) =>
      session(id, begun, responses, {
        window: { session_key: `agent:main:subagent:${id}`, spawned_by: parent, parent_session_key: parent },
      });
    run(
      stage,
      NEWEST +
        // The parent's key had another session before, and has one since.
        session("early", -100, ["1"], { window: { session_key: "agent:main:chat" } }) +
        insert("session_windows", {
          session_id: "later",
          session_key: "agent:main:chat",
          created_at: minute(50),
          updated_at: 0,
        }) +
        event("later", 0, header("later", 50)) + event("later", 1, response("later", 51)) +
        insert("session_windows", {
          session_id: "parent",
          session_key: "agent:main:chat",
          created_at: minute(0),
          updated_at: 0,
        }) +
        event("parent", 0, header("parent", 0)) + event("parent", 1, response("2", 1)) +
        child("child", 2, "agent:main:chat", ["3", "4"]) +
        child("grandchild", 3, "agent:main:subagent:child", ["5"]) +
        child("stranger", 4, "agent:other:chat", ["6"]) +
        child("self", 5, "agent:main:subagent:self", ["7"]),
    );
    deepStrictEqual(await stage.agreed("sub-agents"), { early: 1, later: 1, parent: 4, self: 1, stranger: 1 });
    deepStrictEqual((await saidOf(stage, "parent")).subagents, 2);
    // By the node alone.
    run(stage, "UPDATE session_windows SET spawned_by = NULL, parent_session_key = NULL WHERE session_id = 'child';");
    deepStrictEqual(await stage.agreed("who is it of?"), {
      child: 3,
      early: 1,
      later: 1,
      self: 1,
      stranger: 1,
      parent: 1,
    });
    run(
      stage,
      "UPDATE session_nodes SET parent_session_key = 'agent:main:chat' WHERE session_key = 'agent:main:subagent:child';",
    );
    deepStrictEqual(await stage.agreed("the node knows"), { early: 1, later: 1, parent: 4, self: 1, stranger: 1 });
  }));

Deno.test("forks, rollovers and names", () =>
  onStage(async (stage) => {
    const copied = [1, 2].map((seq) => event("fork", seq, response(String(seq), seq))).join("");
    const label = "Plan";
    run(
      stage,
      NEWEST +
        // The fork's row comes first.
        session("fork", 30, [], { node: { fork_source_session_id: "a", label, display_name: "What was said" } }) +
        copied +
        event("fork", 3, response("3", 31)) +
        session("a", 0, ["1", "2"], { node: { display_name: "What was said" } }) +
        insert("session_windows", {
          ...{ session_id: "next", session_key: "agent:main:fork", previous_session_id: "fork", reason: "rollover" },
          ...{ created_at: minute(60), updated_at: 0, chat_type: "direct" },
        }) + event("next", 0, header("next", 60)) + event("next", 1, response("4", 61)) +
        session("room", 70, ["5"], { window: { chat_type: "group" }, node: { display_name: "#ops" } }),
    );
    deepStrictEqual(await stage.agreed("a fork"), { a: 2, fork: 1, next: 1, room: 1 });
    const said = await Promise.all(["a", "fork", "next", "room"].map((id) => saidOf(stage, id)));
    deepStrictEqual(said.map(({ title, parentSessionId }) => [title, parentSessionId]), [
      [undefined, undefined],
      ["Plan", "a"],
      ["Plan", undefined],
      ["#ops", undefined],
    ]);
    run(stage, "UPDATE session_nodes SET label = 'Other' WHERE label = 'Plan';");
    deepStrictEqual((await saidOf(stage, "fork")).title, "Other");
    run(stage, "DELETE FROM transcript_events WHERE session_id = 'a';");
    // It still counts: its copies in the fork do not.
    deepStrictEqual(await stage.agreed("the original is gone"), { a: 2, fork: 1, next: 1, room: 1 });
  }));

Deno.test("files of before and archives repeat what the database has", () =>
  onStage(async (stage) => {
    const entries = [header("a", 0), response("1", 1), response("2", 2)];
    writeTranscript(stage, "a.jsonl", entries);
    deepStrictEqual(await stage.agreed("before"), { a: 2 });
    run(stage, NEWEST + session("a", 0, ["1", "2", "3"]));
    deepStrictEqual(await stage.agreed("both"), { a: 3 });
    writeTranscript(stage, "a.jsonl.reset.2026-11-20T11-00-00.000Z", entries.slice(0, 2));
    writeTranscript(stage, "b.jsonl.deleted.2026-11-20T11-00-00.000Z.zst", [header("b", 5), response("4", 6)]);
    writeTranscript(stage, `cold/${"0a".repeat(32)}.jsonl.zst`, [header("c", 7), response("5", 8)]);
    writeTranscript(stage, "a.checkpoint.9d47f78d-4b33-48d3-99f4-dc49aa4c5bdb.jsonl", [
      header("a", 0),
      response("6", 9),
    ]);
    deepStrictEqual(await stage.agreed("archives"), { a: 3, b: 1, c: 1 });
    Deno.removeSync(pathOf(stage));
    deepStrictEqual(await stage.agreed("the database is gone"), { a: 2, b: 1, c: 1 });
  }));

Deno.test("what Codex writes when OpenClaw runs it is Codex'", () =>
  onStage(async (stage) => {
    const path = join(
      stage.home,
      ".openclaw/agents/main/agent/codex-home/sessions/2026/11/20/rollout-2026-11-20T10-00-00-x.jsonl",
    );
    Deno.mkdirSync(dirname(path), { recursive: true });
    const log = "42-codex-archived-and-active/home/.codex/archived_sessions/" +
      "rollout-2026-11-20T10-00-00-01a1fb60-0000-7000-8000-00000000042a.jsonl";
    const text = Deno.readTextFileSync(new URL(`../../../tests/field_reports/${log}`, import.meta.url));
    Deno.writeTextFileSync(path, text);
    const { sessions } = await stage.answers() as unknown as { sessions: readonly { source: string; turns: number }[] };
    deepStrictEqual(sessions.map(({ source }) => source), ["codex"]);
    ok(sessions[0]!.turns > 0);
  }));

Deno.test("older schemas", async (t) => {
  const rows = `${event("a", 0, header("a", 0))}${event("a", 1, response("1", 1))}`;
  const child = `${event("b", 0, header("b", 2))}${event("b", 1, response("2", 3))}`;
  const window = (table: string) =>
    insert(table, { session_id: "a", session_key: "agent:main:a", created_at: minute(0), updated_at: 0 }) +
    insert(table, {
      ...{ session_id: "b", session_key: "agent:main:subagent:b", created_at: minute(2), updated_at: 0 },
      spawned_by: "agent:main:a",
    });
  const entry = (json: string) =>
    insert("session_entries", { session_key: "agent:main:a", session_id: "a", entry_json: json, updated_at: 0 });
  const withoutZstd = EVENTS.replace(/event_zstd BLOB,\s+navigation_json TEXT,/, "");
  const shapes: [name: string, sql: string, turns: Readonly<Record<string, number>>, title?: string][] = [
    ["of 2026.7", OLDEST + window("sessions") + entry('{"label":"Plan"}'), { a: 2 }, "Plan"],
    ["of 2026.7, an entry that is broken", OLDEST + window("sessions") + entry("{"), { a: 2 }],
    ["of 2026.8", NODES + WINDOWS + withoutZstd + WATERMARKS + window("session_windows"), { a: 2 }],
    [
      "without what compressed entries say beside them",
      NEWEST.replace("navigation_json TEXT,", "") + window("session_windows"),
      { a: 2 },
    ],
    ["without watermarks", NODES + WINDOWS + EVENTS + window("session_windows"), { a: 2 }],
    ["without nodes", WINDOWS + EVENTS + window("session_windows"), { a: 2 }],
    ["entries alone", EVENTS, { a: 1, b: 1 }],
    ["entries alone, none compressed", withoutZstd + WATERMARKS, { a: 1, b: 1 }],
  ];
  for (const [name, sql, turns, title] of shapes) {
    await t.step(name, () =>
      onStage(async (stage) => {
        run(stage, sql + rows + child);
        deepStrictEqual(await stage.agreed(name), turns);
        deepStrictEqual((await saidOf(stage, "a")).title, title);
      }));
  }
  await t.step("one that is not known is said to be", () =>
    onStage(async (stage) => {
      run(stage, "CREATE TABLE transcript_events (session_id TEXT, place INTEGER, event TEXT);");
      deepStrictEqual(await stage.agreed("unknown"), {});
      const { problems } = await stage.answers();
      deepStrictEqual(problems.length, 1);
      match(problems[0]!.message, /its tables are none of those that are known/);
    }));
});

Deno.test("entries are read along the index of session and place", () => {
  const database = new DatabaseSync(":memory:");
  database.exec(NEWEST);
  for (const sql of [listLayouts()[0].records, `${listLayouts()[0].records} LIMIT 1000 OFFSET 5`]) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all("a");
    deepStrictEqual(
      plan.filter(({ parent }) => parent === 0)[0]!.detail,
      "SEARCH e USING INDEX sqlite_autoindex_transcript_events_1 (session_id=?)",
    );
    deepStrictEqual(plan.filter(({ parent, detail }) => parent === 0 && /TEMP B-TREE/.test(String(detail))), []);
  }
  const listing = database.prepare(`EXPLAIN QUERY PLAN ${listLayouts()[0].logs}`).all().map(({ detail }) => detail);
  ok(
    listing.includes("SCAN transcript_events USING COVERING INDEX sqlite_autoindex_transcript_events_1"),
    listing.join("\n"),
  );
  database.close();
});

Deno.test("the same id in two agents' databases is two sessions", () =>
  onStage(async (stage) => {
    run(stage, NEWEST + session("test", 0, ["1"]));
    run(stage, NEWEST + session("test", 9, ["2", "3"]), "work");
    const { sessions } = await stage.answers();
    deepStrictEqual(sessions.map(({ sessionId, turns }) => `${sessionId} ${turns}`).sort(), ["test 1", "test 2"]);
  }));
