/** Databases of real agents with rows in them that no agent writes. */
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LOGGED_AGENTS } from "../../../src/agents/agents.ts";
import { storeOf, type TableStore } from "../../../src/agents/log_store.ts";
import { readWholeLogs, type RealLog } from "../real_logs.ts";
import { isZstd, quoteName, readContent, type TableContent, type Value } from "./database_content.ts";
import { renamed, renamedName, shiftNumber } from "./renamed.ts";
import { type StrangeLogs, withHostileMember } from "./strange_documents.ts";
import { writeHomeFile } from "./source_homes.ts";

/** What a cell of a table may hold that no agent writes. */
const HOSTILE_CELLS: readonly Value[] = [
  ...["", " ", "x", "\u0000", "a\u0000b", "NaN", "{", "[[[[", '{"input":', "null", "x".repeat(100_000), "\u202e"],
  ...[-1n, 0n, 9223372036854775807n, -9223372036854775808n, 1e300, Infinity, -Infinity, 0.5, null],
  ...[new Uint8Array(), new Uint8Array([0xff, 0xfe]), new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0])],
];

/** The log with the fewest rows that somebody was billed for, of each agent that has databases. */
export async function strangeRows(count: number): Promise<readonly StrangeLogs[]> {
  const logs = (await readWholeLogs()).filter(({ form, isBilled }) => form === "tables" && isBilled)
    .toSorted((a, b) => a.records.length - b.records.length);
  return [...new Set(logs.map(({ source }) => source))].map((source) =>
    strangeRowsLike(logs.find((log) => log.source === source)!, count)
  );
}

function strangeRowsLike({ source, home: realHome, log, file: { part } }: RealLog, count: number): StrangeLogs {
  const real = log.table!.database;
  const relativePath = relative(realHome, real);
  const store = storeOf(LOGGED_AGENTS.find(({ id }) => id === source)!.logs, log.relativePath) as TableStore;
  let content: readonly TableContent[] | undefined;
  return {
    source,
    count,
    write(home, index, random) {
      const path = join(home, relativePath);
      if (content === undefined) {
        for (const suffix of ["", "-wal"]) {
          const bytes = readIfAny(real + suffix);
          if (bytes !== undefined) writeHomeFile(home, { relativePath: relativePath + suffix, bytes });
        }
        content = readContent(path, store).tables;
      }
      const rows = rowsOf(content, part!);
      const names = namesIn(rows, part!);
      const strange = Math.floor(random() * rows.length);
      const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
      try {
        for (const [place, { table, row }] of rows.entries()) {
          const own = row.map((value, column) => rename(value, names, index, table.columns[column]!));
          putIn(database, table, place === strange ? withHostileCell(own, random) : own);
        }
      } finally {
        database.close();
      }
    },
  };
}

function readIfAny(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch {
    return undefined;
  }
}

interface RowOf {
  readonly table: TableContent;
  readonly row: readonly Value[];
}

/** Those that name the log. */
function rowsOf(tables: readonly TableContent[], log: string): readonly RowOf[] {
  return tables.flatMap((table) => table.rows.filter((row) => row.includes(log)).map((row) => ({ table, row })));
}

/** What the rows are called by: texts in their first column that are no two rows' of a table. */
function namesIn(rows: readonly RowOf[], log: string): readonly string[] {
  const names = new Set([log]);
  for (const { table, row } of rows) {
    const key = row[table.columns[0] === "rowid" ? 1 : 0];
    if (typeof key === "string" && key.length >= 8) names.add(key);
  }
  return [...names];
}

function rename(value: Value, names: readonly string[], index: number, column: string): Value {
  // A new one is given.
  if (column === "rowid") return null;
  if (typeof value === "number") return shiftNumber(value, index);
  if (typeof value === "bigint") return BigInt(shiftNumber(Number(value), index));
  if (typeof value === "string") {
    return names.includes(value) ? renamedName(value, index) : renamed(value, names, index);
  }
  return isZstd(value) ? packed(renamed(unpacked(value), names, index)) : value;
}

const unpacked = (value: Uint8Array) => new TextDecoder().decode(zstdDecompressSync(value));
const packed = (text: string) => new Uint8Array(zstdCompressSync(text));

/** A member of its JSON, where it has some, or a whole cell. */
function withHostileCell(row: readonly Value[], random: () => number): readonly Value[] {
  const below = (most: number) => Math.floor(random() * most);
  const places = row.flatMap((value, place) => jsonOf(value) === undefined ? [] : [place]);
  if (places.length > 0 && below(4) > 0) {
    const place = places[below(places.length)]!;
    const text = withHostileMember(JSON.parse(jsonOf(row[place]!)!), random);
    return row.with(place, isZstd(row[place]!) ? packed(text) : text);
  }
  return row.with(below(row.length), HOSTILE_CELLS[below(HOSTILE_CELLS.length)]!);
}

function jsonOf(value: Value): string | undefined {
  const text = typeof value === "string" ? value : isZstd(value) ? unpacked(value) : "";
  if (!/^[{[]/.test(text)) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** What the table itself refuses is not written. */
function putIn(database: DatabaseSync, { name, columns }: TableContent, row: readonly Value[]): void {
  const own = columns.flatMap((column, place) => column === "rowid" ? [] : [{ column, value: row[place]! }]);
  const sql = `INSERT OR IGNORE INTO ${quoteName(name)} (${own.map(({ column }) => quoteName(column)).join(", ")}) ` +
    `VALUES (${own.map(() => "?").join(", ")})`;
  try {
    database.prepare(sql).run(...own.map(({ value }) => value));
  } catch (error) {
    // Of another type than its column's.
    if (!(error instanceof Error && "errcode" in error)) throw error;
  }
}
