/** The five questions of a team over turns that DuckDB makes up, in the layouts that team/README.md speaks of. */
import { join } from "node:path";
import { type NativeEngine, startDuckdb } from "../../tests/support/engines/native_engine.ts";
import { questionsOn, readTeamFile, runScript } from "../../tests/support/engines/sql_engine.ts";

/** The last of the made-up days. */
const TODAY = "2026-10-31";
/** Of 2025, as Date counts. */
const FIRST_MONTH = 10;
const MONTHS = 12;

export interface MadeTurns {
  readonly turns: number;
  readonly people: number;
  /** Also one file a person and month, as they are exported: some 100 files a second. @default false */
  readonly hasSmallFiles?: boolean;
}

export interface LayoutFigures {
  readonly layout: string;
  /** Of what is stored; undefined for a table in memory. */
  readonly bytes?: number;
  /** Processor time of each question, in milliseconds, in the order of team/questions.sql. */
  readonly cpuMs: readonly number[];
}

export const QUESTION_NAMES: readonly string[] = questionsOn(TODAY).map(({ name }) => name);

/** @param work An empty directory, for some 60 bytes a turn. @throws {Error} when two layouts give different answers */
export async function askMadeTurns(options: MadeTurns, work: string): Promise<readonly LayoutFigures[]> {
  await using duckdb = await startDuckdb();
  const { turns, people, hasSmallFiles = false } = options;
  for (const [name, value] of Object.entries({ turns, people })) await duckdb.run(`SET VARIABLE ${name} = ${value}`);
  await runScript(
    duckdb,
    `SET TimeZone = 'UTC';\n${await Deno.readTextFile(new URL("made_turns.sql", import.meta.url))}`,
  );
  const [large, small] = [join(work, "large"), join(work, "small")];
  for (let month = 0; month < MONTHS; month++) {
    await writeMonth(duckdb, large, new Date(Date.UTC(2025, FIRST_MONTH + month)).toISOString().slice(0, 7));
  }
  if (hasSmallFiles) {
    await duckdb.run(`COPY (SELECT *, strftime(day, '%Y-%m') AS month, person AS owner FROM made ORDER BY month, owner)
      TO '${small}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month, owner))`);
  }
  await duckdb.run("DROP TABLE made");

  const view = await readTeamFile("duckdb/turns.sql");
  const layouts: [layout: string, directory: string | undefined, script: string][] = [
    ...hasSmallFiles ? [["a file a person and month", small, view.replace("/*.parquet", "/*/*.parquet")] as const] : [],
    ["a file a month, each turn once by the view", large, view],
    ["a file a month, believed to have each turn once", large, view.replace(/\n +QUALIFY .*/, "")],
    [
      "a table, each turn once",
      undefined,
      "CREATE TABLE shown AS FROM turns;\nCREATE OR REPLACE VIEW turns AS FROM shown;",
    ],
  ].map(([layout, directory, script]) => [layout!, directory, script!]);
  const figures: LayoutFigures[] = [];
  let expected: string | undefined;
  for (const [layout, directory, script] of layouts) {
    console.error(`Asking: ${layout}`);
    if (directory !== undefined) await duckdb.run(`SET VARIABLE lake = '${directory}'`);
    // The table is made of the view that is there: the one that removes repeats.
    if (directory === undefined) await runScript(duckdb, view);
    await runScript(duckdb, script);
    const { cpuMs, answers } = await askAll(duckdb);
    if (answers !== (expected ??= answers)) throw new Error(`Other answers than before: ${layout}`);
    figures.push({ layout, cpuMs, ...directory === undefined ? {} : { bytes: await bytesBelow(directory) } });
  }
  return figures;
}

async function writeMonth(duckdb: NativeEngine, directory: string, month: string): Promise<void> {
  const path = join(directory, `month=${month}`);
  await Deno.mkdir(path, { recursive: true });
  const days = `day >= DATE '${month}-01' AND day < DATE '${month}-01' + INTERVAL 1 MONTH`;
  await duckdb.run(`COPY (SELECT * FROM made WHERE ${days} ORDER BY person, started_at)
    TO '${path}/turns.parquet' (FORMAT parquet, COMPRESSION zstd)`);
}

/** The least of two times each: the first one reads what lies on the disk. */
async function askAll(duckdb: NativeEngine): Promise<{ readonly cpuMs: readonly number[]; readonly answers: string }> {
  const cpuMs: number[] = [];
  const answers: unknown[] = [];
  for (const { sql } of questionsOn(TODAY)) {
    const first = await duckdb.measure(sql);
    const second = await duckdb.measure(sql);
    cpuMs.push(Math.min(first.cpuMs, second.cpuMs));
    // Doubles differ in their last digits by the order in which they were added up.
    answers.push(second.rows.map((row) => Object.values(row).filter((value) => typeof value !== "number")));
  }
  return { cpuMs, answers: JSON.stringify(answers) };
}

async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    bytes += isDirectory ? await bytesBelow(path) : (await Deno.stat(path)).size;
  }
  return bytes;
}
