/**
 * What is wrong with logs in documents and databases: it is said with place and reason, by a scan and by doctor, and what was
 * known counts until it can be read again.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { agentEnvironment } from "./support/run_agent.ts";
import { atMinute, insertMessage, insertSession, STASH_TABLES, writeDatabase } from "./support/stash_database.ts";
import { DatabaseWriter } from "./support/database_writer.ts";
import { MOST_DOCUMENT_BYTES, registerStoreAgents } from "./support/store_agents.ts";
import { onStage, type Stage } from "./support/store_stage.ts";

registerStoreAgents();

const message = (place: number) => ({ id: `m${place}`, session: "a", minute: place, output: place });
const SMALL = STASH_TABLES + insertSession("a", 0) + insertMessage(message(1)) + insertMessage(message(2));
/** Of many pages. */
const LARGE = SMALL + Array.from({ length: 400 }, (_, place) => insertMessage(message(place + 3))).join("");
const DATABASE = "~/.local/share/stash/stash.db";

/** What keeps a database from being read, and what ends it. */
interface Fault {
  readonly journal?: "WAL" | "DELETE";
  readonly sql?: string;
  readonly reason: RegExp;
  /** @returns what ends it, when writing the database anew does not */
  readonly happen: (path: string) => void | (() => void);
}

const DATABASE_FAULTS: Readonly<Record<string, Fault>> = {
  "locked by another program": {
    journal: "DELETE",
    reason: /another program has locked it \(SQLite's error 5\)/,
    happen(path) {
      const client = new DatabaseSync(path);
      client.exec(`${insertMessage(message(9))} BEGIN EXCLUSIVE; ${insertMessage(message(10))}`);
      return () => {
        client.exec("COMMIT");
        client.close();
      };
    },
  },
  "cut off": { sql: LARGE, reason: /damaged or cut off/, happen: (path) => Deno.truncateSync(path, 20_000) },
  "empty": { reason: /its tables are none of those that are known/, happen: (path) => Deno.truncateSync(path, 0) },
  "no database": {
    reason: /no SQLite database, or an encrypted one/,
    happen: (path) => Deno.writeTextFileSync(path, "Not a database. ".repeat(1000)),
  },
  "zeros": {
    reason: /none of those|no SQLite|damaged/,
    happen: (path) => Deno.writeFileSync(path, new Uint8Array(8192)),
  },
  "a layout that nobody knows": {
    reason: /its tables are none of those that are known/,
    happen: (path) => writeDatabase(path, "ALTER TABLE message RENAME COLUMN data TO payload"),
  },
  "a table that is missing": {
    reason: /its tables are none of those that are known/,
    happen: (path) => writeDatabase(path, "DROP TABLE message"),
  },
  "something else beside it": {
    reason: /-wal" is no regular file/,
    happen(path) {
      writeDatabase(path, insertMessage(message(9)));
      Deno.mkdirSync(`${path}-wal`);
      return () => Deno.removeSync(`${path}-wal`);
    },
  },
};

Deno.test("a database that cannot be read is said to be so, and what was known of it counts", async (t) => {
  for (const [name, { journal = "WAL", sql = SMALL, reason, happen }] of Object.entries(DATABASE_FAULTS)) {
    await t.step(name, () =>
      onStage(async (stage) => {
        writeDatabase(stage.database, sql, journal);
        await stage.answers();
        const { turns } = await stage.look();
        ok(turns.a! >= 2);
        const end = happen(stage.database);
        try {
          for (const isChecked of [false, true, false]) {
            const { turns: kept, problems } = await stage.look({ isChecked });
            deepStrictEqual(kept, turns);
            const said = problems.filter((problem) => problem.startsWith(`${DATABASE}: Cannot be read: `));
            strictEqual(said.length, 1, problems.join("\n"));
            match(said[0]!, reason);
          }
          deepStrictEqual((await stage.look({ useIndex: false })).turns, {}, "a fresh scan finds nothing");
        } finally {
          end?.();
        }
        if (end === undefined) {
          Deno.removeSync(stage.database);
          writeDatabase(stage.database, STASH_TABLES + insertSession("b", 0));
          deepStrictEqual(await stage.agreed("replaced"), { a: turns.a, b: 0 });
        } else await stage.agreed("ended");
        deepStrictEqual((await stage.look({ isChecked: true })).problems, []);
      }));
  }
});

Deno.test("a log that cannot be read in a database that can be listed counts as it was", () =>
  onStage(async (stage) => {
    const others = insertSession("b", 0) + insertMessage({ ...message(1), id: "b1", session: "b", input: 7 });
    writeDatabase(stage.database, LARGE + others);
    deepStrictEqual(await stage.agreed("known"), { a: 402, b: 1 });
    writeDatabase(
      stage.database,
      insertMessage(message(500)) + insertMessage({ ...message(2), id: "b2", session: "b", input: 7 }),
    );
    const bytes = Deno.readFileSync(stage.database);
    // A page of responses that are read by nothing that lists logs.
    const page = Math.floor(indexOfText(bytes, '"content":"said at 200"') / 4096) * 4096;
    Deno.writeFileSync(stage.database, bytes.fill(0xff, page, page + 100));
    for (const isChecked of [false, true, false]) {
      const { turns, problems } = await stage.look({ isChecked });
      deepStrictEqual(turns, { a: 402, b: 2 });
      ok(
        problems.some((said) =>
          /^~.*\.db(#a)?: Cannot be read: it is damaged.*still counts( \(1 session\))?\.$/.test(said)
        ),
        problems.join("\n"),
      );
      // Once all of it is looked at, the database itself is named.
      ok(!isChecked || problems.some((said) => /^~.*\.db: (SQLite finds it damaged|Cannot be read): /.test(said)));
    }
    Deno.removeSync(stage.database);
    writeDatabase(stage.database, LARGE + others);
    deepStrictEqual(await stage.agreed("repaired"), { a: 402, b: 1 });
  }));

function indexOfText(bytes: Uint8Array, text: string): number {
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  ok(at > 0, text);
  return at;
}

Deno.test("a value of another type is said, and the rest counts", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, SMALL);
    writeDatabase(
      stage.database,
      `UPDATE message SET data = 5 WHERE id = 'm1'; UPDATE message SET data = 'x' WHERE id = 'm2';`,
    );
    writeDatabase(stage.database, insertMessage(message(3)) + `UPDATE session SET time_created = 9223372036854775807;`);
    deepStrictEqual(await stage.agreed("odd values"), { a: 1 });
    deepStrictEqual((await stage.look()).problems, [`${DATABASE}#a: Row 3: "data" is not JSON, and is left out.`]);
  }));

Deno.test("what a killed client left is rolled back in a copy, and the database stays as it was", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, SMALL, "DELETE");
    const [known, hot] = [Deno.readFileSync(stage.database), `${stage.database}-journal`];
    {
      await using writer = new DatabaseWriter(stage.database);
      // So little memory that pages are written before the end.
      await writer.run(`PRAGMA cache_size = 1; BEGIN; ${LARGE.slice(SMALL.length)}`);
      ok(Deno.statSync(hot).size > 0);
      await writer.kill();
    }
    const left = Deno.readFileSync(stage.database);
    ok(left.length > known.length, "pages of the transaction are in the database");
    const journal = Deno.readFileSync(hot);
    deepStrictEqual(await stage.agreed("in recovery"), { a: 2 });
    deepStrictEqual([Deno.readFileSync(stage.database), Deno.readFileSync(hot)], [left, journal]);
  }));

Deno.test("a database that was copied with its -wal alone is read", () =>
  onStage(async (stage) => {
    const elsewhere = join(stage.root, "elsewhere.db");
    {
      await using writer = new DatabaseWriter(elsewhere);
      await writer.run(`PRAGMA journal_mode = WAL; ${SMALL}`);
      for (const suffix of ["", "-wal"]) Deno.copyFileSync(elsewhere + suffix, stage.database + suffix);
    }
    deepStrictEqual(await stage.agreed("copied"), { a: 2 });
    deepStrictEqual([...Deno.readDirSync(dirname(stage.database))].map(({ name }) => name).sort(), [
      "stash.db",
      "stash.db-wal",
    ]);
  }));

const PROGRAM = fileURLToPath(new URL("./support/store_program.ts", import.meta.url));

/** Runs the program with the agents of these tests as somebody who is bound by permissions, as root is not. */
async function runProgram(stage: Stage, args: readonly string[]): Promise<Record<string, unknown>> {
  const bound = Deno.uid() === 0
    ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"]
    : [];
  const [program, ...rest] = [...bound, Deno.execPath(), "run", "-A", "--cached-only", "--frozen", PROGRAM, ...args];
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: rest,
    clearEnv: true,
    env: agentEnvironment({ home: stage.home, opperHome: join(stage.root, "kept") }),
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  strictEqual(code, 0, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

const turnsOf = (answer: Record<string, unknown>) =>
  Object.fromEntries(
    (answer.sessions as { sessionId: string; turns: number }[]).map(({ sessionId, turns }) => [sessionId, turns]),
  );
const problemsOf = (answer: Record<string, unknown>) =>
  (answer.problems as { path: string; message: string }[]).map(({ path, message }) => `${path}: ${message}`);

Deno.test("rights: a directory that cannot be written to, one that cannot be looked into, a file that cannot be read", async (t) => {
  const sessions = ["sessions", "--json", "--limit", "0"];
  const rows: readonly [what: string, path: (stage: Stage) => string, mode: number, reason: RegExp | undefined][] = [
    ["no writing", ({ database }) => dirname(database), 0o555, undefined],
    ["no looking", ({ database }) => dirname(database), 0o000, /Cannot be read: permission denied/],
    ["no reading", ({ database }) => database, 0o000, /Cannot be read: .*(cannot be opened|permission denied)/i],
  ];
  for (const [what, pathOf, mode, reason] of rows) {
    await t.step(what, () =>
      onStage(async (stage) => {
        await using writer = new DatabaseWriter(stage.database);
        await writer.run(`PRAGMA journal_mode = WAL; ${SMALL}`);
        deepStrictEqual(turnsOf(await runProgram(stage, sessions)), { a: 2 });
        await writer.run(insertMessage(message(3)));
        // Nobody has it open any more, and its rows are in the -wal.
        await writer.kill();
        Deno.removeSync(`${stage.database}-shm`);
        const path = pathOf(stage);
        const { mode: before } = Deno.statSync(path);
        Deno.chmodSync(path, mode);
        try {
          for (let time = 0; time < 2; time++) {
            deepStrictEqual(turnsOf(await runProgram(stage, sessions)), { a: reason === undefined ? 3 : 2 });
          }
          const problems = problemsOf(await runProgram(stage, ["doctor", "--json"])).filter((said) =>
            said.includes("stash")
          );
          if (reason === undefined) deepStrictEqual(problems, []);
          else ok(problems.some((said) => reason.test(said)), problems.join("\n"));
        } finally {
          Deno.chmodSync(path, before!);
        }
        deepStrictEqual(turnsOf(await runProgram(stage, sessions)), { a: 3 });
      }));
  }
});

const turn = (place: number) => ({
  id: `turn-${place}`,
  timestamp: new Date(atMinute(place)).toISOString(),
  type: "gemini",
  model: "gemini-2.5-pro",
  tokens: { input: 1000, output: 10 },
});
const conversation = (turns: number) =>
  JSON.stringify({
    sessionId: "c",
    startTime: turn(0).timestamp,
    messages: Array.from({ length: turns }, (_, n) => turn(n)),
  });
const CONVERSATION = "~/.scroll/project/chats/session-1.json";

const DOCUMENT_FAULTS: Readonly<Record<string, readonly [content: string | Uint8Array, reason: RegExp]>> = {
  "half written": [conversation(4).slice(0, 500), /no JSON, or is being written/],
  "empty": ["", /the document is empty/],
  "no JSON": ["Not JSON", /no JSON, or is being written/],
  "zeros": [new Uint8Array(300), /no JSON, or is being written/],
  "two in one": [conversation(1) + conversation(2), /no JSON, or is being written/],
  "too large": [" ".repeat(MOST_DOCUMENT_BYTES) + conversation(3), /larger than 1 MiB/],
};

Deno.test("a document that cannot be read is said to be so, and what was known of it counts", async (t) => {
  for (const [name, [content, reason]] of Object.entries(DOCUMENT_FAULTS)) {
    await t.step(name, () =>
      onStage(async (stage) => {
        const path = "project/chats/session-1.json";
        stage.write(path, conversation(3));
        deepStrictEqual(await stage.agreed("known"), { c: 3 });
        const file = join(stage.home, ".scroll", path);
        if (typeof content === "string") Deno.writeTextFileSync(file, content);
        else Deno.writeFileSync(file, content);
        for (const isChecked of [false, true, false]) {
          const { turns, problems } = await stage.look({ isChecked });
          deepStrictEqual(turns, { c: 3 });
          strictEqual(problems.length, 1, problems.join("\n"));
          ok(problems[0]!.startsWith(`${CONVERSATION}: Cannot be read: `), problems[0]);
          match(problems[0]!, reason);
        }
        stage.write(path, conversation(5));
        deepStrictEqual(await stage.agreed("written"), { c: 5 });
        deepStrictEqual((await stage.look({ isChecked: true })).problems, []);
      }));
  }
});

Deno.test("what a document that is being written counts is not counted again by another one", async (t) => {
  const write = (stage: Stage, copies: string) => stage.write("project/chats/session-2.json", copies);
  const resumed = (turns: number) =>
    conversation(turns).replace('"c"', '"resumed"').replace(turn(0).timestamp, turn(3).timestamp);
  for (const isKnown of [false, true]) {
    await t.step(isKnown ? "one that is known" : "a new one", () =>
      onStage(async (stage) => {
        const path = "project/chats/session-1.json";
        stage.write(path, conversation(3));
        if (isKnown) write(stage, resumed(3));
        deepStrictEqual(await stage.agreed("known"), isKnown ? { c: 3, resumed: 0 } : { c: 3 });
        stage.write(path, '{"messages":');
        write(stage, resumed(5));
        for (let time = 0; time < 2; time++) deepStrictEqual((await stage.look()).turns, { c: 3, resumed: 2 });
        stage.write(path, conversation(3));
        deepStrictEqual(await stage.agreed("written"), { c: 3, resumed: 2 });
        Deno.removeSync(join(stage.home, ".scroll", path));
        deepStrictEqual(await stage.agreed("gone"), { resumed: 5 });
      }));
  }
});

Deno.test("what documents hold that is none of the agent's yields nothing, and stops nothing", async (t) => {
  const rows: readonly [name: string, content: string | Uint8Array, turns: Record<string, number>, said: RegExp][] = [
    ["a list", "[1, 2]", {}, /No session/],
    ["null", "null", {}, /No session/],
    ["nested deeply", "[".repeat(100_000) + "]".repeat(100_000), {}, /No session/],
    [
      "characters that are none",
      new Uint8Array([...new TextEncoder().encode(conversation(2).slice(0, -1) + ',"x":"'), 0xff, 0x22, 0x7d]),
      { c: 2 },
      /Not valid UTF-8/,
    ],
    [
      "a response without counts",
      conversation(2).replace('"input":1000', '"input":"x"'),
      { c: 1 },
      /^~.*: Record 2: "data\./,
    ],
  ];
  for (const [name, content, turns, said] of rows) {
    await t.step(name, () =>
      onStage(async (stage) => {
        stage.write("project/chats/session-1.json", "");
        const file = join(stage.home, ".scroll/project/chats/session-1.json");
        if (typeof content === "string") Deno.writeTextFileSync(file, content);
        else Deno.writeFileSync(file, content);
        deepStrictEqual(await stage.agreed(name), turns);
        const { problems } = await stage.look({ isChecked: true });
        ok(problems.some((problem) => said.test(problem)), problems.join("\n"));
      }));
  }
});

Deno.test("one broken document of many is left out, and the others count", () =>
  onStage(async (stage) => {
    stage.write("storage/many/a.json", { kind: "session", id: "many" });
    const data = {
      providerID: "google",
      modelID: "gemini-2.5-pro",
      time: { created: atMinute(1) },
      tokens: { input: 1, output: 1 },
    };
    for (let place = 0; place < 3; place++) {
      stage.write(`storage/many/m${place}.json`, { kind: "message", id: `${place}`, data });
    }
    deepStrictEqual(await stage.agreed("whole"), { many: 3 });
    stage.write("storage/many/m1.json", '{"kind":');
    deepStrictEqual(await stage.agreed("one broken"), { many: 2 });
    const { problems: [problem] } = await stage.look();
    match(
      problem!,
      /^~\/\.scroll\/storage\/many: "storage\/many\/m1\.json": the document is no JSON.* It is not counted\.$/,
    );
  }));
