/**
 * Every session that real agents wrote, as `tests/fixtures/sources` has it, has the tokens and the recorded dollars that it is
 * known to have had: read at once, asked again, and read while it grew.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { makeMachine } from "../src/host/environment.ts";
import { KeptHome, SETTLED } from "./support/kept_home.ts";
import { FIXTURE_HOME, withTemporaryDirectory } from "./support/run_agent.ts";
import { differencesOf, type SourceAnswers } from "./support/sources/compare_sessions.ts";
import { changeInPlace, deletionOf } from "./support/sources/database_content.ts";
import {
  growAll,
  growDocuments,
  GrowingDatabase,
  growLines,
  type Growth,
  nextLine,
} from "./support/sources/grow_home.ts";
import {
  copyHome,
  databaseBeside,
  filesOf,
  type HomeFile,
  snapshotFiles,
  type SourceHome,
  sourceHomes,
} from "./support/sources/source_homes.ts";
import { readAnswers } from "./support/scan_answers.ts";
import { seededRandom } from "./support/random.ts";

const HOMES = sourceHomes();

Deno.test("there are real sessions of every agent", () => {
  const whole = JSON.parse(Deno.readTextFileSync(join(FIXTURE_HOME, "../expected.json"))) as object;
  const known = new Set([...HOMES.map(({ agent }) => agent.id), ...Object.keys(whole)]);
  deepStrictEqual(LOGGED_AGENTS.map(({ id }) => id).filter((id) => !known.has(id)), []);
});

/** A home of which the logs of one form are still to come. */
interface Beginning {
  readonly source: SourceHome;
  readonly kept: KeptHome<SourceAnswers>;
  readonly files: readonly HomeFile[];
  readonly growing: readonly HomeFile[];
}

/** Has a step for each agent with logs of such a form. */
async function withGrowing(
  t: Deno.TestContext,
  form: HomeFile["form"],
  test: (beginning: Beginning) => Promise<void>,
): Promise<void> {
  for (const source of HOMES) {
    const files = await filesOf(source);
    const growing = files.filter((file) => file.form === form);
    if (growing.length === 0) continue;
    await t.step(source.name, () =>
      withTemporaryDirectory(async (root) => {
        const kept = new KeptHome<SourceAnswers>(root);
        const names = new Set(growing.map(({ relativePath }) => relativePath));
        copyHome(
          files.filter(({ relativePath }) =>
            !names.has(relativePath) && !names.has(databaseBeside(relativePath) ?? "")
          ),
          kept.home,
        );
        await test({ source, kept, files, growing });
      }));
  }
}

async function endsAsExpected({ source, kept }: Beginning): Promise<void> {
  deepStrictEqual(differencesOf(source.agent.id, await kept.agreedAnswers("grown"), source.expected), []);
}

async function grow(beginning: Beginning, growths: readonly Growth[]): Promise<void> {
  await growAll(growths, async () => void await beginning.kept.look());
  await endsAsExpected(beginning);
}

Deno.test("every session has what it is known to have cost, at once and asked again", async (t) => {
  for (const source of HOMES) {
    await t.step(source.name, () =>
      withTemporaryDirectory(async (root) => {
        const kept = new KeptHome<SourceAnswers>(root);
        copyHome(await filesOf(source), kept.home);
        const before = await snapshotFiles(kept.home);
        const cold = await kept.agreedAnswers("cold");
        deepStrictEqual(differencesOf(source.agent.id, cold, source.expected), []);
        deepStrictEqual(await snapshotFiles(kept.home), before, "nothing was written among the logs");
      }));
  }
});

Deno.test("what did not change is not opened again", async (t) => {
  for (const source of HOMES) {
    await t.step(source.name, () =>
      withTemporaryDirectory(async (root) => {
        const kept = new KeptHome<SourceAnswers>(root);
        const files = await filesOf(source);
        copyHome(files, kept.home);
        const databases = files.filter(({ form }) => form === "tables").map(({ relativePath }) =>
          new DatabaseSync(join(kept.home, relativePath))
        );
        try {
          // In this mode whoever locks it keeps others from reading.
          for (const database of databases) database.exec("PRAGMA journal_mode = DELETE");
          const cold = await kept.answers();
          deepStrictEqual(differencesOf(source.agent.id, cold, source.expected), []);
          for (const database of databases) database.exec("BEGIN EXCLUSIVE");
          let reads = 0;
          await kept.look();
          for (let time = 0; time < 2; time++) {
            const { tokens, problems } = await kept.look({ onProgress: () => reads++ });
            deepStrictEqual(
              tokens,
              Object.fromEntries(cold.sessions.map(({ sessionId, usage }) => [sessionId, sumOf(usage)]).sort()),
            );
            strictEqual(problems.length, cold.problems.length);
          }
          strictEqual(reads, 0, "no log is read");
        } finally {
          for (const database of databases) database.close();
        }
      }));
  }
});

Deno.test("files of lines grow line by line", (t) =>
  withGrowing(t, "lines", async (beginning) => {
    const { kept, growing } = beginning;
    await grow(beginning, [growLines(kept.home, growing, nextLine)]);
  }));

Deno.test("files of lines grow by random bytes", (t) =>
  withGrowing(t, "lines", async (beginning) => {
    const { kept, growing } = beginning;
    const random = seededRandom(growing.length);
    const lengthOf = ({ bytes }: HomeFile, before: number) => before + 1 + Math.floor(random() * bytes.length / 5);
    await grow(beginning, [growLines(kept.home, growing, lengthOf)]);
  }));

Deno.test("documents are written anew turn by turn, and are half-written when somebody looks", (t) =>
  withGrowing(t, "documents", async (beginning) => {
    const { kept, growing } = beginning;
    const growth = growDocuments(kept.home, growing, async () => {
      const now = await kept.look();
      for (const [id, tokens] of Object.entries(now.tokens)) {
        // One that was not known yet may have something beside it.
        deepStrictEqual([tokens, now.turns[id]], [known.tokens[id] ?? 0, known.turns[id] ?? 0], id);
      }
      deepStrictEqual(Object.keys(known.tokens).filter((id) => !(id in now.tokens)), []);
    });
    let known = await kept.look();
    await growAll([growth], async () => {
      known = await kept.look();
    });
    await endsAsExpected(beginning);
  }));

Deno.test("databases grow row by row, and whatever happens to them the index says what a fresh scan says", (t) =>
  withGrowing(t, "tables", async (beginning) => {
    const { kept, files, growing, source } = beginning;
    const random = seededRandom(growing.length);
    const scratch = join(kept.root, "scratch");
    await using stack = new AsyncDisposableStack();
    const databases: GrowingDatabase[] = [];
    for (const file of growing) databases.push(stack.use(await GrowingDatabase.begin(kept.home, file, files, scratch)));
    let steps = 0;
    const older = (path: string) => join(scratch, `older-${databases.findIndex((database) => database.path === path)}`);
    let olderSums: unknown;
    await growAll(databases, async () => {
      const { sessions } = await kept.agreedAnswers(`step ${++steps}`);
      if (steps !== 5) return;
      olderSums = sessions.map(({ sessionId, usage }) => [sessionId, usage]);
      for (const database of databases) await database.run(`VACUUM INTO '${older(database.path)}'`);
    });
    await endsAsExpected(beginning);
    for (const { path } of databases) ok(Deno.statSync(path).size < 8192, "all rows are in the -wal");

    for (let time = 1; time <= 6; time++) {
      // As far as no earlier state of it was.
      for (const database of databases) await database.change(changeInPlace(database.content, random, 100 + time));
      await kept.agreedAnswers(`changed in place, ${time}`);
    }
    for (const database of databases) {
      const { logs } = database.content;
      const gone = logs[Math.floor(random() * logs.length)]!;
      await database.change(deletionOf(database.content, gone));
      const { sessions } = await kept.agreedAnswers(`${gone} is deleted`);
      const name = `${database.path.replace(kept.home, "~")}#${gone}`;
      ok(!sessions.some(({ file, isDeleted }) => file === name && !isDeleted), `${name} is still shown`);
    }
    for (const database of databases) await database.kill();
    await kept.agreedAnswers("the agent was killed");
    for (const { path } of databases) {
      for (const suffix of ["-wal", "-shm"]) Deno.removeSync(path + suffix);
      Deno.copyFileSync(older(path), path);
    }
    const { sessions } = await kept.agreedAnswers("an older copy");
    deepStrictEqual(
      sessions.filter(({ isDeleted }) => !isDeleted).map(({ sessionId, usage }) => [sessionId, usage]),
      olderSums,
      source.agent.id,
    );
  }));

Deno.test("agents that share a home have the sessions that each has alone", () =>
  withTemporaryDirectory(async (root) => {
    const kept = new KeptHome<SourceAnswers>(root);
    const sources = HOMES.filter(({ agent, name }) => name === agent.id);
    for (const source of sources) copyHome(await filesOf(source), kept.home);
    const answers = await kept.agreedAnswers("all");
    for (const { agent: { id }, expected } of sources) {
      const sessions = answers.sessions.filter(({ source }) => source === id);
      deepStrictEqual(differencesOf(id, { ...answers, sessions }, expected), []);
    }
  }));

Deno.test("logs that lie elsewhere are found where somebody says they are", async (t) => {
  for (const { agent, name, home, expected } of HOMES) {
    await t.step(name, () =>
      withTemporaryDirectory(async (root) => {
        const elsewhere = join(root, "elsewhere");
        copyHome(await filesOf({ agent, home }), elsewhere);
        const extraRoots = agent.logs.roots(makeMachine({ home: elsewhere })).filter((path) => existsSync(path))
          .map((directory) => ({ source: agent.id, directory }));
        ok(extraRoots.length > 0);
        const [empty, state] = [join(root, "home"), join(root, "state")];
        Deno.mkdirSync(empty);
        for (const useIndex of [false, true, true]) {
          const answers = await readAnswers(empty, state, { ...SETTLED, extraRoots, useIndex }) as SourceAnswers;
          deepStrictEqual(differencesOf(agent.id, answers, expected), []);
        }
      }));
  }
});

Deno.test("a directory that is named for other agents too has the sessions of who wrote them", async (t) => {
  for (const { agent, name, home, expected } of HOMES) {
    await t.step(name, () =>
      withTemporaryDirectory(async (root) => {
        const kept = new KeptHome<SourceAnswers>(root);
        copyHome(await filesOf({ agent, home }), kept.home);
        const extraRoots = agent.logs.roots(makeMachine({ home: kept.home })).flatMap((directory) =>
          LOGGED_AGENTS.filter((other) => other !== agent).map(({ id }) => ({ source: id, directory }))
        );
        const answers = await readAnswers(kept.home, join(root, "state"), { ...SETTLED, extraRoots }) as SourceAnswers;
        deepStrictEqual(differencesOf(agent.id, answers, expected), []);
      }));
  }
});

function sumOf(usage: object): number {
  return Object.values(usage).reduce((sum, count) => sum + count, 0);
}
