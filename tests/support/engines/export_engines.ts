/** The three engines of a team, filled from a directory of exported files as team/README.md says. */
import { join } from "node:path";
import { startClickhouse, startDuckdb } from "./native_engine.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { readTeamFile, runScript, type SqlEngine, type SqlRow, teamFile } from "./sql_engine.ts";

export interface TeamEngines extends AsyncDisposable {
  /** DuckDB first, which reads files as they lie; then ClickHouse and PostgreSQL, which are loaded. */
  readonly all: readonly SqlEngine[];
  readonly duckdb: SqlEngine;
  readonly postgres: Postgres;
  /** Makes DuckDB read what is there now, and loads it into the other two. */
  load(): Promise<void>;
}

/** @param lake The directory of the exported files. @param data A directory for ClickHouse's tables */
export async function startTeamEngines(lake: string, data: string): Promise<TeamEngines> {
  const started = new AsyncDisposableStack();
  try {
    const duckdb = started.use(await startDuckdb());
    const clickhouse = started.use(await startClickhouse(data, { cwd: lake }));
    const postgres = started.use(await startPostgres());
    await runScript(clickhouse, await readTeamFile("clickhouse/turns.sql"));
    await runScript(postgres, await readTeamFile("postgres/turns.sql"));
    await duckdb.run(`SET VARIABLE lake = '${lake}'`);
    const rows = join(data, "..", "rows.csv");
    return {
      ...{ all: [duckdb, clickhouse, postgres], duckdb, postgres },
      async load() {
        await runScript(duckdb, await readTeamFile("duckdb/turns.sql"));
        await runScript(clickhouse, loadFrom(lake, await readTeamFile("clickhouse/load.sql")));
        // Every row as it lies there, and not only those that DuckDB shows: PostgreSQL has to choose by itself.
        await duckdb.run(
          `COPY (SELECT * FROM read_parquet('${lake}/month=*/*.parquet', hive_partitioning = false)) TO '${rows}' (HEADER)`,
        );
        await postgres.runFile(teamFile("postgres/merge.sql"), await Deno.readFile(rows));
      },
      [Symbol.asyncDispose]: () => started.disposeAsync(),
    };
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** A library has no directory of user files as a server has: paths are whole. */
function loadFrom(lake: string, script: string): string {
  const named = script.replace("file('month=*", `file('${lake}/month=*`);
  if (named === script) throw new Error("team/clickhouse/load.sql names no files");
  return named;
}

/**
 * Values as all engines have them: a decimal without zeros at its end, a day or month as its day, a double with what is
 * the same however it was added up.
 */
export function comparable(rows: readonly SqlRow[]): readonly SqlRow[] {
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
}

function plain(value: unknown): unknown {
  if (value === null) return null;
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d/.test(text)) return text.slice(0, 10);
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return text;
  // What has more than the billionths of money is a double.
  if (/e/i.test(text) || /\.\d{10}/.test(text)) return shorten(Number(text).toFixed(9));
  return shorten(text);
}

function shorten(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "").replace(/^-0$/, "0") : decimal;
}
