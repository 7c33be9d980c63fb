/** Rows of lines by the bytes and by a parser, to be compared. */
import { count, exists, type Fields, flag, json, name, numeric, object, time, whole } from "../../src/agents/fields.ts";
import { isRecord } from "../../src/core/json/is_record.ts";
import { LineFinder } from "../../src/scan/logs/lines/line_finder.ts";
import { LineRows } from "../../src/scan/logs/rows/line_rows.ts";
import type { RecordRows } from "../../src/scan/logs/rows/record_rows.ts";

/** Every kind, several at one path, and some on the way of others. */
export const FIELDS = {
  a: name("a"),
  aTime: time("a"),
  aNumber: numeric("a"),
  aFlag: flag("a"),
  aJson: json("a"),
  at: time("at"),
  b: exists("b"),
  bObject: object("b"),
  bA: count("b", "a"),
  bAWhole: whole("b", "a"),
  bAJson: json("b", "a"),
  bBC: name("b", "b", "c"),
  bBCount: count("b", "b"),
  bBA: numeric("b", "b", "a"),
  n: numeric("n"),
  w: whole("w"),
  long: name("a_key_of_thirty_two_ASCII_signs_"),
  proto: name("__proto__"),
  odd: name("b", "$ref-[0]/~ x"),
} satisfies Fields;

export interface ReadRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly misfits: readonly string[];
}

const NEWLINE = 10;
const decoder = new TextDecoder();

/** All fields of a row, in the order of their declaration. */
function readAll(row: Readonly<Record<string, unknown>>, fields: Fields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]]));
}

/** What the rows of lines are, undefined for one that is left to a parser. The bytes come in pieces. */
export function readFast(bytes: Uint8Array, fields: Fields, pieceBytes = bytes.length): (ReadRow | undefined)[] {
  const found: (ReadRow | undefined)[] = [];
  const rows = LineRows.of(fields);
  const finder = new LineFinder({
    needles: ["{"],
    everyLine: true,
    rows,
    onRow: () => found.push({ values: readAll(rows.row, fields), misfits: rows.misfits() }),
    onLine: () => found.push(undefined),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    finder.space(piece.length).set(piece);
    finder.search(piece.length);
  }
  finder.close();
  return found;
}

/** The same by a parser; undefined for what is no object. */
export function readSlowly(line: Uint8Array, rows: RecordRows<Fields>, fields: Fields): ReadRow | undefined {
  let record: unknown;
  try {
    record = JSON.parse(decoder.decode(line));
  } catch {
    return undefined;
  }
  if (!isRecord(record)) return undefined;
  const values = readAll(rows.rowOf(record), fields);
  return { values, misfits: rows.misfits() };
}

/** Lines of these bytes, each with its newline. */
export function linesOf(...lines: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(lines.flatMap((line) => [...line, NEWLINE]));
}
