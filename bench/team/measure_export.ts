/** What `export` costs over made logs whose turns are known: first, again, and with nothing new. */
import { join } from "node:path";
import { startDuckdb } from "../../tests/support/engines/native_engine.ts";
import { placeOf } from "../comparison/programs.ts";
import { type Measured, type Program, runMeasured } from "../comparison/run_measured.ts";

export interface MeasuredExport {
  /** In the order in which they ran. */
  readonly runs: readonly (readonly [name: string, figures: Measured])[];
  readonly files: number;
  readonly bytes: number;
  /** Of what was written. */
  readonly turns: number;
}

/** @param home The logs. @param work An empty directory for files and index. @throws {Error} when turns are missing */
export async function measureExport(
  ours: Program["command"],
  home: string,
  work: string,
  expectedTurns: number,
): Promise<MeasuredExport> {
  const lake = join(work, "lake");
  const place = placeOf(home, join(work, "opper"));
  const exported = [...ours, "export", lake, "--person", "bench"] as const;
  const cases: readonly Program[] = [
    { name: "first scan, without an export", command: [...ours, "sessions", "--limit", "1"] },
    { name: "first export", command: exported },
    { name: "nothing new", command: exported },
  ];
  const runs: [string, Measured][] = [];
  for (const program of cases) runs.push([program.name, await runMeasured({ ...program, isQuiet: true }, place)]);
  await using duckdb = await startDuckdb();
  const [found] = await duckdb.run(
    `SELECT COUNT(*) FILTER (is_total = 0) AS turns FROM read_parquet('${lake}/month=*/*.parquet')`,
  );
  const [stored] = await duckdb.run(
    `SELECT COUNT(*) AS files, SUM(size) AS bytes FROM read_blob('${lake}/month=*/*.parquet')`,
  );
  const turns = Number(found!["turns"]);
  if (turns !== expectedTurns) throw new Error(`${turns} turns were exported, ${expectedTurns} are in the logs.`);
  return { runs, turns, files: Number(stored!["files"]), bytes: Number(stored!["bytes"]) };
}
