/**
 * `deno task demo:team`: many people export their logs into one directory, and DuckDB answers a team's five questions.
 *
 * The people are made of the sample sessions in tests/fixtures/home; exports and SQL are the real ones (team/README.md).
 * DuckDB, and the Node that it runs in, come from npm, pinned, into a cache of the system's temporary directory.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { figuresTable } from "../bench/comparison/print_table.ts";
import { startDuckdb } from "../tests/support/engines/native_engine.ts";
import { questionsOn, readTeamFile, runScript, type SqlRow } from "../tests/support/engines/sql_engine.ts";
import { makePersonHome, personName } from "../tests/support/team_homes.ts";
import { demoCommand, demoEnvironment, fetchPackages } from "./demo_program.ts";

/** The last day of the samples: "the last 30 days" end there. */
const TODAY = "2026-11-21";
const SHOWN_ROWS = 5;

async function runDemo(people: number): Promise<number> {
  if (!await fetchPackages()) return 1;
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-demo-team-" });
  try {
    const lake = join(directory, "turns");
    const numbers = Array.from({ length: people }, (_, number) => number);
    const failed = await exportAll(numbers, directory, lake);
    if (failed !== 0) return failed;
    await answer(people, lake);
    return 0;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** As many at once as there are processors. @returns the first status that is not 0 */
async function exportAll(numbers: readonly number[], directory: string, lake: string): Promise<number> {
  const waiting = numbers.values();
  const isTerminal = Deno.stderr.isTerminal();
  let code = 0;
  const work = async () => {
    for (const number of waiting) {
      const person = personName(number);
      const home = join(directory, person);
      await makePersonHome(home, number);
      const args = ["export", lake, "--person", person, "--host", "laptop"];
      if (number === 0) console.log(`$ opper-agent ${args.join(" ").replace(lake, "/srv/turns")}   # and so on`);
      const status = await demoCommand(args, await demoEnvironment(home, join(home, ".opper")), { stdout: "null" })
        .status;
      code ||= status.code;
      if (isTerminal) await Deno.stderr.write(new TextEncoder().encode(`\r${person} exported\x1b[K`));
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  if (isTerminal) await Deno.stderr.write(new TextEncoder().encode("\r\x1b[K"));
  return code;
}

async function answer(people: number, lake: string): Promise<void> {
  await using duckdb = await startDuckdb();
  await duckdb.run(`SET VARIABLE lake = '${lake}'`);
  await runScript(duckdb, await readTeamFile("duckdb/turns.sql"));
  const [sums] = await duckdb.run(
    "SELECT COUNT(*) AS turns, COUNT(DISTINCT person) AS people, SUM(usd) AS usd FROM turns",
  );
  const [files] = await duckdb.run(
    `SELECT COUNT(*) AS files, SUM(size) AS bytes FROM read_blob('${lake}/month=*/*.parquet')`,
  );
  const { bytes, files: count } = files as { readonly bytes: string; readonly files: string };
  console.log(
    `${sums!["turns"]} turns of ${sums!["people"]} people, $${sums!["usd"]}, in ${count} files of ${bytes} bytes.`,
  );
  if (Number(sums!["people"]) !== people) throw new Error(`Expected turns of ${people} people.`);
  for (const { title, sql } of questionsOn(TODAY)) {
    const rows = await duckdb.run(sql);
    console.log(`\n${title}\n${rows.length > SHOWN_ROWS ? `The first ${SHOWN_ROWS} of ${rows.length}:\n` : ""}`);
    console.log(tableOf(rows.slice(0, SHOWN_ROWS)));
  }
  console.log("\nThese were sample sessions. team/README.md says how to do it with your team's.");
}

const MONEY = ["cost", "lost", "gained", "paid", "net"];

function tableOf(rows: readonly SqlRow[]): string {
  const header = Object.keys(rows[0] ?? {});
  const figures = header.flatMap((name, column) => rows.every((row) => isFigure(row[name])) ? [column] : []);
  return figuresTable(header, rows.map((row) => header.map((name) => cellOf(name, row[name]))), figures);
}

function isFigure(value: unknown): boolean {
  return value === null || !Number.isNaN(Number(value));
}

function cellOf(name: string, value: unknown): string {
  if (value === null) return "?";
  if (name === "hit") return `${(Number(value) * 100).toFixed(1)}%`;
  if (name === "month") return String(value).slice(0, 7);
  if (!MONEY.includes(name)) return String(value);
  return `${Number(value) < 0 ? "-" : ""}$${Math.abs(Number(value)).toFixed(4)}`;
}

const { values } = parseArgs({ options: { people: { type: "string", default: "50" } } });
Deno.exit(await runDemo(Number(values.people)));
