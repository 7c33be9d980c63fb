/**
 * What `export` writes, in the engines that team/ is for: DuckDB, ClickHouse and PostgreSQL, all of them real. Each shows
 * each turn once, and all give the same answers.
 */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import { turnFileName } from "../../src/export/turn_file_name.ts";
import type { TurnRow } from "../../src/export/turn_row.ts";
import { writeTurnFile } from "../../src/export/write_turn_file.ts";
import { comparable, startTeamEngines } from "../support/engines/export_engines.ts";
import { makeDuckdbShell, startDuckdb } from "../support/engines/native_engine.ts";
import { readTeamFile, runScript, teamFile } from "../support/engines/sql_engine.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";

const DAY = 86_400_000;
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
