// Takes the place of DuckDB's own program, which npm does not have: runs the SQL of standard input, and ends with 1 and the
// engine's words at the first fault, as `duckdb -bail` does. Rows are not shown.
// usage: node duckdb_shell.mjs DIRECTORY_OF_PACKAGE
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { DuckDBInstance } = await import(pathToFileURL(join(process.argv[2], "lib/index.js")).href);
const connection = await (await DuckDBInstance.create(":memory:")).connect();
try {
  const statements = await connection.extractStatements(await text(process.stdin));
  for (let index = 0; index < statements.count; index++) await (await statements.prepare(index)).run();
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
