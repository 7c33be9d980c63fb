/** A database of any program as statements that make it again, and the rows of it that a session has to itself. */
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { TableStore } from "../../../src/agents/log_store.ts";

export type Value = bigint | number | string | Uint8Array | null;

export interface TableContent {
  readonly name: string;
  /** The first is `rowid` where the table has one. */
  readonly columns: readonly string[];
  /** In the order in which they were put in. */
  readonly rows: readonly (readonly Value[])[];
  /** Place of the column by which each log has a row of its own; undefined where there is none. */
  readonly perLog?: number;
}

export interface DatabaseContent {
  /** Tables, and then what is on them. Nothing that is done by itself when rows are written. */
  readonly schema: readonly string[];
  readonly tables: readonly TableContent[];
  /** As the agent's store lists them. */
  readonly logs: readonly string[];
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** @param path Of a copy: what is in the `-wal` goes into it */
export function readContent(path: string, { layouts }: TableStore): DatabaseContent {
  const database = new DatabaseSync(path);
  try {
    const schema = database.prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' " +
        "AND type <> 'trigger' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY type <> 'table', rowid",
    ).all() as unknown as SchemaRow[];
    const layout = layouts.find(({ logs }) => canPrepare(database, logs));
    if (layout === undefined) throw new Error(`${path} has none of the layouts of its store`);
    const logs = database.prepare(layout.logs).all().map(({ log }) => String(log));
    const tables = schema.filter(({ type }) => type === "table").map(({ name }) => readTable(database, name, logs));
    return { schema: schema.map(({ sql }) => sql), tables, logs };
  } finally {
    database.close();
  }
}

function canPrepare(database: DatabaseSync, sql: string): boolean {
  try {
    database.prepare(sql);
    return true;
  } catch {
    return false;
  }
}

function readTable(database: DatabaseSync, name: string, logs: readonly string[]): TableContent {
  const own = database.prepare(`PRAGMA table_info(${quoteName(name)})`).all().map((row) => String(row.name));
  const hasRowid = canPrepare(database, `SELECT rowid FROM ${quoteName(name)}`) && !own.includes("rowid");
  const columns = hasRowid ? ["rowid", ...own] : own;
  const statement = database.prepare(
    `SELECT ${columns.map((column, place) => `${quoteName(column)} AS c${place}`).join(", ")} FROM ${
      quoteName(name)
    } ` +
      `${hasRowid ? "ORDER BY rowid" : ""}`,
  );
  statement.setReadBigInts(true);
  const rows = statement.all().map((row) => Object.values(row) as Value[]);
  const known = new Set<Value>(logs);
  const perLog = columns.findIndex((_, place) => {
    const values = rows.map((row) => row[place]!);
    return values.length > 0 && values.every((value) => known.has(value)) && new Set(values).size === values.length;
  });
  return { name, columns, rows, perLog: perLog < 0 ? undefined : perLog };
}

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function quoteLiteral(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value !== "string") return `X'${value.toHex()}'`;
  if (!value.includes("\0")) return `'${value.replaceAll("'", "''")}'`;
  return `CAST(X'${new TextEncoder().encode(value).toHex()}' AS TEXT)`;
}

function putIn({ name, columns }: TableContent, row: readonly Value[]): string {
  return `INSERT OR REPLACE INTO ${quoteName(name)} (${columns.map(quoteName).join(", ")}) VALUES (${
    row.map(quoteLiteral).join(", ")
  });`;
}

/** A number that goes up while a session does: no flag, no time, no id. */
function isCounter({ columns, rows, perLog }: TableContent, place: number): boolean {
  if (place === perLog || columns[place] === "rowid") return false;
  const values = rows.map((row) => row[place]!).filter((value) => value !== null);
  return values.some((value) => typeof value === "bigint" && value > 1n) &&
    values.every((value) => typeof value === "bigint" && value >= 0n && value < 1_000_000_000n);
}

/**
 * The statements of each step in which it comes about: rows in their order, in parts of all tables alike. A row that a log has
 * to itself is there from its first step on and changed in place in each one, as those are that hold sums and sequences: its
 * counters approach what they are at last, and its times stay.
 */
export function growthOf({ tables }: DatabaseContent, steps: number): readonly string[] {
  return Array.from({ length: steps }, (_, step) =>
    tables.map((table) => {
      const { rows, perLog } = table;
      const from = (at: number) => Math.ceil(rows.length * Math.min(1, at / steps));
      if (perLog === undefined) return rows.slice(from(step), from(step + 1)).map((row) => putIn(table, row)).join("");
      const left = BigInt(steps - step - 1);
      return rows.slice(0, from(2 * (step + 1))).map((row) =>
        putIn(table, row.map((value, place) => isCounter(table, place) ? raise(value, left) : value))
      ).join("");
    }).join(""));
}

function raise(value: Value, by: bigint): Value {
  return typeof value === "bigint" ? value + by : value;
}

/** Every row that names it, in any column. */
export function deletionOf({ tables }: DatabaseContent, log: string): string {
  return tables.map(({ name, columns }) =>
    `DELETE FROM ${quoteName(name)} WHERE ${
      columns.map((column) => `${quoteName(column)} = ${quoteLiteral(log)}`).join(" OR ")
    };`
  ).join("");
}

/** Members that count tokens, as programs call them. */
const COUNT = /("(?:input|output|inputTokens|outputTokens|input_tokens|output_tokens|total|totalTokens)":\s*)(\d+)/;

/**
 * A row that is changed in place: a count in a JSON text of it, compressed ones too, and of a row that a log has to itself its
 * counters. With it change the counters and times that tell that the log did.
 *
 * @param random Picks the row
 * @param by What it adds: each time something else
 */
export function changeInPlace(content: DatabaseContent, random: () => number, by: number): string {
  const { tables } = content;
  const counted = tables.flatMap((table) =>
    table.rows.filter((row) => row.some(hasCount)).map((row) => ({ table, row }))
  );
  const candidates = counted.length > 0 ? counted : tables.filter(({ perLog }) => perLog !== undefined)
    .flatMap((table) => table.rows.map((row) => ({ table, row })));
  const { table, row } = candidates[Math.floor(random() * candidates.length)]!;
  const changed = row.map((value, place) =>
    isLateTime(table, place) ? raise(value, BigInt(by)) : changeCount(value, by)
  );
  const named = tables.flatMap((other) =>
    other.perLog === undefined ? [] : other.rows.filter((own) => row.includes(own[other.perLog!]!)).map((own) =>
      putIn(
        other,
        own.map((value, place) =>
          isCounter(other, place) || isLateTime(other, place) ? raise(value, BigInt(by)) : value
        ),
      )
    )
  );
  return (table.perLog === undefined ? putIn(table, changed) : "") + named.join("");
}

/** What a program sets when it changes a row: of several times in a row those that may be later than the first. */
function isLateTime({ columns }: TableContent, place: number): boolean {
  return /updated|modified|completed/i.test(columns[place]!);
}

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
export const isZstd = (value: Value): value is Uint8Array =>
  value instanceof Uint8Array && ZSTD.every((byte, place) => value[place] === byte);

function textOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  return isZstd(value) ? new TextDecoder().decode(zstdDecompressSync(value)) : undefined;
}

const hasCount = (value: Value) => COUNT.test(textOf(value) ?? "");

function changeCount(value: Value, by: number): Value {
  const text = textOf(value);
  if (text === undefined) return value;
  const changed = text.replace(COUNT, (_, name: string, digits: string) => `${name}${Number(digits) + by}`);
  if (changed === text) return value;
  return typeof value === "string" ? changed : new Uint8Array(zstdCompressSync(changed));
}
