/**
 * What every form of store must hold: whatever happens to logs, an index that was kept says what a fresh one says, and none.
 * The agents are made for this (support/store_agents.ts); the databases are SQLite's own, written by this process and by
 * others.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeMachine } from "../src/host/environment.ts";
import { startThread } from "../src/host/thread.ts";
import { OpenIndex } from "../src/scan/index/tables/open_store.ts";
import { listDatabases } from "../src/scan/index/update/list_databases.ts";
import { LogWork, type LogWorkOptions } from "../src/scan/index/update/log_work.ts";
import type { WorkOrder, WorkReport } from "../src/scan/index/update/work_queue.ts";
import { discoverLogs } from "../src/scan/logs/discover.ts";
import { Prices } from "../src/scan/prices/prices.ts";
import { seededRandom } from "./support/random.ts";
import { agentEnvironment } from "./support/run_agent.ts";
import {
  atMinute,
  deleteSession,
  insertMessage,
  insertSession,
  messageData,
  STASH_TABLES,
  updateMessage,
  writeDatabase,
} from "./support/stash_database.ts";
import { DatabaseWriter } from "./support/database_writer.ts";
import { registerStoreAgents, scroll, stash } from "./support/store_agents.ts";
import { onStage } from "./support/store_stage.ts";

registerStoreAgents();

const message = (session: string, place: number, more: object = {}) => ({
  id: `${session}-${place}`,
  session,
  minute: place,
  output: 100 + place,
  ...more,
});

Deno.test("a database that grows row by row is always what a fresh scan finds", async (t) => {
  for (const journal of ["WAL", "DELETE"] as const) {
    await t.step(`${journal}, each time closed`, () =>
      onStage(async (stage) => {
        const write = (sql: string) => writeDatabase(stage.database, sql, journal);
        write(STASH_TABLES);
        deepStrictEqual(await stage.agreed("no session"), {});
        write(insertSession("a", 0));
        deepStrictEqual(await stage.agreed("a session"), { a: 0 });
        write(insertMessage(message("a", 1, { output: undefined })));
        deepStrictEqual(await stage.agreed("a request"), { a: 0 });
        write(updateMessage(message("a", 1)));
        deepStrictEqual(await stage.agreed("its answer, in the same row"), { a: 1 });
        write(insertSession("b", 2) + insertMessage(message("b", 3)) + insertMessage(message("a", 4)));
        deepStrictEqual(await stage.agreed("another session"), { a: 2, b: 1 });
        write(updateMessage(message("a", 4, { output: 999 })));
        deepStrictEqual(await stage.agreed("other counts"), { a: 2, b: 1 });
        // A fork: the same responses under other ids, before the session began.
        write(insertSession("c", 9) + insertMessage({ ...message("a", 1), id: "c-1", session: "c" }));
        deepStrictEqual(await stage.agreed("a fork"), { a: 2, b: 1, c: 0 });
        write(deleteSession("b"));
        deepStrictEqual(await stage.agreed("one is deleted"), { a: 2, b: 1, c: 0 });
        Deno.removeSync(stage.database);
        deepStrictEqual(await stage.agreed("no database"), {});
      }));
  }
});

Deno.test("rows that are in the -wal alone count, and what is not committed does not", () =>
  onStage(async (stage) => {
    await using writer = new DatabaseWriter(stage.database);
    await writer.run(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${STASH_TABLES}`);
    await writer.run(insertSession("a", 0) + insertMessage(message("a", 1)));
    const { size } = Deno.statSync(stage.database);
    deepStrictEqual(await stage.agreed("in the -wal"), { a: 1 });
    await writer.run(`BEGIN IMMEDIATE; ${insertMessage(message("a", 2))}`);
    deepStrictEqual(await stage.agreed("not committed"), { a: 1 });
    await writer.run("COMMIT");
    deepStrictEqual(await stage.agreed("committed"), { a: 2 });
    await writer.run(`BEGIN IMMEDIATE; ${deleteSession("a")} ROLLBACK`);
    deepStrictEqual(await stage.agreed("taken back"), { a: 2 });
    strictEqual(Deno.statSync(stage.database).size, size, "all of it was in the -wal");
    await writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
    deepStrictEqual(await stage.agreed("checkpointed"), { a: 2 });
    // The -wal is used again, and has the length that it had.
    for (let place = 3; place < 6; place++) {
      await writer.run(insertMessage(message("a", place)));
      deepStrictEqual(await stage.agreed(`row ${place}`), { a: place });
    }
    await writer.run(insertMessage(message("a", 6)));
    await writer.kill();
    deepStrictEqual(await stage.agreed("the client was killed"), { a: 6 });
  }));

Deno.test("nothing is left beside a database that nobody has open, and what is there stays as it was", () =>
  onStage(async (stage) => {
    const list = () => [...Deno.readDirSync(dirname(stage.database))].map(({ name }) => name).sort();
    const temporary = join(stage.root, "temporary");
    Deno.mkdirSync(temporary);
    writeDatabase(stage.database, STASH_TABLES + insertSession("a", 0) + insertMessage(message("a", 1)));
    deepStrictEqual(list(), ["stash.db"]);
    const bytes = Deno.readFileSync(stage.database);
    // In a process of its own: a variable of this one is that of all tests that run beside this.
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--cached-only", "--frozen"],
        fileURLToPath(new URL("./support/store_program.ts", import.meta.url)),
        ...["sessions", "--json", "--limit", "0"],
      ],
      clearEnv: true,
      env: { ...agentEnvironment({ home: stage.home, opperHome: join(stage.root, "kept") }), TMPDIR: temporary },
      stdin: "null",
    }).output();
    const { sessions } = JSON.parse(new TextDecoder().decode(stdout));
    deepStrictEqual([code, sessions.map(({ turns }: { turns: number }) => turns)], [0, [1]]);
    deepStrictEqual(list(), ["stash.db"]);
    deepStrictEqual(Deno.readFileSync(stage.database), bytes);
    deepStrictEqual([...Deno.readDirSync(temporary)], [], "no copy is left");
  }));

Deno.test("a database that did not change is not opened, and of one that did only what changed is read", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, STASH_TABLES + insertSession("a", 0) + insertMessage(message("a", 1)), "DELETE");
    await stage.answers();
    const first = await stage.look();
    const locked = new DatabaseSync(stage.database);
    locked.exec("BEGIN EXCLUSIVE");
    try {
      // Whoever opened it would find it locked, and say so.
      deepStrictEqual(await stage.look(), first);
    } finally {
      locked.close();
    }
    // The sequence of one says that it changed, that of the other that it did not.
    writeDatabase(
      stage.database,
      insertSession("b", 0) + insertMessage(message("b", 2)) + `DELETE FROM message WHERE session_id = 'a';`,
      "DELETE",
    );
    deepStrictEqual((await stage.look()).turns, { a: 1, b: 1 });
  }));

Deno.test("a database is read by what is in it: an older layout, and columns that are compressed", async (t) => {
  await t.step("without the table of sequences", () =>
    onStage(async (stage) => {
      const older = STASH_TABLES.replace(/CREATE TABLE event_sequence.*/, "");
      const strip = (sql: string) => sql.replaceAll(/INSERT INTO event_sequence[^;]*;/g, "");
      writeDatabase(stage.database, older + strip(insertSession("a", 0) + insertMessage(message("a", 1))));
      deepStrictEqual(await stage.agreed("older"), { a: 1 });
      writeDatabase(stage.database, strip(updateMessage(message("a", 1, { output: 7 }))));
      deepStrictEqual(await stage.agreed("changed in place"), { a: 1 });
      writeDatabase(
        stage.database,
        "CREATE TABLE event_sequence (aggregate_id TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
      );
      deepStrictEqual(await stage.agreed("brought up to date by its client"), { a: 1 });
    }));
  await t.step("compressed columns, and one that is broken", () =>
    onStage(async (stage) => {
      const { zstdCompressSync } = await import("node:zlib");
      const database = new DatabaseSync(stage.database);
      database.exec(
        `CREATE TABLE session (id TEXT PRIMARY KEY, directory TEXT, title TEXT, time_created INTEGER);
         CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, packed BLOB); ${insertSession("a", 0)}`,
      );
      const insert = database.prepare("INSERT INTO message VALUES (?, 'a', ?, ?)");
      for (let place = 1; place < 4; place++) {
        insert.run(`${place}`, place, zstdCompressSync(messageData(message("a", place))));
      }
      insert.run("4", 4, new Uint8Array([1, 2, 3]));
      insert.run("5", 5, null);
      database.close();
      deepStrictEqual(await stage.agreed("compressed"), { a: 3 });
      deepStrictEqual((await stage.answers()).problems.map(({ message }) => message), [
        'Row 5: "data" is not JSON, and is left out.',
      ]);
    }));
});

Deno.test("whatever happens to a database, the index says what a fresh scan says", async (t) => {
  for (const seed of [1, 2]) {
    await t.step(`seed ${seed}`, () =>
      onStage(async (stage) => {
        const random = seededRandom(seed);
        const below = (most: number) => Math.floor(random() * most);
        await using writer = new DatabaseWriter(stage.database);
        await writer.run(`PRAGMA journal_mode = WAL; ${STASH_TABLES}`);
        for (let id = 0; id < 4; id++) await writer.run(insertSession(`s${id}`, 10 * id));
        const happened: string[] = [];
        for (let step = 0; step < 12; step++) {
          for (let count = 1 + below(4); count > 0; count--) {
            const owner = below(5);
            const session = `s${owner}`;
            // No two sessions have a response in common.
            const place = 100 * owner + below(40);
            const [what, sql] = [
              ["insert", insertMessage(message(session, place, { id: `${session}-${step}-${count}` }))],
              ["update", updateMessage(message(session, place + 50, { id: `${session}-${below(step + 1)}-1` }))],
              ["delete", deleteSession(session)],
              ["session", `INSERT OR IGNORE INTO session VALUES ('${session}', '/srv', 'x', ${atMinute(place)});`],
              ["rename", `UPDATE session SET title = 'title ${step}' WHERE id = '${session}'`],
              ["checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)"],
              ["vacuum", "VACUUM"],
            ][below(7)] as [string, string];
            await writer.run(sql);
            happened.push(`${step}: ${what} ${session}`);
          }
          await stage.agreed(happened.join("\n"));
        }
      }));
  }
});

const turn = (place: number) => ({
  id: `turn-${place}`,
  timestamp: new Date(atMinute(place)).toISOString(),
  type: "gemini",
  content: `said at ${place}`,
  model: "gemini-2.5-pro",
  tokens: { input: 1000 + place, output: 10, cached: 0 },
});

const conversation = (turns: number, sessionId = "conversation") => ({
  sessionId,
  startTime: new Date(atMinute(0)).toISOString(),
  messages: [{ id: "u", type: "user" }, ...Array.from({ length: turns }, (_, place) => turn(place + 1))],
});

Deno.test("a document that grows turn by turn is always what a fresh scan finds", () =>
  onStage(async (stage) => {
    const path = "project/chats/session-1.json";
    for (let turns = 0; turns < 12; turns++) {
      stage.write(path, conversation(turns));
      deepStrictEqual(await stage.agreed(`${turns} turns`), { conversation: turns });
    }
    stage.write(path, conversation(2));
    deepStrictEqual(await stage.agreed("compacted"), { conversation: 2 });
    stage.write("project/chats/session-2.json", { ...conversation(4, "resumed"), startTime: turn(20).timestamp });
    deepStrictEqual(await stage.agreed("the same turns in another one"), { conversation: 2, resumed: 2 });
    Deno.removeSync(join(stage.home, ".scroll", path));
    deepStrictEqual(await stage.agreed("deleted"), { resumed: 4 });
  }));

Deno.test("a directory of documents is one log", () =>
  onStage(async (stage) => {
    const put = (place: number, session = "many") =>
      stage.write(`storage/${session}/msg_${place}.json`, {
        kind: "message",
        id: `${session}-${place}`,
        data: JSON.parse(messageData(message(session, place))),
      });
    stage.write("storage/many/a_session.json", { kind: "session", id: "many", cwd: "/srv/many", created: atMinute(0) });
    deepStrictEqual(await stage.agreed("no message"), { many: 0 });
    for (let place = 1; place < 8; place++) {
      put(place);
      deepStrictEqual(await stage.agreed(`${place} messages`), { many: place });
    }
    put(3);
    deepStrictEqual(await stage.agreed("one written again"), { many: 7 });
    Deno.removeSync(join(stage.home, ".scroll", "storage/many/msg_5.json"));
    deepStrictEqual(await stage.agreed("one deleted"), { many: 6 });
    const { sessions: [session] } = await stage.answers();
    deepStrictEqual([session!.file, session!.files], ["~/.scroll/storage/many", ["~/.scroll/storage/many"]]);
  }));

Deno.test("what lies beside a log counts to it", async (t) => {
  const line = (record: object) => `${JSON.stringify(record)}\n`;
  const rows: readonly [form: string, path: string, content: unknown][] = [
    ["documents", "project/chats/session-1.json", conversation(1)],
    [
      "lines",
      "project/chats/session-1.jsonl",
      line({ kind: "session", id: "conversation" }) +
      line({ kind: "message", data: JSON.parse(messageData(message("a", 1))) }),
    ],
  ];
  for (const [form, path, content] of rows) {
    await t.step(form, () =>
      onStage(async (stage) => {
        const cwd = async () => (await stage.answers()).sessions[0]!.cwd;
        stage.write(path, content);
        deepStrictEqual(await stage.agreed("nothing beside"), { conversation: 1 });
        strictEqual(await cwd(), undefined);
        for (const said of ["/srv/here", "/srv/there"]) {
          stage.write("project/.project_root", said);
          deepStrictEqual(await stage.agreed(said), { conversation: 1 });
          strictEqual(await cwd(), said);
        }
        stage.write("project/.project_root", "/srv/".padEnd(300_000, "x"));
        await stage.agreed("too long");
        strictEqual(await cwd(), undefined);
        Deno.removeSync(join(stage.home, ".scroll/project/.project_root"));
        await stage.agreed("gone");
        strictEqual(await cwd(), undefined);
      }));
  }
});

Deno.test("a store of one form has files of another beside it", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, STASH_TABLES + insertSession("a", 0) + insertMessage(message("a", 1)));
    stage.write("project/chats/session-1.json", conversation(2));
    stage.write("storage/many/a.json", { kind: "session", id: "many" });
    deepStrictEqual(await stage.agreed("all of them"), { a: 1, conversation: 2, many: 0 });
    const { sessions } = await stage.answers();
    ok(sessions.some(({ file }) => file === "~/.local/share/stash/stash.db#a"));
  }));

Deno.test("two threads read what one does, each of them by itself", async (t) => {
  for (const how of ["open", "closed"]) {
    await t.step(`a database that is ${how}`, () =>
      onStage(async (stage) => {
        await using writer = new DatabaseWriter(stage.database);
        await writer.run(`PRAGMA journal_mode = WAL; ${STASH_TABLES}`);
        for (let id = 0; id < 20; id++) {
          const session = `s${id}`;
          const messages = Array.from({ length: id }, (_, place) => insertMessage(message(session, 100 * id + place)));
          await writer.run(insertSession(session, id) + messages.join(""));
          stage.write(`project/chats/session-${id}.json`, conversation(id, `c${id}`));
        }
        if (how === "closed") await writer[Symbol.asyncDispose]();
        const index = OpenIndex.inMemory();
        const found = discoverLogs([stash, scroll], makeMachine({ home: stage.home }), []);
        const { discovery } = listDatabases(index.store, found, Date.now());
        index.close();
        deepStrictEqual(discovery.problems, []);
        const tasks = discovery.files.map(({ source, file }) => ({ source: source.id, file }));
        strictEqual(tasks.length, 40);
        let there = 0;
        const { promise: firstReport, resolve: noteReport } = Promise.withResolvers<void>();
        const fold = async (options: Partial<LogWorkOptions>) => {
          const work = new LogWork({
            prices: new Prices("", undefined),
            threadBytes: 0,
            onStep: () => Promise.resolve(),
            ...options,
          });
          try {
            const outcomes = await Array.fromAsync(work.run("fold", tasks));
            return outcomes.map(({ isKept: _, ...outcome }) => outcome).sort((a, b) => a.index - b.index);
          } finally {
            work.end();
          }
        };
        const together = await fold({
          onStep: () => firstReport,
          startThread() {
            const thread = startThread<WorkReport, WorkOrder>(
              new URL("./support/store_program.ts", import.meta.url).href,
            );
            return {
              ...thread,
              onMessage: (listener) =>
                thread.onMessage((report) => {
                  there += report.outcomes.length;
                  noteReport();
                  listener(report);
                }),
            };
          },
        });
        deepStrictEqual(together, await fold({}));
        ok(there > 0 && there < tasks.length, `${there} of ${tasks.length} logs were read by the second thread`);
      }));
  }
});
