/**
 * Rows as one Parquet file, in memory: a month of one person's turns is small (some 36 bytes a turn). The same rows give the
 * same bytes.
 */
import { compressZstd } from "../host/compress_zstd.ts";
import { type ColumnType, TURN_COLUMNS, TURN_SCHEMA, type TurnColumn, type TurnRow } from "./turn_row.ts";
import type { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import type { DecodedArray, SchemaElement } from "hyparquet/src/types.d.ts";

/** Rows that are encoded together. Larger ones take more memory: 468 MB with 50,000, 207 MB with this many. */
export const ROW_GROUP_ROWS = 5000;

/** Enough for the rows that are usually added to a file. */
const ROOM_BYTES = 1 << 20;

/** Some rows of a file that was just made, with what another one needs to have them without encoding them again. */
export interface MadeGroup {
  readonly rows: number;
  readonly last: Pick<TurnRow, "started_at" | "turn_id">;
  /** Where it ends in the bytes of the file. */
  readonly end: number;
  /** As the writer has it. */
  readonly written: ParquetWriter["row_groups"][number];
}

/** The first rows of a file, which are those of another one. */
export interface KeptRows {
  /** Of the other file. */
  readonly bytes: Uint8Array;
  /** Its first ones, none of which is the last. */
  readonly groups: readonly MadeGroup[];
}

/** @param rows In the order in which they are to stand */
export async function writeTurnFile(rows: Iterable<TurnRow> | AsyncIterable<TurnRow>): Promise<Uint8Array> {
  return (await makeTurnFile(rows)).bytes;
}

/** The same, with rows before them that another file has. @param kept Those */
export async function makeTurnFile(
  rows: Iterable<TurnRow> | AsyncIterable<TurnRow>,
  kept?: KeptRows,
): Promise<{ readonly bytes: Uint8Array; readonly groups: readonly MadeGroup[] }> {
  const [{ ParquetWriter }, { ByteWriter }] = await Promise.all([
    import("hyparquet-writer/src/parquet-writer.js"),
    import("hyparquet-writer/src/bytewriter.js"),
  ]);
  // One that grows holds its bytes three times over as it does.
  const writer = new ByteWriter(kept === undefined ? undefined : kept.bytes.length + ROOM_BYTES);
  const file = new ParquetWriter({
    writer,
    schema: turnFileSchema(),
    codec: "ZSTD",
    compressors: { ZSTD: compressZstd },
    kvMetadata: [{ key: "opper_agent.schema", value: TURN_SCHEMA }],
    createdBy: "opper-agent",
  });
  const groups = [...kept?.groups ?? []];
  // What begins a file has been written.
  if (kept !== undefined) writer.appendBytes(kept.bytes.subarray(writer.offset, groups.at(-1)?.end ?? writer.offset));
  for (const { rows, written } of groups) {
    file.row_groups.push(written);
    file.num_rows += BigInt(rows);
  }
  for await (const group of groupsOf(rows)) {
    const columnData = TURN_COLUMNS.map((column) => ({ name: column.name, data: valuesOf(column, group) }));
    await file.write({ columnData, rowGroupSize: ROW_GROUP_ROWS });
    const { started_at, turn_id } = group.at(-1)!;
    groups.push({
      rows: group.length,
      last: { started_at, turn_id },
      end: writer.offset,
      written: file.row_groups.at(-1)!,
    });
  }
  await file.finish();
  return { bytes: writer.getBytes(), groups };
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
