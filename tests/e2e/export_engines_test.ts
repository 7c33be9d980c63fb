/**
 * What `export` writes, in the engines that team/ is for: DuckDB, ClickHouse and PostgreSQL, all of them real. Each shows
 * each turn once, and all give the same answers.
 */
import { deepStrictEqual, match, ok, rejects } from "node:assert/strict";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { turnFileName } from "../../src/export/turn_file_name.ts";
import type { TurnRow } from "../../src/export/turn_row.ts";
import { writeTurnFile } from "../../src/export/write_turn_file.ts";
import { comparable, startTeamEngines } from "../support/engines/export_engines.ts";
import { makeDuckdbShell, startDuckdb } from "../support/engines/native_engine.ts";
import {
  dashboardPanels,
  questionsOn,
  readTeamFile,
  runScript,
  TEAM_QUESTIONS,
  teamFile,
} from "../support/engines/sql_engine.ts";
import { agentEnvironment, FIXTURE_HOME, runAgent, withTemporaryDirectory } from "../support/run_agent.ts";

const DAY = 86_400_000;
/** Soon after the last of the samples. */
const TODAY = "2026-11-27";
const START = Date.UTC(2026, 10, 20, 12);

/** Anna's, in full; what a test is about is said beside it. */
function turn(turn_id: bigint, changes: Partial<TurnRow> = {}): TurnRow {
  const started_at = changes.started_at ?? START;
  return {
    ...{ turn_id, person: "anna", host: "laptop", source: "a", provider: "anthropic", model: "claude-opus-4-6" },
    ...{ project: "acme/shop", session_id: "s1", trace_id: null, chain: "main", started_at, ended_at: null },
    day: Math.floor(started_at / DAY),
    ...{ input_tokens: 10, cache_read_tokens: 90, cache_write_tokens: 0, cache_write_1h_tokens: 0, output_tokens: 5 },
    ...{ usd: 1_000_000_001n, usd_basis: "computed", cache_outcome: "hit", miss_cause: null },
    ...{ expected_tokens: 90, missed_tokens: 0, missed_usd: null, gap_ms: null, ttl_ms: 300_000, input_rate: 5 },
    ...{ inherited: 0, revision: START, is_total: 0 },
    ...changes,
  };
}

async function writeRows(lake: string, rows: readonly TurnRow[], month = "2026-11"): Promise<void> {
  const path = join(lake, turnFileName(month, rows[0]!));
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, await writeTurnFile(rows));
}

const SHOWN = "SELECT turn_id, person, session_id, usd, revision FROM turns ORDER BY turn_id";

Deno.test("every engine shows each turn once, by the same rule", async () => {
  await withTemporaryDirectory(async (directory) => {
    const lake = join(directory, "lake");
    const [huge, tiny] = [-(2n ** 63n), 2n ** 63n - 1n];
    const first = [turn(1n), turn(2n), turn(3n, { usd: null, usd_basis: "none" }), turn(huge), turn(tiny)];
    await writeRows(lake, first);
    // Bob's log begins as a copy of Anna's: exported later, and inherited.
    await writeRows(lake, [
      turn(1n, { person: "bob", session_id: "copy", inherited: 1, revision: START + 5 }),
      // Its original is nowhere yet.
      turn(4n, { person: "bob", session_id: "copy", inherited: 1, revision: START + 5 }),
    ]);
    await using engines = await startTeamEngines(lake, join(directory, "clickhouse"));
    const rows: [what: string, change: () => Promise<void>, shown: readonly TurnRow[]][] = [
      ["copies lose", () => Promise.resolve(), [
        turn(huge),
        ...first.slice(0, 3),
        turn(4n, { person: "bob", session_id: "copy", revision: START + 5 }),
        turn(tiny),
      ]],
      ["the same again changes nothing", () => Promise.resolve(), [
        turn(huge),
        ...first.slice(0, 3),
        turn(4n, { person: "bob", session_id: "copy", revision: START + 5 }),
        turn(tiny),
      ]],
      [
        "a correction and an original win",
        async () => {
          const corrected = turn(2n, { usd: 3n, revision: START + 1 });
          const original = turn(4n, { session_id: "s4", usd: 4n, revision: START + 2 });
          const priced = turn(3n, { usd: 7n, revision: START + 1 });
          await writeRows(lake, [turn(1n), corrected, priced, original, turn(huge), turn(tiny)]);
          // Carl shares Anna's home, and exported her session later than she did, but before her correction.
          await writeRows(lake, [turn(2n, { person: "carl", usd: 2n, revision: START })]);
        },
        [
          turn(huge),
          turn(1n),
          turn(2n, { usd: 3n, revision: START + 1 }),
          turn(3n, { usd: 7n, revision: START + 1 }),
          turn(4n, { session_id: "s4", usd: 4n, revision: START + 2 }),
          turn(tiny),
        ],
      ],
    ];
    for (const [what, change, shown] of rows) {
      await change();
      await engines.load();
      const expected = shown.map(({ turn_id, person, session_id, usd, revision }) => ({
        ...{ turn_id: String(turn_id), person, session_id, usd: usd === null ? null : dollars(usd) },
        revision: String(revision),
      }));
      for (const engine of engines.all) {
        deepStrictEqual(comparable(await engine.run(SHOWN)), comparable(expected), `${engine.name}: ${what}`);
      }
    }
  });
});

function dollars(nano: bigint): string {
  return `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, "0")}`;
}

/** What `cost` says, as decimals. */
interface Truth {
  readonly turns: string;
  readonly usd: string;
  readonly input: string;
  readonly output: string;
}

const SUMS = `SELECT SUM(CASE WHEN is_total = 1 THEN 0 ELSE 1 END) AS turns, SUM(usd) AS usd,
  SUM(input_tokens + cache_read_tokens + cache_write_tokens + cache_write_1h_tokens) AS input,
  SUM(output_tokens) AS output FROM turns`;

async function costOf(home: string): Promise<Truth> {
  const { code, stdout, stderr } = await runAgent(["cost", "--json"], { home });
  deepStrictEqual([code, stderr], [0, ""]);
  const { turns, usage, cost } = JSON.parse(stdout).total;
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
  return {
    turns: String(turns),
    // A sum of a dollar has no billionth that a double could not hold.
    usd: dollars(BigInt(Math.round(cost.usd * 1e9))),
    input: String(input + cacheRead + cacheWrite + cacheWrite1h),
    output: String(output),
  };
}

/** Every second log alone: among them are copies of turns whose originals are missing. */
async function makeHalfHome(home: string): Promise<void> {
  for (const path of (await listFiles(FIXTURE_HOME)).filter((_, index) => index % 2 === 0)) {
    await Deno.mkdir(dirname(join(home, path)), { recursive: true });
    await Deno.copyFile(join(FIXTURE_HOME, path), join(home, path));
  }
}

/** Below a directory, in the order of their names. */
async function listFiles(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (!isDirectory) paths.push(name);
    else paths.push(...(await listFiles(join(directory, name))).map((path) => join(name, path)));
  }
  return paths.sort();
}

/** A log of Claude Code in which a response's output was more than what stands there. */
async function correctOutput(home: string): Promise<void> {
  const path = join(home, ".claude/projects/-srv-dev-peers-work1/60f0583c-6960-4199-ae27-d6cd49424596.jsonl");
  const text = await Deno.readTextFile(path);
  const corrected = text.replace(/"output_tokens":(\d+)/g, (_, count) => `"output_tokens":${Number(count) + 1000}`);
  ok(corrected !== text);
  await Deno.writeTextFile(path, corrected);
}

/** What Grafana makes of its macro, for all of the samples. */
const ALL_TIME = [
  "started_at BETWEEN '2026-11-01T00:00:00Z' AND '2026-11-30T00:00:00Z'",
  "started_at >= toDateTime(1793491200) AND started_at <= toDateTime(1795996800)",
] as const;

Deno.test("what two people exported adds up to what cost says, in every engine and by every way in", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const [lake, anna, bob] = ["lake", "anna", "bob"].map((name) => join(directory, name)) as [string, string, string];
    cpSync(FIXTURE_HOME, anna, { recursive: true });
    await makeHalfHome(bob);
    const exportFrom = async (home: string, ...args: readonly string[]) => {
      const owner = home === anna ? ["--person", "anna", "--host", "laptop"] : ["--person", "bob", "--host", "desk"];
      const { code, stdout, stderr } = await runAgent(["export", ...args, ...owner], { home });
      deepStrictEqual([code, stderr], [0, ""]);
      return stdout;
    };
    await exportFrom(anna, lake);
    await exportFrom(bob, lake);
    await using engines = await startTeamEngines(lake, join(directory, "clickhouse"));
    const [clickhouse, postgres] = [engines.all[1]!, engines.postgres];

    const copies = await engines.duckdb.run(
      `SELECT COUNT(*) AS all, SUM(inherited) AS inherited FROM read_parquet('${lake}/month=*/*.parquet')`,
    );
    const truth = await costOf(anna);
    ok(
      Number(copies[0]!["inherited"]) > 0 && Number(copies[0]!["all"]) > Number(truth.turns),
      "there is nothing to remove",
    );

    const expectSums = async (expected: Truth, what: string) => {
      for (const engine of engines.all) {
        deepStrictEqual(comparable(await engine.run(SUMS)), comparable([{ ...expected }]), `${engine.name}: ${what}`);
      }
    };
    await t.step("sums to the billionth", async () => {
      await engines.load();
      await expectSums(truth, "first");
      await exportFrom(bob, lake);
      await engines.load();
      await expectSums(truth, "everything again");
    });

    await t.step("no copy took a turn from its original", async () => {
      const moved = "SELECT COUNT(*) AS moved FROM turns WHERE inherited = 1";
      for (const engine of engines.all) deepStrictEqual(comparable(await engine.run(moved)), [{ moved: "0" }]);
    });

    await t.step("the five questions have the same answers", async (t) => {
      for (const { name, sql } of questionsOn(TODAY)) {
        await t.step(name, async () => {
          const [first, ...others] = await Promise.all(
            engines.all.map(async (engine) => comparable(await engine.run(sql))),
          );
          ok(first!.length > 0, "expected an answer");
          for (const other of others) deepStrictEqual(other, first);
        });
      }
    });

    await t.step("the dashboards have those answers too", async (t) => {
      for (
        const [engine, name, time] of [[postgres, "postgres", ALL_TIME[0]], [
          clickhouse,
          "clickhouse",
          ALL_TIME[1],
        ]] as const
      ) {
        for (const { title, sql } of await dashboardPanels(name)) {
          await t.step(`${name}: ${title}`, async () => {
            const asked = sql.replaceAll("$__timeFilter(started_at)", time);
            ok(!asked.includes("$__"), asked);
            const rows = comparable(await engine.run(asked));
            ok(rows.length > 0, "expected an answer");
            deepStrictEqual(
              rows,
              comparable(await engines.duckdb.run(sql.replaceAll("$__timeFilter(started_at)", "TRUE"))),
            );
          });
        }
      }
    });

    await t.step("PostgreSQL takes what the program prints, and what DuckDB makes of the files", async () => {
      const merge = teamFile("postgres/merge.sql");
      await postgres.run("TRUNCATE turns");
      const printed = await exportFrom(anna, "--format", "csv");
      await rejects(postgres.runFile(merge, printed.slice(0, -20)), /missing data for column/);
      deepStrictEqual(await postgres.run("SELECT * FROM turns"), [], "of a part nothing is taken");
      for (const home of [bob, anna, bob]) await postgres.runFile(merge, await exportFrom(home, "--format", "csv"));
      await expectSums(truth, "printed");
      await postgres.run("TRUNCATE turns");
      const rows = join(directory, "shown.csv");
      await engines.duckdb.run(
        (await readTeamFile("postgres/rows.sql")).replace(/^--.*$/gm, "").replace("/dev/stdout", rows),
      );
      await postgres.runFile(merge, await Deno.readFile(rows));
      await expectSums(truth, "by DuckDB");
    });

    await t.step("ClickHouse takes what is posted, by the names of columns", async () => {
      await clickhouse.run("TRUNCATE TABLE turns_raw");
      const body = join(directory, "body.parquet");
      let posts = 0;
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
        posts++;
        await Deno.writeFile(body, await request.bytes());
        const query = new URL(request.url).searchParams.get("query");
        // What the server does with a body, a library does with a file.
        await clickhouse.run(query!.replace(" FORMAT", ` FROM INFILE '${body}' FORMAT`));
        return new Response();
      });
      const url = `http://127.0.0.1:${server.addr.port}/?query=INSERT INTO turns_raw FORMAT Parquet`;
      // Posted again, as after an answer that got lost on its way.
      for (const home of [bob, anna]) await exportFrom(home, "--post", url);
      await clickhouse.run(`INSERT INTO turns_raw FROM INFILE '${body}' FORMAT Parquet`);
      ok(posts >= 2);
      await expectSums(truth, "posted");
    });

    await t.step("a correction takes a row's place", async () => {
      await correctOutput(anna);
      match(await exportFrom(anna, lake), / [1-9]\d* changed/);
      const corrected = await costOf(anna);
      ok(corrected.usd !== truth.usd);
      await engines.load();
      await expectSums(corrected, "corrected");
    });
  });
});

Deno.test("compact.sh makes one file of each month that changed, and answers stay the same", async () => {
  await withTemporaryDirectory(async (directory) => {
    // What a shell or SQL would take apart.
    const [lake, compact, bin] = ["it's a lake", "its $(large) files", "bin"].map((name) => join(directory, name));
    await makeDuckdbShell(bin!);
    const run = async () => {
      const { code, stdout, stderr } = await new Deno.Command(teamFile("duckdb/compact.sh"), {
        args: [lake!, compact!],
        env: { PATH: `${bin}:${Deno.env.get("PATH")}` },
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, said: text(stdout) + text(stderr) };
    };
    await using duckdb = await startDuckdb();
    const view = await readTeamFile("duckdb/turns.sql");
    const rowsIn = async (place: string) => {
      await duckdb.run(`SET VARIABLE lake = '${place.replaceAll("'", "''")}'`);
      await runScript(duckdb, view);
      return await duckdb.run("SELECT * FROM turns ORDER BY turn_id");
    };
    const filesOf = async (month: string) =>
      (await Array.fromAsync(Deno.readDir(join(compact!, `month=${month}`)), ({ name }) => name)).sort();
    const stampOf = async (month: string) => {
      const { ino, mtime } = await Deno.stat(join(compact!, `month=${month}`, "turns.parquet"));
      return [ino, mtime];
    };

    const october = turn(9n, { started_at: START - 30 * DAY });
    await writeRows(lake!, [turn(1n), turn(2n)]);
    await writeRows(lake!, [
      turn(1n, { person: "bob", inherited: 1, revision: START + 5 }),
      turn(3n, { person: "bob" }),
    ]);
    await writeRows(lake!, [october], "2026-10");
    // As an export leaves it that was killed.
    await Deno.writeTextFile(join(lake!, "month=2026-11/.anna-laptop.parquet.1"), "half a file");
    deepStrictEqual(await run(), { code: 0, said: "" });
    const first = await rowsIn(compact!);
    deepStrictEqual(first, await rowsIn(lake!));
    deepStrictEqual(first.map(({ turn_id }) => turn_id), ["1", "2", "3", "9"]);
    deepStrictEqual([await filesOf("2026-10"), await filesOf("2026-11")], [["turns.parquet"], ["turns.parquet"]]);

    const stamps = [await stampOf("2026-10"), await stampOf("2026-11")];
    deepStrictEqual(await run(), { code: 0, said: "" });
    deepStrictEqual([await stampOf("2026-10"), await stampOf("2026-11")], stamps, "nothing changed");

    await writeRows(lake!, [turn(1n), turn(2n, { usd: 5n, revision: START + 9 })]);
    deepStrictEqual(await run(), { code: 0, said: "" });
    deepStrictEqual(await stampOf("2026-10"), stamps[0], "only November changed");
    deepStrictEqual(await rowsIn(compact!), await rowsIn(lake!));

    const leftover = join(compact!, "month=2026-11/tmp_.turns.parquet.123");
    await Deno.writeTextFile(leftover, "half a file");
    await Deno.utime(leftover, new Date(0), new Date(0));
    const before = await rowsIn(compact!);
    await Deno.writeTextFile(join(lake!, "month=2026-11/broken.parquet"), "no Parquet");
    const { code, said } = await run();
    ok(code !== 0 && said.includes("broken.parquet"), said);
    deepStrictEqual(await rowsIn(compact!), before, "what was there is whole");
    deepStrictEqual(await filesOf("2026-11"), ["turns.parquet"]);
    await Deno.remove(join(lake!, "month=2026-11/broken.parquet"));

    await Deno.remove(join(lake!, "month=2026-10/anna-laptop.parquet"));
    match((await run()).said, /month=2026-10 has no files any more: delete .*turns\.parquet as well/);
    deepStrictEqual((await Array.fromAsync(Deno.readDir(compact!))).length, 2, "nothing is left beside the months");
  });
});

Deno.test("the task demo:team answers the five questions, and leaves nothing behind", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const [, ...args] = tasks["demo:team"].command.split(" ");
  await withTemporaryDirectory(async (home) => {
    const output = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--people", "3"],
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      clearEnv: true,
      env: agentEnvironment({ home }),
    }).output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    deepStrictEqual([output.code, stderr], [0, ""]);
    match(stdout!, /^\d{3} turns of 3 people, \$\d\.\d{9}, in \d files of \d+ bytes\.$/m);
    const shown = TEAM_QUESTIONS.filter(({ title }) => stdout!.includes(`\n${title}\n`));
    deepStrictEqual(shown.map(({ name }) => name), ["people", "projects", "misses", "savings", "sessions"]);
    for (const name of ["anna", "ben", "chloe"]) match(stdout!, new RegExp(`^\\| ${name} +\\| +\\$0\\.`, "m"));
    deepStrictEqual(await Array.fromAsync(Deno.readDir(home)), []);
  });
});
