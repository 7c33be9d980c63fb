// Runs DuckDB or ClickHouse, which come from npm as native code, in Node: a statement a line in, its rows a line out.
// usage: node native_engine.mjs duckdb|clickhouse DIRECTORY_OF_PACKAGE [DIRECTORY_OF_DATA]
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , kind, directory, data] = process.argv;
const load = (file) => import(pathToFileURL(join(directory, file)).href);

async function openDuckdb() {
  const { DuckDBInstance } = await load("lib/index.js");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  return async (statement) => (await connection.runAndReadAll(statement)).getRowObjectsJson();
}

async function openClickhouse() {
  const { Session } = await load("index.mjs");
  const session = new Session(data);
  session.query("SET output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1");
  return (statement) => {
    const text = String(session.query(statement, "JSONEachRow"));
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  };
}

const run = await (kind === "duckdb" ? openDuckdb() : openClickhouse());
for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const answer = await Promise.resolve(JSON.parse(line)).then(run).then(
    (rows) => {
      const { user, system } = process.cpuUsage(before);
      return { rows, cpuMs: (user + system) / 1000 };
    },
    (error) => ({ error: String(error?.message ?? error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
// What is native may keep the process from its end.
process.exit(0);
