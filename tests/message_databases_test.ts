/**
 * Databases of OpenCode's shape as the whole program reads them: of each generation, and of two of them in one file, as they
 * are written to, and beside the documents of before.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { makeLayouts } from "../src/agents/formats/opencode_messages/layouts.ts";
import { makeMachine } from "../src/host/environment.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";
import { readAnswers } from "./support/scan_answers.ts";

const [SESSION_COLUMNS, MESSAGE_COLUMNS] = [
  "id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, slug TEXT, directory TEXT NOT NULL, title TEXT, " +
  "version TEXT, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL",
  "time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL",
];
/** Of 1.2.27. */
const OLDER = `
CREATE TABLE session (${SESSION_COLUMNS});
CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, ${MESSAGE_COLUMNS});
CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL, ${MESSAGE_COLUMNS});
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE INDEX part_session_idx ON part (session_id);
`;
const ROWS = `CREATE TABLE session_message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, type TEXT NOT NULL,
  seq INTEGER, ${MESSAGE_COLUMNS});`;
/** As public documents have it. */
const NEWER = `CREATE TABLE session_v2 (${SESSION_COLUMNS}, fork_session_id TEXT, fork_boundary TEXT); ${ROWS}`;
const EVENTS = "CREATE TABLE event_sequence (aggregate_id TEXT PRIMARY KEY, seq INTEGER NOT NULL);";

const START = Date.parse("2026-11-20T10:00:00Z");
const at = (minute: number) => START + 60_000 * minute;

/** A database that somebody has open. */
class Client {
  readonly #database: DatabaseSync;

  constructor(readonly path: string, tables: string) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    this.#database = new DatabaseSync(path);
    this.#database.exec(`PRAGMA journal_mode = WAL; ${tables}`);
  }

  run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values);
  }

  session(id: string, minute: number, parent: string | null = null, table = "session"): void {
    this.run(
      `INSERT INTO ${table} (id, parent_id, directory, title, time_created, time_updated) VALUES (?, ?, '/srv', ?, ?, ?)`,
      ...[id, parent, `Title of ${id}`, at(minute), at(minute)],
    );
  }

  message(session: string, id: string, minute: number, data: object): void {
    this.run("INSERT INTO message VALUES (?, ?, ?, ?, ?)", id, session, at(minute), at(minute), JSON.stringify(data));
  }

  row(session: string, id: string, minute: number, data: object, type = "assistant"): void {
    const values = [id, session, type, minute, at(minute), at(minute), JSON.stringify(data)];
    this.run("INSERT INTO session_message VALUES (?, ?, ?, ?, ?, ?, ?)", ...values);
  }

  step(session: string, message: string, id: string, minute: number, input: number, cost: number): void {
    const data = { type: "step-finish", reason: "stop", tokens: tokensOf(input), cost };
    const values = [id, message, session, at(minute), at(minute), JSON.stringify(data)];
    this.run("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", ...values);
  }

  close(): void {
    this.#database.close();
  }
}

const tokensOf = (input: number) => ({ input, output: 1, reasoning: 0, cache: { read: 0, write: 0 } });

/** An answer with so much input, which stands for it. */
const answer = (minute: number, input: number, cost = 0.5) => ({
  role: "assistant",
  mode: "build",
  providerID: "acme",
  modelID: "acme-1",
  cost,
  tokens: tokensOf(input),
  time: { created: at(minute), completed: at(minute) + 1000 },
});

const rowOf = (minute: number, input: number) => ({
  model: { id: "acme-1", providerID: "acme" },
  cost: 0,
  tokens: tokensOf(input),
  time: { created: at(minute), completed: at(minute) + 1000 },
});

/** What is known of a session: the input of its turns, in their order. */
interface Known {
  readonly inputs: readonly number[];
  readonly subagents: number;
  readonly title: string | undefined;
  readonly usd: number;
  readonly parent: string | undefined;
}

interface Look {
  readonly sessions: Readonly<Record<string, Known>>;
  readonly problems: readonly string[];
}

async function look(home: string, env: Readonly<Record<string, string>> = {}, useIndex = false): Promise<Look> {
  const scan = await openIndex({
    machine: makeMachine({ home, env }),
    stateDirectory: join(home, "kept", "agent"),
    useIndex,
    now: () => Date.now() + 60_000,
  });
  try {
    const now = { now: Date.parse(FIXTURE_NOW), isPast: false };
    const sessions: Record<string, Known> = {};
    for (const session of await scan.sessions(now)) {
      const { id, sessionId, title, cost, subagents, parentSessionId } = session;
      // Of one that was deleted the sum is left.
      const inputs = (await scan.explainedTurns(id, now))?.map(({ usage }) => usage.input) ?? [session.usage.input];
      sessions[sessionId] = { inputs, subagents, title, usd: cost.usd, parent: parentSessionId };
    }
    return { sessions, problems: (await scan.readProblems()).map(({ path, message }) => `${path}: ${message}`) };
  } finally {
    scan.close();
  }
}

/** With the directory of OpenCode's data in a home. */
function atHome(test: (home: string, data: string) => Promise<void>): Promise<void> {
  return withTemporaryDirectory((home) => test(home, join(home, ".local", "share", "opencode")));
}

const inputsOf = ({ sessions }: Look) =>
  Object.fromEntries(Object.entries(sessions).map(([id, { inputs }]) => [id, inputs]));

Deno.test("what is in a database decides, and no version", async (t) => {
  const rows: [name: string, tables: string, write: (client: Client) => void, expected: Record<string, number[]>][] = [
    ["1.2", OLDER, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
    }, { a: [10] }],
    ["events", OLDER + EVENTS, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
    }, { a: [10] }],
    ["two engines", OLDER + ROWS + EVENTS, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
      client.session("b", 0);
      client.row("b", "m2", 1, rowOf(1, 20));
      client.row("b", "m3", 2, rowOf(2, 21));
      client.row("b", "m4", 3, { time: { created: at(3) }, text: "hi" }, "user");
    }, { a: [10], b: [20, 21] }],
    ["two engines in one session", OLDER + ROWS, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
      client.row("a", "m2", 2, rowOf(2, 20));
    }, { a: [10, 20] }],
    ["the next generation alone", NEWER, (client) => {
      client.session("a", 0, null, "session_v2");
      client.row("a", "m1", 1, rowOf(1, 10));
    }, { a: [10] }],
    ["the next generation beside what it took over, and what it did not", OLDER + NEWER + EVENTS, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
      client.session("a", 0, null, "session_v2");
      // The same message, with a time of its own.
      client.row("a", "m1", 1, rowOf(2, 10));
      client.row("a", "m2", 3, rowOf(3, 11));
      client.session("left", 0);
      client.message("left", "m9", 1, answer(1, 90));
    }, { a: [10, 11], left: [90] }],
    ["a compaction that was taken over without its tokens", OLDER + NEWER, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, { ...answer(1, 10), mode: "compaction", summary: true });
      client.session("a", 0, null, "session_v2");
      client.row("a", "m1", 1, { time: { created: at(1) }, summary: "x" }, "compaction");
      client.row("a", "m2", 2, rowOf(2, 11));
    }, { a: [10, 11] }],
    [
      "tables that others added",
      `${OLDER} CREATE TABLE kilo_board (id TEXT); ALTER TABLE session ADD cost REAL`,
      (client) => {
        client.session("a", 0);
        client.message("a", "m1", 1, answer(1, 10));
      },
      { a: [10] },
    ],
    ["rows that are broken", OLDER, (client) => {
      client.session("a", 0);
      client.message("a", "m1", 1, answer(1, 10));
      client.run("INSERT INTO message VALUES ('m2', 'a', 0, 0, '{\"role\":')");
      client.run("INSERT INTO message VALUES ('m3', 'a', 'x', 'y', 'null')");
      client.run("INSERT INTO part VALUES ('p1', 'm1', 'a', 0, 0, ?)", `{"type":"step-finish",${" ".repeat(80)}`);
      client.run("INSERT INTO part VALUES ('p2', 'm1', 'a', 0, 0, ?)", `"step-finish"${" ".repeat(80)}`);
    }, { a: [10] }],
    ["a prompt with the files that it changed", OLDER, (client) => {
      client.session("a", 0);
      client.message("a", "m0", 0, {
        role: "user",
        time: { created: at(0) },
        summary: { diffs: ["x".repeat(100_000)] },
      });
      client.message("a", "m1", 1, { ...answer(1, 10), error: { data: "x".repeat(100_000) } });
    }, { a: [10] }],
  ];
  for (const [name, tables, write, expected] of rows) {
    await t.step(name, () =>
      atHome(async (home, data) => {
        const client = new Client(join(data, "opencode.db"), tables);
        write(client);
        const found = await look(home);
        client.close();
        deepStrictEqual(inputsOf(found), expected);
        if (name !== "rows that are broken") deepStrictEqual(found.problems, []);
      }));
  }
});

Deno.test("two engines that take turns in one session are read in the order of what was said", () =>
  atHome((_home, data) => {
    const client = new Client(join(data, "opencode.db"), OLDER + ROWS + EVENTS);
    client.session("a", 0);
    const said = (minute: number) => ({ text: `said ${minute}`, time: { created: at(minute) } });
    const spoken = (message: string, minute: number) => {
      client.message("a", message, minute, minute % 2 === 0 ? { role: "user", ...said(minute) } : answer(minute, 10));
      const part = JSON.stringify({ type: "text", text: `said ${minute}` });
      client.run("INSERT INTO part VALUES (?, ?, 'a', 0, 0, ?)", `p${message}`, message, part);
    };
    client.row("a", "m1", 0, said(0), "user");
    client.row("a", "m2", 1, { ...rowOf(1, 10), content: [{ type: "text", text: "said 1" }] });
    spoken("m3", 2);
    spoken("m4", 3);
    client.row("a", "m5", 4, said(4), "user");
    spoken("m7", 5);
    // In one millisecond their ids tell.
    client.row("a", "m6", 5, said(5), "user");
    client.close();
    const database = new DatabaseSync(client.path, { readOnly: true });
    const ask = (sql: string) => database.prepare(sql).all("a") as { readonly [name: string]: unknown }[];
    const [layout] = makeLayouts().filter(({ needs }) => !("session_v2" in needs));
    const records = ask(layout!.records).map(({ kind, type, at: time }) => [kind, type, time]);
    const texts = ask(layout!.texts!).map(({ role, content }) => [role, JSON.parse(String(content))[0].text]);
    database.close();
    deepStrictEqual(records, [
      ["session", null, null],
      ["row", "user", at(0)],
      ["row", "assistant", at(1)],
      ["message", null, at(2)],
      ["message", null, at(3)],
      ["row", "user", at(4)],
      ["row", "user", at(5)],
      ["message", null, at(5)],
    ]);
    deepStrictEqual(texts, [
      ["user", "said 0"],
      ["assistant", "said 1"],
      ["user", "said 2"],
      ["assistant", "said 3"],
      ["user", "said 4"],
      ["user", "said 5"],
      ["assistant", "said 5"],
    ]);
    return Promise.resolve();
  }));

Deno.test("several steps in one message are several turns", () =>
  atHome(async (home, data) => {
    const client = new Client(join(data, "opencode.db"), OLDER);
    client.session("a", 0);
    client.message("a", "m1", 1, answer(1, 30, 0.6));
    client.step("a", "m1", "p1", 1, 10, 0.1);
    client.step("a", "m1", "p2", 1, 20, 0.2);
    client.step("a", "m1", "p3", 1, 30, 0.3);
    client.message("a", "m2", 2, answer(2, 40, 0.4));
    client.step("a", "m2", "p4", 2, 40, 0.4);
    // Its copy, in a fork.
    client.session("b", 9);
    client.message("b", "m3", 1, answer(1, 30, 0));
    client.step("b", "m3", "p5", 9, 10, 0);
    client.step("b", "m3", "p6", 9, 20, 0);
    client.step("b", "m3", "p7", 9, 30, 0);
    const { sessions, problems } = await look(home);
    client.close();
    deepStrictEqual(problems, []);
    deepStrictEqual([...sessions.a!.inputs].sort(), [10, 20, 30, 40]);
    ok(Math.abs(sessions.a!.usd - 1) < 1e-9);
    deepStrictEqual(sessions.b!.inputs, []);
  }));

Deno.test("a fork counts no copies of an original that was deleted, unless nothing is known of that", () =>
  atHome(async (home, data) => {
    const client = new Client(join(data, "opencode.db"), OLDER);
    client.session("a", 0);
    client.message("a", "m1", 1, answer(1, 10));
    client.session("b", 5);
    client.message("b", "m2", 1, answer(1, 10, 0));
    client.message("b", "m3", 6, answer(6, 20));
    deepStrictEqual(inputsOf(await look(home, {}, true)), { a: [10], b: [20] });
    client.run("DELETE FROM message WHERE session_id = 'a'");
    client.run("DELETE FROM session WHERE id = 'a'");
    deepStrictEqual(inputsOf(await look(home, {}, true)), { a: [10], b: [20] });
    client.message("b", "m4", 7, answer(7, 30));
    deepStrictEqual(inputsOf(await look(home, {}, true)), { a: [10], b: [20, 30] });
    deepStrictEqual(inputsOf(await look(home)), { b: [10, 20, 30] });
    client.close();
  }));

Deno.test("sub-agents are in the session that is above all of them", () =>
  atHome(async (home, data) => {
    const client = new Client(join(data, "opencode.db"), OLDER);
    client.session("a", 0);
    client.session("b", 1, "a");
    client.session("c", 2, "b");
    ["a", "b", "c"].forEach((id, place) => client.message(id, `m${id}`, 3 + place, answer(3 + place, 10 + place)));
    // Its parent is gone.
    client.session("d", 1, "gone");
    client.message("d", "md", 7, answer(7, 70));
    // Each is the other's parent.
    client.session("e", 1, "f");
    client.session("f", 1, "e");
    const { sessions } = await look(home);
    client.close();
    deepStrictEqual([[...sessions.a!.inputs].sort(), sessions.a!.subagents], [[10, 11, 12], 2]);
    deepStrictEqual(sessions.gone?.inputs, [70]);
  }));

Deno.test("a fork of the next generation names what it is of", () =>
  atHome(async (home, data) => {
    const client = new Client(join(data, "opencode-beta.db"), NEWER);
    client.session("a", 0, null, "session_v2");
    client.row("a", "m1", 1, rowOf(1, 10));
    client.session("b", 5, null, "session_v2");
    client.run("UPDATE session_v2 SET fork_session_id = 'a' WHERE id = 'b'");
    client.row("b", "m2", 1, rowOf(1, 10));
    client.row("b", "m3", 6, rowOf(6, 20));
    const found = await look(home);
    client.close();
    deepStrictEqual([inputsOf(found), found.sessions.b!.parent], [{ a: [10], b: [20] }, "a"]);
  }));

Deno.test("whatever is written to a session is seen", async (t) => {
  const rows: [name: string, write: (client: Client) => void][] = [
    ["a message before its request is sent", (client) => client.message("a", "m2", 2, answer(2, 0))],
    ["its tokens", (client) => {
      client.run("UPDATE message SET data = ?, time_updated = ? WHERE id = 'm1'", JSON.stringify(answer(1, 11)), at(2));
    }],
    ["another message", (client) => client.message("a", "m3", 3, answer(3, 30))],
    ["steps of a message", (client) => {
      client.step("a", "m3", "p1", 3, 29, 0.1);
      client.step("a", "m3", "p2", 3, 30, 0.1);
    }],
    ["a title", (client) => client.run("UPDATE session SET title = 'Another' WHERE id = 'a'")],
    ["a row of the second engine", (client) => client.row("a", "r1", 4, rowOf(4, 40))],
    ["a row that is written again", (client) => {
      client.run("UPDATE session_message SET data = ?, time_updated = ?", JSON.stringify(rowOf(4, 41)), at(5));
    }],
    ["a message that is removed", (client) => client.run("DELETE FROM message WHERE id = 'm3'")],
    ["a row that is removed", (client) => client.run("DELETE FROM session_message")],
    ["a directory", (client) => client.run("UPDATE session SET directory = '/srv/elsewhere' WHERE id = 'a'")],
  ];
  for (const [kind, tables] of [["with events", OLDER + ROWS + EVENTS], ["without", OLDER + ROWS]] as const) {
    await t.step(kind, (t) =>
      atHome(async (home, data) => {
        const client = new Client(join(data, "opencode.db"), tables);
        client.session("a", 0);
        client.session("b", 0);
        client.message("a", "m1", 1, answer(1, 10));
        let before = "";
        for (const [name, write] of rows) {
          await t.step(name, async () => {
            write(client);
            const options = { now: () => Date.now() + 60_000 };
            const kept = await readAnswers(home, join(home, "kept"), options);
            deepStrictEqual(kept, await readAnswers(home, join(home, "none"), { ...options, useIndex: false }));
            const now = JSON.stringify(kept);
            if (name !== rows[0]![0]) ok(now !== before);
            before = now;
          });
        }
        client.close();
      }));
  }
});

Deno.test("documents of before count once, in the database or without one", () =>
  atHome(async (home, data) => {
    const write = (path: string, document: object) => {
      Deno.mkdirSync(dirname(join(data, path)), { recursive: true });
      Deno.writeTextFileSync(join(data, path), JSON.stringify(document, undefined, 2));
    };
    const session = (id: string, minute: number) => ({
      id,
      directory: "/srv",
      title: "Old",
      time: { created: at(minute) },
    });
    write("storage/session/p/a.json", session("a", 0));
    write("storage/message/a/m1.json", { id: "m1", sessionID: "a", ...answer(1, 10) });
    write("storage/message/a/m2.json", { id: "m2", sessionID: "a", ...answer(2, 11) });
    write("storage/part/m1/p1.json", { type: "step-finish", tokens: tokensOf(10) });
    // A fork, by its session's beginning: its document comes last by its path.
    write("storage/session/p/z.json", session("z", 5));
    write("storage/message/z/m3.json", { id: "m3", sessionID: "z", ...answer(1, 10, 0) });
    write("storage/message/z/m4.json", { id: "m4", sessionID: "z", ...answer(6, 20) });
    deepStrictEqual(inputsOf(await look(home, {}, true)), { a: [10, 11], z: [20] });
    const client = new Client(join(data, "opencode.db"), OLDER);
    client.session("a", 0);
    client.message("a", "m1", 1, answer(1, 10));
    client.message("a", "m2", 2, answer(2, 11));
    client.message("a", "m5", 7, answer(7, 12));
    const { sessions, problems } = await look(home, {}, true);
    deepStrictEqual([sessions.a!.inputs, sessions.z!.inputs, problems], [[10, 11, 12], [20], []]);
    strictEqual(sessions.a!.title, "Title of a");
    client.close();
  }));

Deno.test("a database that a variable names is read, whatever its name is", () =>
  atHome(async (home, data) => {
    const client = new Client(join(home, "elsewhere", "any.sqlite"), OLDER);
    client.session("a", 0);
    client.message("a", "m1", 1, answer(1, 10));
    const usual = new Client(join(data, "opencode.db"), OLDER);
    usual.session("b", 0);
    usual.message("b", "m2", 1, answer(2, 20));
    deepStrictEqual(inputsOf(await look(home)), { b: [20] });
    deepStrictEqual(inputsOf(await look(home, { OPENCODE_DB: client.path })), { a: [10], b: [20] });
    // Once, by whichever name.
    deepStrictEqual(inputsOf(await look(home, { OPENCODE_DB: "opencode.db" })), { b: [20] });
    deepStrictEqual(inputsOf(await look(home, { XDG_DATA_HOME: join(home, "none") })), {});
    client.close();
    usual.close();
  }));

Deno.test("a database of another kind is said to be one", () =>
  atHome(async (home, data) => {
    new Client(join(data, "opencode.db"), "CREATE TABLE session (id TEXT)").close();
    const { sessions, problems } = await look(home);
    deepStrictEqual([sessions, problems.length], [{}, 1]);
    match(problems[0]!, /its tables are none of those that are known/);
  }));
