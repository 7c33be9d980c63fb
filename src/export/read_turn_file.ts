/** The rows of a Parquet file that write_turn_file.ts wrote, whichever version of this program did. */
import { decompressZstd } from "../host/zstd_file.ts";
import { ROW_GROUP_ROWS } from "./write_turn_file.ts";
import { TURN_COLUMNS, TURN_SCHEMA, type TurnColumn, type TurnRow } from "./turn_row.ts";

/** A file that is none of ours, or not as it was written. */
export class DamagedTurnFileError extends Error {}

/** What a page may be, once it is decompressed: ours are a megabyte at most. */
const MOST_PAGE_BYTES = 1 << 26;

/** Columns that were there from the beginning. */
const LASTING_COLUMNS: ReadonlySet<string> = new Set(
  TURN_COLUMNS.filter(({ name }) => name !== "is_total").map(({ name }) => name),
);

/**
 * In the order in which they stand, as many at once as were written together: a heavy user's month is large.
 *
 * @param first Which of them to begin with. @default the first
 * @throws {DamagedTurnFileError}
 */
export async function* readTurnGroups(bytes: Uint8Array, first = 0): AsyncGenerator<TurnRow[]> {
  yield* readGroups(bytes, TURN_COLUMNS, first) as AsyncGenerator<TurnRow[]>;
}

/** The same of two columns alone, which is faster. @throws {DamagedTurnFileError} */
export async function* readTurnIds(
  bytes: Uint8Array,
): AsyncGenerator<readonly Pick<TurnRow, "turn_id" | "inherited">[]> {
  const wanted = TURN_COLUMNS.filter(({ name }) => name === "turn_id" || name === "inherited");
  yield* readGroups(bytes, wanted) as AsyncGenerator<Pick<TurnRow, "turn_id" | "inherited">[]>;
}

async function* readGroups(
  bytes: Uint8Array,
  wanted: readonly TurnColumn[],
  first = 0,
): AsyncGenerator<unknown[]> {
  const metadata = await readMetadata(bytes);
  const total = Number(metadata.num_rows);
  for (let from = first * ROW_GROUP_ROWS; from < total; from += ROW_GROUP_ROWS) {
    const to = Math.min(total, from + ROW_GROUP_ROWS);
    yield rowsOf(await readColumns(bytes, metadata, wanted, { from, to }));
  }
}

function rowsOf(columns: readonly ReadColumn[]): Record<string, unknown>[] {
  return Array.from({ length: columns[0]!.values.length }, (_, place) => {
    const row: Record<string, unknown> = {};
    for (const { column, values } of columns) row[column.name] = values[place];
    return row;
  });
}

interface ReadColumn {
  readonly column: TurnColumn;
  readonly values: readonly unknown[];
}

/** What a file says of itself. @throws {DamagedTurnFileError} */
async function readMetadata(bytes: Uint8Array) {
  const { parquetMetadata } = await import("hyparquet/src/metadata.js");
  return await orDamaged(() => {
    const metadata = parquetMetadata(bufferOf(bytes));
    const schema = metadata.key_value_metadata?.find(({ key }) => key === "opper_agent.schema")?.value;
    if (schema !== TURN_SCHEMA) throw new DamagedTurnFileError(`its schema is ${schema ?? "not named"}`);
    // As they are stored: a double is no place for money, and a Date none for milliseconds.
    for (const element of metadata.schema) {
      if (element.converted_type !== "UTF8") {
        delete element.converted_type;
        delete element.logical_type;
      }
    }
    return Promise.resolve(metadata);
  });
}

/** A file that was read whole is all of its buffer, and is not copied. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const isAll = byteOffset === 0 && byteLength === buffer.byteLength;
  return (isAll ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}

async function orDamaged<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof DamagedTurnFileError || !(error instanceof Error)) throw error;
    throw new DamagedTurnFileError(error.message, { cause: error });
  }
}

/** @param range of rows */
async function readColumns(
  bytes: Uint8Array,
  metadata: Awaited<ReturnType<typeof readMetadata>>,
  wanted: readonly TurnColumn[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly ReadColumn[]> {
  const { parquetRead } = await import("hyparquet/src/read.js");
  return await orDamaged(async () => {
    const file = bufferOf(bytes);
    const rows = to - from;
    const present = new Set(metadata.schema.map(({ name }) => name));
    const columns = wanted.map((column) => ({ column, values: new Array<unknown>(rows).fill(null) }));
    const byName = new Map(columns.map((column) => [column.column.name as string, column]));
    for (const { name } of wanted) {
      if (!present.has(name) && LASTING_COLUMNS.has(name)) throw new DamagedTurnFileError(`it has no column ${name}`);
    }
    let read = 0;
    await parquetRead({
      file: { byteLength: file.byteLength, slice: (start, end) => file.slice(start, end) },
      metadata,
      rowStart: from,
      rowEnd: to,
      columns: wanted.map(({ name }) => name).filter((name) => present.has(name)),
      compressors: { ZSTD: (page, length) => decompressPage(page, length) },
      onChunk({ columnName, columnData, rowStart }) {
        const { column, values } = byName.get(columnName)!;
        for (let place = 0; place < columnData.length; place++) {
          const at = rowStart + place - from;
          if (at < 0 || at >= rows) continue;
          values[at] = fromStored(column, columnData[place]);
          read++;
        }
      },
    });
    if (read !== rows * [...byName.keys()].filter((name) => present.has(name)).length) {
      throw new DamagedTurnFileError("rows are missing");
    }
    return columns;
  });
}

function decompressPage(page: Uint8Array, length: number): Uint8Array {
  const bytes = length > MOST_PAGE_BYTES ? undefined : decompressZstd(page, MOST_PAGE_BYTES);
  if (bytes?.length !== length) throw new DamagedTurnFileError("a page cannot be decompressed");
  return bytes;
}

function fromStored({ name, type, isNullable }: TurnColumn, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (isNullable) return null;
    throw new DamagedTurnFileError(`a row has no ${name}`);
  }
  const isNumber = name !== "turn_id" && (type === "INT64" || type === "TIMESTAMP");
  return isNumber && typeof value === "bigint" ? Number(value) : value;
}
