/**
 * Rows as one Parquet file, in memory: a month of one person's turns is small (some 36 bytes a turn). The same rows give the
 * same bytes.
 */
import { compressZstd } from "../host/compress_zstd.ts";
import { type ColumnType, TURN_COLUMNS, TURN_SCHEMA, type TurnColumn, type TurnRow } from "./turn_row.ts";
import type { DecodedArray, SchemaElement } from "hyparquet/src/types.d.ts";

/** Rows that are encoded together. Larger ones take more memory: 468 MB with 50,000, 207 MB with this many. */
export const ROW_GROUP_ROWS = 5000;

/** @param rows In the order in which they are to stand */
export async function writeTurnFile(rows: Iterable<TurnRow> | AsyncIterable<TurnRow>): Promise<Uint8Array> {
  const [{ ParquetWriter }, { ByteWriter }] = await Promise.all([
    import("hyparquet-writer/src/parquet-writer.js"),
    import("hyparquet-writer/src/bytewriter.js"),
  ]);
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: turnFileSchema(),
    codec: "ZSTD",
    compressors: { ZSTD: compressZstd },
    kvMetadata: [{ key: "opper_agent.schema", value: TURN_SCHEMA }],
    createdBy: "opper-agent",
  });
  for await (const group of groupsOf(rows)) {
    const columnData = TURN_COLUMNS.map((column) => ({ name: column.name, data: valuesOf(column, group) }));
    await file.write({ columnData, rowGroupSize: ROW_GROUP_ROWS });
  }
  await file.finish();
  return writer.getBytes();
}

async function* groupsOf(
  rows: Iterable<TurnRow> | AsyncIterable<TurnRow>,
): AsyncGenerator<readonly TurnRow[]> {
  let group: TurnRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < ROW_GROUP_ROWS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function valuesOf({ name, type }: TurnColumn, rows: readonly TurnRow[]): DecodedArray {
  const isLong = type === "INT64" || type === "TIMESTAMP";
  return rows.map((row) => {
    const value = row[name];
    return isLong && typeof value === "number" ? BigInt(value) : value;
  });
}

/** The root, and an element for each column. */
function turnFileSchema(): SchemaElement[] {
  return [
    { name: "root", num_children: TURN_COLUMNS.length },
    ...TURN_COLUMNS.map(({ name, type, isNullable }): SchemaElement => ({
      name,
      repetition_type: isNullable ? "OPTIONAL" : "REQUIRED",
      ...PARQUET_TYPES[type],
    })),
  ];
}

const PARQUET_TYPES: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  STRING: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  INT32: { type: "INT32" },
  INT64: { type: "INT64" },
  DOUBLE: { type: "DOUBLE" },
  DECIMAL: { type: "INT64", converted_type: "DECIMAL", precision: 18, scale: 9 },
  TIMESTAMP: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  DATE: { type: "INT32", converted_type: "DATE" },
};
