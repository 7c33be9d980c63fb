/** A database of a real home with its sessions in it as often as it takes. */
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { TableStore } from "../../src/agents/log_store.ts";
import {
  type DatabaseContent,
  isZstd,
  quoteName,
  type TableContent,
  type Value,
} from "../../tests/support/sources/database_content.ts";
import { type Retelling, retellNumber, type Template } from "./template.ts";

/** As many copies are one transaction. */
const COPIES_AT_ONCE = 20;
/** Longer texts are compressed where a table has a place for them. */
const LEAST_COMPRESSED_BYTES = 1024;

type Cell = (copy: number) => Value;

interface ClonedTable {
  readonly insert: StatementSync;
  readonly rows: readonly (readonly Cell[])[];
  /** Places of a text and of its compressed form. */
  readonly packed?: readonly [text: number, blob: number];
}

/**
 * Only tables that the agent's store needs have rows: what a program keeps besides would make most of the bytes.
 *
 * @param path Where none is yet
 * @param bytes How many there are to be, about
 */
export function cloneDatabase(
  path: string,
  content: DatabaseContent,
  { layouts }: TableStore,
  retelling: Retelling,
  bytes: number,
): { readonly copies: number; readonly rows: number; readonly bytes: number } {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const needed = new Set(layouts.flatMap(({ needs }) => Object.keys(needs)));
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON;");
    for (const sql of content.schema) database.exec(sql);
    const tables = content.tables.filter(({ name, rows }) => needed.has(name) && rows.length > 0)
      .map((table) => cloneTable(database, table, retelling));
    let [copies, rows] = [0, 0];
    while (copies === 0 || sizeOf(database) < bytes) {
      database.exec("BEGIN");
      for (let some = 0; some < COPIES_AT_ONCE; some++, copies++) {
        for (const table of tables) rows += writeCopy(table, copies);
      }
      database.exec("COMMIT");
    }
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return { copies, rows, bytes: sizeOf(database) };
  } finally {
    database.close();
  }
}

function sizeOf(database: DatabaseSync): number {
  const { size } = database.prepare("SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size")
    .get()!;
  return Number(size);
}

function cloneTable(database: DatabaseSync, { name, columns, rows }: TableContent, retelling: Retelling): ClonedTable {
  const own = columns.flatMap((column, place) => column === "rowid" ? [] : [{ column, place }]);
  const insert = database.prepare(
    `INSERT OR IGNORE INTO ${quoteName(name)} (${own.map(({ column }) => quoteName(column)).join(", ")}) ` +
      `VALUES (${own.map(() => "?").join(", ")})`,
  );
  const hasRowid = columns[0] === "rowid";
  const cells = rows.map((row) =>
    own.map(({ place }) => {
      // A number by which SQLite itself calls rows: a new one is given.
      const isRowid = hasRowid && typeof row[place] === "bigint" && rows.every((row) => row[place] === row[0]);
      return isRowid ? () => null : cellOf(row[place]!, retelling);
    })
  );
  const blob = own.findIndex(({ column }) => column.endsWith("_zstd"));
  const text = own.findIndex(({ column }) => blob >= 0 && column === own[blob]!.column.replace(/_zstd$/, "_json"));
  return { insert, rows: cells, ...text < 0 ? {} : { packed: [text, blob] as const } };
}

function cellOf(value: Value, retelling: Retelling): Cell {
  if (value === null || typeof value === "number") {
    return (copy) => value === null ? null : retellNumber(value, copy);
  }
  if (typeof value === "bigint") return (copy) => BigInt(retellNumber(Number(value), copy));
  if (typeof value === "string") return tell(retelling.templateOf(value));
  if (!isZstd(value)) return () => value;
  const template = retelling.templateOf(new TextDecoder().decode(zstdDecompressSync(value)));
  return (copy) => compress(template.tell(copy));
}

const tell = (template: Template): Cell => {
  const [only] = template.parts;
  return template.parts.length === 1 ? () => only as string : (copy) => template.tell(copy);
};
const compress = (text: string) => new Uint8Array(zstdCompressSync(text));

function writeCopy({ insert, rows, packed }: ClonedTable, copy: number): number {
  for (const row of rows) {
    const values = row.map((cell) => cell(copy));
    if (packed !== undefined) {
      const [text, blob] = packed;
      const value = values[text];
      if (typeof value === "string" && value.length >= LEAST_COMPRESSED_BYTES) {
        values[blob] = compress(value);
        values[text] = null;
      }
    }
    insert.run(...values);
  }
  return rows.length;
}
