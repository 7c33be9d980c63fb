/** Rows as text: CSV that PostgreSQL's COPY reads, and JSON lines. The columns are those of the files. Pure. */
import type { EpochMs } from "../core/model.ts";
import { type NanoUsd, TURN_COLUMNS, type TurnColumn, type TurnRow } from "./turn_row.ts";

/** With its line end. */
export const CSV_HEADER = `${TURN_COLUMNS.map(({ name }) => name).join(",")}\n`;

/** One record. A null is nothing, and an empty text `""`: COPY tells them apart by that. */
export function csvLine(row: TurnRow): string {
  return `${TURN_COLUMNS.map((column) => csvField(column, row)).join(",")}\n`;
}

function csvField(column: TurnColumn, row: TurnRow): string {
  const text = plainValue(column, row);
  if (text === null) return "";
  const needsQuotes = column.type === "STRING" && /^$|[",\r\n]|^\\\.$/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One object. 64 bits are a text, since a JSON number has 53; money has all its decimals. */
export function jsonLine(row: TurnRow): string {
  const fields = TURN_COLUMNS.map((column) => {
    const text = plainValue(column, row);
    return `"${column.name}":${text === null ? "null" : isBare(column) ? text : JSON.stringify(text)}`;
  });
  return `{${fields.join(",")}}\n`;
}

function isBare({ name, type }: TurnColumn): boolean {
  return name !== "turn_id" && (type === "INT32" || type === "INT64" || type === "DOUBLE" || type === "DECIMAL");
}

/** As a person would write it: `2026-11-01T00:00:00.001Z`, `0.000000001`. */
export function plainValue({ name, type }: TurnColumn, row: TurnRow): string | null {
  const value = row[name];
  if (value === null || value === undefined) return null;
  switch (type) {
    case "TIMESTAMP":
      return isoText(Number(value));
    case "DATE":
      return isoText(Number(value) * 86_400_000).slice(0, 10);
    case "DECIMAL":
      return nanoUsdText(value as NanoUsd);
    default:
      return String(value);
  }
}

function isoText(at: EpochMs): string {
  return new Date(at).toISOString();
}

/** With nine decimals. */
function nanoUsdText(usd: NanoUsd): string {
  const digits = String(usd < 0n ? -usd : usd).padStart(10, "0");
  return `${usd < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
