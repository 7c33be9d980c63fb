/**
 * Databases of real agents that cannot be read, whichever agent it is: nothing that was known is lost, doctor says why, and
 * nothing is left beside them. Made-up ones are in store_faults_test.ts, with what each fault is called.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import type { TableStore } from "../src/agents/log_store.ts";
import { DatabaseWriter } from "./support/database_writer.ts";
import { KeptHome } from "./support/kept_home.ts";
import { seededRandom } from "./support/random.ts";
import { runAgentAsNobody, withTemporaryDirectory } from "./support/run_agent.ts";
import { quoteName } from "./support/sources/database_content.ts";
import { copyHome, filesOf, type HomeFile, snapshotFiles, sourceHomes } from "./support/sources/source_homes.ts";

interface Place {
  readonly kept: KeptHome;
  /** Absolute. */
  readonly path: string;
  readonly store: TableStore;
  /** How the database begins in answers. */
  readonly shown: string;
}

/** Has a step for each database of each agent. Its rows are in the database, and nothing is beside it. */
async function withDatabases(t: Deno.TestContext, test: (place: Place) => Promise<void>): Promise<void> {
  const left = new Set(LOGGED_AGENTS.filter(({ logs }) => logs.stores.some(({ form }) => form === "tables")));
  for (const source of sourceHomes()) {
    const files = await filesOf(source);
    for (
      const { relativePath, store } of files.filter((file): file is HomeFile & { store: TableStore } =>
        file.store !== undefined
      )
    ) {
      left.delete(source.agent);
      await t.step(`${source.name}: ${relativePath}`, () =>
        withTemporaryDirectory(async (root) => {
          const kept = new KeptHome(root);
          copyHome(files, kept.home);
          const path = join(kept.home, relativePath);
          write(path, "PRAGMA journal_mode = DELETE");
          await test({ kept, path, store, shown: `~/${relativePath}` });
        }));
    }
  }
  deepStrictEqual([...left].map(({ id }) => id), [], "there is a database of each agent that has some");
}

function write(path: string, sql: string): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** Makes it so, and says what ends it. */
type Fault = (place: Place, random: () => number) => void | (() => void);

const cutOff: Fault = ({ path }, random) => {
  const { size } = Deno.statSync(path);
  Deno.truncateSync(path, 1 + Math.floor(random() * (size - 4096)));
};

const FAULTS: Readonly<Record<string, Fault>> = {
  "locked by another program"({ path }) {
    const client = new DatabaseSync(path);
    client.exec("PRAGMA user_version = 4711; BEGIN EXCLUSIVE");
    return () => client.close();
  },
  "cut off somewhere": cutOff,
  "cut off elsewhere": cutOff,
  "cut off once more": cutOff,
  "of a layout that nobody knows"({ path, store }) {
    const tables = new Set(store.layouts.flatMap(({ needs }) => Object.keys(needs)));
    const database = new DatabaseSync(path);
    const there = database.prepare("SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL").all();
    database.close();
    write(
      path,
      // What names a table would keep it from being renamed.
      there.filter(({ type }) => type !== "table").map(({ type, name }) => `DROP ${type} ${quoteName(String(name))};`)
        .concat(
          there.filter(({ type, name }) => type === "table" && tables.has(String(name))).map(({ name }) =>
            `ALTER TABLE ${quoteName(String(name))} RENAME TO ${quoteName(`${name}_of_a_later_version`)};`
          ),
        ).join(""),
    );
  },
  "no database"({ path }) {
    Deno.writeTextFileSync(path, "Not a database. ".repeat(1000));
  },
  "with something else beside it"({ path }) {
    write(path, "PRAGMA user_version = 4711");
    Deno.mkdirSync(`${path}-wal`);
    return () => Deno.removeSync(`${path}-wal`);
  },
};

Deno.test("a database that cannot be read keeps what was known, and doctor says why", async (t) => {
  for (const [index, [name, fault]] of Object.entries(FAULTS).entries()) {
    await t.step(name, (t) =>
      withDatabases(t, async (place) => {
        const { kept, shown, path } = place;
        await kept.look();
        const known = await kept.look({ isChecked: true });
        ok(Object.values(known.tokens).some((tokens) => tokens > 0));
        const end = fault(place, seededRandom(index));
        const before = await snapshotFiles(kept.home);
        for (const isChecked of [false, true, false]) {
          const { tokens, turns, problems } = await kept.look({ isChecked });
          deepStrictEqual({ tokens, turns }, { tokens: known.tokens, turns: known.turns });
          if (!isChecked) continue;
          const said = problems.filter((problem) => problem.startsWith(shown) && !known.problems.includes(problem));
          ok(said.some((problem) => /^[^:]+: .{20,}/.test(problem)), `nothing is said of it: ${problems.join("\n")}`);
        }
        deepStrictEqual(await snapshotFiles(kept.home), before, "what is there stays as it was");
        end?.();
        if (end !== undefined) {
          deepStrictEqual(await kept.look({ isChecked: true }), known, `${path}: it can be read again`);
        }
      }));
  }
});

interface Answer {
  readonly sessions: readonly { readonly sessionId: string; readonly usage: object }[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

Deno.test("whoever may not write beside a database reads its -wal all the same, and who may not look is told so", (t) =>
  withDatabases(t, async ({ kept, path }) => {
    const ask = async (args: readonly string[]): Promise<Answer> => {
      const run = await runAgentAsNobody([...args, "--json"], { home: kept.home, opperHome: join(kept.root, "state") });
      deepStrictEqual(run.code, 0, run.stderr);
      return JSON.parse(run.stdout);
    };
    const sums = async () =>
      (await ask(["sessions", "--limit", "0"])).sessions.map(({ sessionId, usage }) => [sessionId, usage]);
    const known = await sums();
    ok(known.length > 0);
    await using writer = new DatabaseWriter(path);
    await writer.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;");
    await writer.run("PRAGMA user_version = 4711;");
    await writer.kill();
    Deno.removeSync(`${path}-shm`);
    const directory = dirname(path);
    const { mode } = Deno.statSync(directory);
    try {
      for (const rights of [0o555, 0o000]) {
        Deno.chmodSync(directory, rights);
        for (let time = 0; time < 2; time++) deepStrictEqual(await sums(), known);
        const problems = (await ask(["doctor"])).problems.filter((problem) => problem.path.startsWith(directory));
        deepStrictEqual(problems.some(({ message }) => /permission denied/i.test(message)), rights === 0);
      }
    } finally {
      Deno.chmodSync(directory, mode!);
    }
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name.endsWith("-shm"));
    deepStrictEqual(left, []);
    deepStrictEqual(await sums(), known);
  }));
