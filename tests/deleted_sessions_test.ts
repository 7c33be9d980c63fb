/**
 * Sessions that an agent deletes from a database which stays: their sums are kept and marked, each response counts once, and
 * nobody looks for them again. The databases are those of an agent that there is not (support/store_agents.ts).
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import { agentEnvironment } from "./support/run_agent.ts";
import {
  atMinute,
  deleteSession,
  insertMessage,
  insertSession,
  type Message,
  STASH_TABLES,
  writeDatabase,
} from "./support/stash_database.ts";
import { registerStoreAgents } from "./support/store_agents.ts";
import { onStage, type Stage } from "./support/store_stage.ts";

registerStoreAgents();

const PROGRAM = fileURLToPath(new URL("./support/store_program.ts", import.meta.url));

const message = (session: string, minute: number, more: Partial<Message> = {}): Message => ({
  id: `${session}-${minute}`,
  session,
  minute,
  output: 100 + minute,
  ...more,
});

/** A session with a response in each of these minutes. */
const sessionOf = (id: string, begins: number, minutes: readonly number[]) =>
  insertSession(id, begins) + minutes.map((minute) => insertMessage(message(id, minute))).join("");

/** Has all responses of another one, and these. */
const forkOf = (id: string, begins: number, copied: readonly number[], minutes: readonly number[]) =>
  sessionOf(id, begins, [...copied, ...minutes]);

/** What the program says, asked at a time after everything. */
async function run(stage: Stage, ...args: readonly string[]): Promise<string> {
  const asked = ["run", "-A", "--cached-only", "--frozen", PROGRAM, ...args];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: asked,
    clearEnv: true,
    env: agentEnvironment({ home: stage.home, opperHome: join(stage.root, "kept") }),
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  deepStrictEqual([text.decode(stderr), code], ["", 0]);
  return text.decode(stdout);
}

const tokensOf = async (stage: Stage) => (await stage.look()).tokens;

Deno.test("a session that is deleted stays as it was, and is there again when it comes back", () =>
  onStage(async (stage) => {
    const own = sessionOf("a", 0, [1, 2]);
    writeDatabase(stage.database, STASH_TABLES + own + sessionOf("b", 10, [11]) + insertSession("empty", 20));
    deepStrictEqual(await stage.agreed("all"), { a: 2, b: 1, empty: 0 });
    writeDatabase(stage.database, deleteSession("a") + deleteSession("empty"));
    // What cost nothing leaves nothing to be kept.
    deepStrictEqual(await stage.agreed("deleted"), { a: 2, b: 1 });
    deepStrictEqual((await stage.look()).deleted, ["a"]);
    let reads = 0;
    for (let time = 0; time < 2; time++) {
      const { problems } = await stage.look({ onProgress: () => reads++, isChecked: time === 1 });
      deepStrictEqual([problems, reads], [[], 0], "nobody looks for it again");
    }
    writeDatabase(stage.database, insertMessage(message("b", 12)) + sessionOf("c", 30, [31]));
    deepStrictEqual(await stage.agreed("others go on"), { a: 2, b: 2, c: 1 });
    writeDatabase(stage.database, own + insertMessage(message("a", 3)));
    deepStrictEqual(await stage.agreed("restored"), { a: 3, b: 2, c: 1 });
    deepStrictEqual((await stage.look()).deleted, []);
    writeDatabase(stage.database, deleteSession("a"));
    deepStrictEqual(await stage.agreed("deleted again"), { a: 3, b: 2, c: 1 });
    Deno.removeSync(stage.database);
    deepStrictEqual(await stage.agreed("the database is gone"), {});
    writeDatabase(stage.database, STASH_TABLES + sessionOf("d", 0, [1]));
    deepStrictEqual(await stage.agreed("another one in its place"), { d: 1 });
  }));

Deno.test("an agent that keeps the latest of its sessions makes nothing cheaper", () =>
  onStage(async (stage) => {
    const ids = Array.from({ length: 12 }, (_, id) => `s${id}`);
    writeDatabase(
      stage.database,
      STASH_TABLES + ids.map((id, place) => sessionOf(id, 50 * place, [50 * place + 1])).join(""),
    );
    const before = await stage.agreed("all");
    writeDatabase(stage.database, ids.slice(0, 6).map(deleteSession).join(""));
    deepStrictEqual(await stage.agreed("half of them"), before);
    writeDatabase(stage.database, ids.slice(6).map(deleteSession).join(""));
    deepStrictEqual(await stage.agreed("all of them"), before);
    deepStrictEqual((await stage.look()).deleted, ids.toSorted());
  }));

Deno.test("a response of a deleted session counts once, whoever has a copy", async (t) => {
  const total = async (stage: Stage) => Object.values(await tokensOf(stage)).reduce((sum, tokens) => sum + tokens, 0);
  const rows: readonly [name: string, deleted: readonly string[], then: string, added: number][] = [
    ["the original", ["a"], "", 0],
    ["the original, and the fork goes on", ["a"], insertMessage(message("b", 13)), 11_113],
    ["the fork, and the fork of it goes on", ["b"], insertMessage(message("c", 23)), 11_123],
    ["the fork, and the original goes on", ["b"], insertMessage(message("a", 4)), 11_104],
    ["both, and the last one goes on", ["a", "b"], insertMessage(message("c", 23)), 11_123],
    ["the fork, and another fork of it comes", ["b"], forkOf("d", 30, [1, 2, 11, 12], [31]), 11_131],
  ];
  for (const [name, deleted, then, added] of rows) {
    for (const isAtOnce of [false, true]) {
      await t.step(`${name}${isAtOnce ? ", at once" : ""}`, () =>
        onStage(async (stage) => {
          // An id of its own each, as forks of OpenCode have; the key is what the response was.
          const copies = (id: string, begins: number, minutes: readonly number[]) => forkOf(id, begins, minutes, []);
          writeDatabase(
            stage.database,
            STASH_TABLES + sessionOf("a", 0, [1, 2]) + copies("b", 10, [1, 2, 11, 12]) +
              copies("c", 20, [1, 2, 11, 12, 21]),
          );
          const known = await stage.look();
          deepStrictEqual(known.turns, { a: 2, b: 2, c: 1 });
          const before = await total(stage);
          const gone = deleted.map(deleteSession).join("");
          if (isAtOnce) writeDatabase(stage.database, gone + then);
          else {
            writeDatabase(stage.database, gone);
            strictEqual(await total(stage), before);
            writeDatabase(stage.database, then);
          }
          strictEqual(await total(stage), before + added);
          const look = await stage.look();
          deepStrictEqual(look.deleted, deleted);
          for (const id of deleted) deepStrictEqual(look.tokens[id], known.tokens[id]);
        }));
    }
  }
});

Deno.test("a copy of the database that has all of a session takes its place", () =>
  onStage(async (stage) => {
    const copy = join(dirname(stage.database), "stash-copy.db");
    writeDatabase(stage.database, STASH_TABLES + sessionOf("a", 0, [1, 2]), "DELETE");
    Deno.copyFileSync(stage.database, copy);
    const { turns, tokens } = await stage.look();
    deepStrictEqual(turns, { a: 2 });
    for (const path of [stage.database, copy]) {
      writeDatabase(path, deleteSession("a"), "DELETE");
      const look = await stage.look();
      deepStrictEqual([look.tokens, look.deleted], [tokens, path === copy ? ["a"] : []]);
    }
    // One that comes later has all of it as well.
    writeDatabase(stage.database.replace(".db", "-later.db"), STASH_TABLES + sessionOf("a", 0, [1, 2, 3]), "DELETE");
    const { turns: now, deleted } = await stage.look();
    deepStrictEqual([now, deleted], [{ a: 3 }, []]);
    strictEqual(JSON.parse(await run(stage, "session", "a", "--turns", "--json")).turns.length, 3);
  }));

Deno.test("a session of which a part was deleted goes on with what is left of that", () =>
  onStage(async (stage) => {
    const copy = join(dirname(stage.database), "stash-copy.db");
    writeDatabase(stage.database, STASH_TABLES + sessionOf("a", 0, [1, 2]), "DELETE");
    Deno.copyFileSync(stage.database, copy);
    writeDatabase(copy, insertMessage(message("a", 3)), "DELETE");
    const all = await stage.look();
    deepStrictEqual(all.turns, { a: 3 });
    writeDatabase(copy, deleteSession("a"), "DELETE");
    deepStrictEqual(await stage.look(), all);
    writeDatabase(stage.database, insertMessage(message("a", 4)), "DELETE");
    const { turns, deleted } = await stage.look();
    deepStrictEqual([turns, deleted], [{ a: 4 }, []]);
    const answer = JSON.parse(await run(stage, "session", "a", "--turns", "--json"));
    deepStrictEqual([answer.session.turns, answer.turns, answer.totals.turns], [4, [], 4]);
    match(answer.notes.join("\n"), /^A part of this session was deleted from its database/);
    const shown = await run(stage, "session", "a", "--turns");
    match(shown, /Misses +\?/);
    match(shown, /They were deleted from their database\./);
  }));

Deno.test("what was deleted outlasts other prices, at those that it had", () =>
  onStage(async (stage) => {
    const all = sessionOf("a", 0, [1, 2]) + forkOf("b", 10, [1, 2], [11]);
    writeDatabase(stage.database, STASH_TABLES + all);
    const costs = async () => {
      const { sessions } = JSON.parse(await run(stage, "sessions", "--json")) as { sessions: readonly SessionJson[] };
      return Object.fromEntries(
        sessions.map(({ sessionId, cost, deleted }) => [sessionId, [cost.usd, deleted ?? false]]),
      );
    };
    const setPrices = (input: number) =>
      Deno.writeTextFileSync(
        join(stage.root, "kept/agent/prices.json"),
        JSON.stringify({
          providers: { anthropic: { models: { "claude-sonnet-4-5": { input, output: 0, cacheRead: 0 } } } },
        }),
      );
    const before = await costs();
    writeDatabase(stage.database, deleteSession("a"));
    deepStrictEqual(await costs(), { ...before, a: [before.a![0], true] });
    for (const input of [5, 7]) {
      setPrices(input);
      // One response of 1000 tokens.
      for (let time = 0; time < 2; time++) {
        deepStrictEqual(await costs(), { a: [before.a![0], true], b: [input / 1000, false] });
      }
    }
    writeDatabase(stage.database, deleteSession("b"));
    setPrices(9);
    deepStrictEqual(await costs(), { a: [before.a![0], true], b: [0.007, true] }, "deleted before anybody looked");
    writeDatabase(stage.database, all);
    deepStrictEqual(await costs(), { a: [0.018, false], b: [0.009, false] }, "restored");
  }));

Deno.test("every answer says of a deleted session what is left of it", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, STASH_TABLES + sessionOf("a", 0, [1, 2, 14, 16, 50]) + sessionOf("b", 100, [101]));
    await stage.look();
    writeDatabase(stage.database, deleteSession("a"));
    const time = (minute: number) => new Date(atMinute(minute)).toISOString();
    const json = async (...args: readonly string[]) => JSON.parse(await run(stage, ...args, "--json"));

    const { session, turns, totals, misses, text, resumeCommand, notes } = await json(
      ...["session", "a", "--turns", "--include-text"],
    );
    deepStrictEqual([session.deleted, session.turns, totals.turns, turns], [true, 5, 5, []]);
    deepStrictEqual([misses.usd, resumeCommand, text.messages], [undefined, undefined, []]);
    ok(notes.some((note: string) => note.startsWith("This session was deleted from its database.")), notes.join("\n"));
    const shown = await run(stage, "session", "a", "--turns");
    match(shown, /Deleted +from its database; the sums are the last that were read/);
    match(shown, /They were deleted from their database\./);
    match(shown, /Misses +\?/);
    match(shown, /Cost +\$0\.\d+/);
    strictEqual((await json("session", "b")).session.deleted, undefined);

    match(await run(stage, "sessions"), /1 session that was deleted from its database still counts\./);
    match(await run(stage, "doctor"), /Deleted +1 session that was deleted from its database still counts/);
    strictEqual((await json("doctor")).deletedSessions, 1);
    deepStrictEqual((await json("doctor", "--costs")).costs, []);

    // The quarter from minute 0 has three responses and that from 15 one: the first of each stands for it.
    const between = async (from: number, until: number) =>
      (await json("cost", "--since", time(from), "--until", time(until))).total.turns;
    deepStrictEqual([await between(0, 200), await between(0, 2), await between(2, 200)], [6, 3, 3]);
    strictEqual((await json("cost", "--as-of", time(14))).total.turns, 3);

    const at = async (minute: number) => {
      const answer = await json("sessions", "--as-of", time(minute));
      return [
        answer.sessions.map(({ sessionId, deleted }: SessionJson) => [sessionId, deleted]),
        answer.notes.some((note: string) => note.endsWith("is left out: what it had by then is not known.")),
      ];
    };
    deepStrictEqual(await at(60), [[["a", true]], false]);
    deepStrictEqual(await at(14), [[], true]);
    deepStrictEqual(await at(-1), [[], false]);
    deepStrictEqual((await json("sessions", "--no-index")).sessions.map(({ sessionId }: SessionJson) => sessionId), [
      "b",
    ]);
    deepStrictEqual((await json("cache", "--as-of", time(51))).caches, [], "nobody can go on with it");
  }));

Deno.test("a database that cannot be read loses nothing that was deleted from it", () =>
  onStage(async (stage) => {
    writeDatabase(stage.database, STASH_TABLES + sessionOf("a", 0, [1]) + sessionOf("b", 10, [11]), "DELETE");
    await stage.look();
    writeDatabase(stage.database, deleteSession("a") + insertMessage(message("b", 12)), "DELETE");
    const { tokens } = await stage.look();
    const locked = new DatabaseSync(stage.database);
    locked.exec("PRAGMA user_version = 7; BEGIN EXCLUSIVE");
    try {
      for (let time = 0; time < 2; time++) {
        const look = await stage.look();
        deepStrictEqual([look.tokens, look.deleted], [tokens, ["a"]]);
        strictEqual(look.problems.length, 1);
      }
    } finally {
      locked.close();
    }
    const look = await stage.look();
    deepStrictEqual([look.tokens, look.deleted, look.problems], [tokens, ["a"], []]);
  }));
