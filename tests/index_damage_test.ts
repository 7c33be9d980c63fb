/** An index is never believed when it is not as it was written: it is made anew, and the answer is that of a fresh scan. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { IndexGuard, indexPath } from "../src/scan/index/tables/index_file.ts";
import { SEALED_COLUMNS, SEALED_TABLES } from "../src/scan/index/tables/schema.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { makeSocket } from "./support/make_socket.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { makeHistory, writeHistory } from "./support/routed_history.ts";
import { seededRandom } from "./support/random.ts";
import { FIXTURE_HOME, FIXTURE_NOW, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { readAnswers } from "./support/scan_answers.ts";
import { makeMachine } from "../src/host/environment.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const DAMAGED = /^The index .* was damaged\. It is built again from the logs\.$/;

/** Logs that fill every table: they share turns, one shows another session, one is broken, one has a price of its own, one is long. */
async function makeHome(root: string): Promise<string> {
  const home = join(root, "home");
  for (const name of ["52-claude-lines-of-another-session", "82-codex-responses-of-equal-tokens"]) {
    const from = fileURLToPath(new URL(`./field_reports/${name}/home`, import.meta.url));
    await copyTree(from, home);
  }
  const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
  for (let log = 1; log <= 12; log++) {
    const id = ID.replace(/\d\d$/, String(log).padStart(2, "0"));
    const turns = Array.from({ length: 8 }, (_, turn) =>
      piTurn({
        id: `${log % 5}-${turn}`,
        at: at(turn * 4 + log),
        cacheRead: 1000 * turn,
        cacheWrite: 500,
        model: log % 2 === 0 ? "claude-sonnet-4-6" : "claude-opus-4-6",
      }));
    await writeLog(piLogPath(home, id), [piHeader(id), "no record", ...turns]);
  }
  // Responses that a gateway can be asked about.
  await writeHistory(
    home,
    makeHistory({
      ...{ seed: 1, id: ID.replace(/\d\d$/, "14"), turns: 6, lifetimeMs: 300_000 },
      ...{ unknownShare: 0, failureShare: 0, stickyShare: 0 },
    }),
  );
  const long = ID.replace(/\d\d$/, "13");
  const days = Array.from(
    { length: 300 },
    (_, hour) =>
      piTurn({
        id: `long-${hour}`,
        at: new Date(Date.parse(at(0)) - hour * 3_600_000).toISOString(),
        input: 1000 + hour,
      }),
  );
  await writeLog(piLogPath(home, long), [piHeader(long), ...days.reverse()]);
  return home;
}

/** Logs that were written long ago: a scan that finds nothing new looks at no more of the index than its answer takes. */
const oldHome = () => Promise.resolve(FIXTURE_HOME);

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

interface Indexed {
  readonly root: string;
  readonly home: string;
  readonly index: string;
  /** What a fresh scan says. */
  readonly fresh: unknown;
  /** Puts the sound index back. */
  restore(): Promise<void>;
}

/** @param make Makes the home, or says where there is one */
async function withIndex(body: (indexed: Indexed) => Promise<void>, make = makeHome): Promise<void> {
  await withTemporaryDirectory(async (root) => {
    const home = await make(root);
    const fresh = await readAnswers(home, join(root, "none"), { useIndex: false });
    deepStrictEqual(await readAnswers(home, join(root, "opper")), fresh);
    const index = indexPath(join(root, "opper/agent"));
    const sound = await Deno.readFile(index);
    await body({
      root,
      home,
      index,
      fresh,
      async restore() {
        await Deno.remove(dirname(index), { recursive: true });
        await Deno.mkdir(dirname(index));
        await Deno.writeFile(index, sound);
      },
    });
  });
}

/** Scans twice: the answer is right each time, and only the first says that something was wrong. */
async function checkAnswers({ root, home, fresh }: Indexed, what: string, warning = DAMAGED): Promise<void> {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  deepStrictEqual(await readAnswers(home, join(root, "opper"), { onWarning }), fresh, what);
  strictEqual(warnings.length, 1, what);
  match(warnings[0]!, warning, what);
  deepStrictEqual(await readAnswers(home, join(root, "opper"), { onWarning }), fresh, `${what}, again`);
  strictEqual(warnings.length, 1, `${what}, again: ${warnings[1]}`);
}

function change(index: string, ...statements: string[]): void {
  const database = new DatabaseSync(index);
  try {
    for (const statement of statements) database.exec(statement);
  } finally {
    database.close();
  }
}

Deno.test("a row that is not as it was written, is missing or is there twice", async (t) => {
  await withIndex(async (indexed) => {
    const { index } = indexed;
    for (const table of SEALED_TABLES) {
      const columns: readonly string[] = SEALED_COLUMNS[table];
      const rowid = table === "meta" || table === "prices" ? columns[0]! : "rowid";
      const one = `${rowid} = (SELECT MAX(${rowid}) FROM ${table})`;
      const { count } = new DatabaseSync(index).prepare(`SELECT COUNT(*) AS count FROM ${table}`).get() as {
        count: number;
      };
      if (table === "prices" && count === 0) continue;
      ok(count > 0, `no row in ${table}`);
      const statements: [name: string, ...statements: string[]][] = [
        ["missing", `DELETE FROM ${table} WHERE ${one}`],
        ["all missing", `DELETE FROM ${table}`],
        ["another seal", `UPDATE ${table} SET seal = seal + 1 WHERE ${one}`],
      ];
      const isKeyed = ["directories", "files", "sessions", "gaps"].includes(table);
      if (rowid === "rowid" && !isKeyed) {
        statements.push([
          "twice",
          `INSERT INTO ${table} (${columns.join()}, seal)
          SELECT ${columns.join()}, seal FROM ${table} WHERE ${one}`,
        ]);
      }
      // That is the row's number. That a log has no guest is said by an empty text, of which there may be only one.
      for (const column of columns.filter((column) => column !== "id" && column !== "guest")) {
        statements.push(
          [`${column} is nothing`, `UPDATE ${table} SET ${column} = '' WHERE ${one} AND ${column} IS NOT ''`],
          [`${column} has another digit`, `UPDATE ${table} SET ${column} = ${otherDigit(column)} WHERE ${one}`],
          [`${column} is bytes`, `UPDATE ${table} SET ${column} = x'ff00' WHERE ${one}`],
        );
      }
      for (const [name, ...made] of statements) {
        await t.step(`${table}: ${name}`, async () => {
          await indexed.restore();
          const before = await Deno.readFile(index);
          change(index, ...made);
          const after = await Deno.readFile(index);
          const isChanged = before.length !== after.length || before.some((byte, place) => byte !== after[place]);
          // A column that is empty stays so.
          if (isChanged) await checkAnswers(indexed, `${table}: ${name}`);
        });
      }
    }
  });
});

function otherDigit(column: string): string {
  return `CASE typeof(${column}) WHEN 'text' THEN replace(${column}, '1', '9') WHEN 'blob' THEN ${column} || x'00'
    ELSE coalesce(${column}, 0) + 1 END`;
}

Deno.test("tables that are not ours, and files that are no index", async (t) => {
  await withIndex(async (indexed) => {
    const { index, root } = indexed;
    const otherIndex = join(root, "other.db");
    const damages: [name: string, damage: () => void | Promise<void>, warning?: RegExp][] = [
      ["a column is missing", () => change(index, "ALTER TABLE log_parts DROP COLUMN part")],
      ["a table is missing", () => change(index, "DROP TABLE gaps")],
      ["an index is missing", () => change(index, "DROP INDEX files_by_session")],
      ["a table more", () => change(index, "CREATE TABLE more (a)")],
      ["tallies are missing", () => change(index, "DELETE FROM tallies")],
      [
        "another number of a session",
        () => change(index, "UPDATE sessions SET id = 9999 WHERE id = (SELECT MIN(id) FROM sessions)"),
      ],
      ["cut off in the middle", () => Deno.truncate(index, 20_000)],
      ["cut off by a byte", async () => Deno.truncate(index, (await Deno.stat(index)).size - 1)],
      ["nonsense", () => Deno.writeTextFile(index, "nonsense ".repeat(5000))],
      ["nothing but zeros", () => Deno.writeFile(index, new Uint8Array(40_960))],
      ["an older state with what was written after it", async () => {
        const bytes = await Deno.readFile(index);
        bytes.set(bytes.subarray(4096, 8192), 3 * 4096);
        await Deno.writeFile(index, bytes);
      }],
      ["a log of changes of another index", async () => {
        await Deno.copyFile(index, otherIndex);
        const other = new DatabaseSync(otherIndex);
        other.exec("INSERT INTO meta VALUES ('a', hex(zeroblob(100000)), 0)");
        await Deno.copyFile(`${otherIndex}-wal`, `${index}-wal`);
        other.close();
      }],
    ];
    for (const [name, damage, warning] of damages) {
      await t.step(name, async () => {
        await indexed.restore();
        await damage();
        await checkAnswers(indexed, name, warning);
      });
    }
    const harmless: [name: string, damage: () => void | Promise<void>][] = [
      ["nothing at all", () => Deno.truncate(index)],
      ["of another version", () => change(index, "PRAGMA user_version = 1")],
      ["a log of changes of another program's database", async () => {
        const other = new DatabaseSync(`${otherIndex}-2`);
        other.exec("PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (zeroblob(100000))");
        await Deno.copyFile(`${otherIndex}-2-wal`, `${index}-wal`);
        other.close();
      }],
      ["a log of changes that is none", () => Deno.writeTextFile(`${index}-wal`, "nonsense ".repeat(900))],
      ["a shared memory that is none", () => Deno.writeTextFile(`${index}-shm`, "nonsense ".repeat(4000))],
      ["a journal that is none", () => Deno.writeTextFile(`${index}-journal`, "nonsense ".repeat(900))],
      ["a mark that is none", () => Deno.writeTextFile(`${index}-mark`, "nonsense")],
      ["a pipe for a mark", async () => {
        await Deno.remove(`${index}-mark`).catch(() => {});
        strictEqual((await new Deno.Command("mkfifo", { args: [`${index}-mark`] }).output()).code, 0);
      }],
      ["copied from elsewhere", () => Deno.remove(`${index}-mark`).catch(() => {})],
      ["its files are locked for nobody, and touched", () => Deno.utime(index, 1, 1)],
    ];
    for (const [name, damage] of harmless) {
      await t.step(`without a word: ${name}`, async () => {
        await indexed.restore();
        await damage();
        const onWarning = (message: string) => ok(false, message);
        for (const again of ["", ", again"]) {
          const answers = await readAnswers(indexed.home, join(root, "opper"), { onWarning });
          deepStrictEqual(answers, indexed.fresh, name + again);
        }
      });
    }
    await t.step("a socket in its place stays", async () => {
      await Deno.remove(dirname(index), { recursive: true });
      await Deno.mkdir(dirname(index));
      await makeSocket(index);
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      deepStrictEqual(await readAnswers(indexed.home, join(root, "opper"), { onWarning }), indexed.fresh);
      match(warnings.join("\n"), /^The index .* cannot be used \(it is no regular file\)\. [^\n]*$/);
    });
  });
});

Deno.test("whichever bytes of the index change, the answer is that of a fresh scan", async (t) => {
  await withIndex(async (indexed) => {
    for (const seed of [1, 2, 3]) {
      await t.step(`seed ${seed}`, async () => {
        const random = seededRandom(seed);
        const below = (count: number) => Math.floor(random() * count);
        let damaged = 0;
        for (let round = 0; round < 25; round++) {
          await indexed.restore();
          const bytes = await Deno.readFile(indexed.index);
          const what: string[] = [];
          for (let count = 1 + below(4); count > 0; count--) {
            let at = below(bytes.length);
            // Most of the pages of a small index are empty.
            while (bytes[at] === 0) at = below(bytes.length);
            const length = random() < 0.8 ? 1 : 1 + below(5000);
            for (let place = at; place < Math.min(at + length, bytes.length); place++) bytes[place] = below(256);
            what.push(`${length} at ${at}`);
          }
          await Deno.writeFile(indexed.index, bytes);
          const warnings: string[] = [];
          const onWarning = (message: string) => warnings.push(message);
          const opperHome = join(indexed.root, "opper");
          deepStrictEqual(await readAnswers(indexed.home, opperHome, { onWarning }), indexed.fresh, what.join());
          for (const warning of warnings) match(warning, DAMAGED);
          deepStrictEqual(await readAnswers(indexed.home, opperHome, { onWarning }), indexed.fresh, what.join());
          ok(warnings.length <= 1, what.join());
          damaged += warnings.length;
        }
        // What changed in the others is used by nobody.
        ok(damaged > 10, `${damaged} were noticed`);
      });
    }
  });
});

Deno.test("what is found to be damaged only when it is asked is made anew in the same run", async (t) => {
  /** The page of a table becomes zeros, and nothing else tells. */
  const damage = async (index: string, table: string) => {
    const database = new DatabaseSync(index);
    const { page } = database.prepare("SELECT rootpage AS page FROM sqlite_schema WHERE name = ?").get(table) as {
      page: number;
    };
    database.close();
    const bytes = await Deno.readFile(index);
    bytes.fill(0, (page - 1) * 4096, page * 4096);
    await Deno.writeFile(index, bytes);
    new IndexGuard(index).mark();
  };
  const session = "01a1fb67-0929-7696-b70b-653c119e011e";
  const commands = [
    ["sessions", "--json"],
    ["cost", "--json"],
    ["overview", "--json"],
    ["cache", "--json"],
    ["doctor", "--quick", "--json"],
    ["session", session, "--json"],
    ["sessions", "--json", "--as-of", "2026-11-20T23:59:58Z"],
  ];
  await withIndex(async ({ home, root, index, restore }) => {
    let noticed = 0;
    const opperHome = join(root, "opper");
    for (const [place, table] of SEALED_TABLES.filter((table) => table !== "prices").entries()) {
      const [name, ...rest] = commands[place % commands.length]!;
      const command = [name!, ...rest, ...rest.includes("--as-of") ? [] : ["--as-of", FIXTURE_NOW]];
      await t.step(`${table}: ${command.join(" ")}`, async () => {
        const right = await runAgent([...command, "--no-index"], { home, opperHome });
        strictEqual(right.code, 0, right.stderr);
        await restore();
        await damage(index, table);
        const run = await runAgent(command, { home, opperHome });
        deepStrictEqual([run.code, withoutIndex(run.stdout)], [0, withoutIndex(right.stdout)], run.stderr);
        // An answer that takes nothing of that table says nothing.
        match(run.stderr, /^(?:warning: The index .* was damaged\. It is built again from the logs\.\n)?$/);
        noticed += run.stderr === "" ? 0 : 1;
      });
    }
    ok(noticed > 3, `${noticed} were noticed`);
  }, oldHome);
});

/** `doctor` says which one it used. */
function withoutIndex(text: string): unknown {
  const { index: _, ...answer } = JSON.parse(text);
  return answer;
}

Deno.test("doctor looks at every row, also where nothing tells that one changed", async () => {
  await withIndex(async ({ home, root, index }) => {
    const run = async () => await runAgent(["doctor", "--quick", "--json"], { home, opperHome: join(root, "opper") });
    const sound = JSON.parse((await run()).stdout).index;
    deepStrictEqual([sound.check, sound.rows > 50], ["ok", true]);
    change(index, "UPDATE files SET rollup = replace(rollup, '1', '9')");
    new IndexGuard(index).mark();
    const { code, stdout, stderr } = await run();
    deepStrictEqual([code, JSON.parse(stdout).index], [0, { ...sound, bytes: JSON.parse(stdout).index.bytes }]);
    match(stderr, /^warning: The index .* was damaged\. It is built again from the logs\.\n$/);
    strictEqual((await run()).stderr, "");
  }, oldHome);
});

Deno.test("what is said of a broken line is kept as it was written, whichever character it is about", async (t) => {
  for (const [name, character] of [["NUL", "\0"], ["half a pair", "\ud800"], ["escape", "\x1b"]] as const) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (root) => {
        const home = join(root, "home");
        const turn = piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" });
        await writeLog(piLogPath(home, ID), [piHeader(ID), turn, character.repeat(40), `${character}{"usage":1}`]);
        const run = async (...flags: string[]) => {
          const args = ["doctor", "--quick", "--json", "--as-of", "2026-11-20T12:00:00Z", ...flags];
          const { code, stdout, stderr } = await runAgent(args, { home, opperHome: join(root, "opper") });
          strictEqual(code, 0, stderr);
          strictEqual(stderr, "");
          return withoutIndex(stdout);
        };
        const fresh = await run("--no-index");
        deepStrictEqual([await run(), await run()], [fresh, fresh]);
      });
    });
  }
});

Deno.test("one that is open while another process makes it anew", async () => {
  await withIndex(async ({ home, root, index, fresh }) => {
    const options = {
      machine: makeMachine({ home }),
      stateDirectory: join(root, "opper/agent"),
    };
    const now = { now: Date.parse("2026-11-20T12:00:00Z"), isPast: false };
    const open = await openIndex(options);
    const sessions = (await open.sessions(now)).length;
    const bytes = await Deno.readFile(index);
    bytes.fill(0, 3 * 4096);
    await Deno.writeFile(index, bytes);
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    deepStrictEqual(await readAnswers(home, join(root, "opper"), { onWarning }), fresh);
    // Another one is in its place by now, and is written to.
    const id = ID.replace(/1$/, "9");
    await writeLog(piLogPath(home, `${id}9`), [
      piHeader(`${id}9`),
      piTurn({ id: "new", at: "2026-11-20T11:00:00.000Z" }),
    ]);
    const other = await openIndex({ ...options, onWarning });
    strictEqual((await other.sessions(now)).length, sessions + 1);
    open.close();
    other.close();
    const last = await openIndex({ ...options, onWarning, onProgress: () => {} });
    strictEqual((await last.sessions(now)).length, sessions + 1);
    strictEqual((await last.checkIndex()).check, "ok");
    last.close();
    strictEqual(warnings.length, 1);
  });
});

Deno.test("several processes may find the same damage at once", async () => {
  await withIndex(async ({ home, root, index }) => {
    const bytes = await Deno.readFile(index);
    bytes.fill(0xa5, 2 * 4096);
    await Deno.writeFile(index, bytes);
    const args = ["sessions", "--json", "--limit", "0", "--as-of", "2026-11-21T10:00:00Z"];
    const opperHome = join(root, "opper");
    const right = await runAgent([...args, "--no-index"], { home, opperHome });
    for (const run of await Promise.all(Array.from({ length: 4 }, () => runAgent(args, { home, opperHome })))) {
      deepStrictEqual([run.code, run.stdout], [0, right.stdout], run.stderr);
    }
    const after = await runAgent(args, { home, opperHome });
    deepStrictEqual([after.code, after.stdout, after.stderr], [0, right.stdout, ""]);
  });
});
