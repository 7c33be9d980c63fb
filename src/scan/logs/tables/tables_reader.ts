/** Reads logs that are rows of a database. What changed is read anew as a whole, since rows are updated in place. */
import type { TableLayout, TableStore } from "../../../agents/log_store.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { ForeignDatabaseError, type ForeignRow } from "../../../host/foreign_database.ts";
import { decompressZstd } from "../../../host/zstd_file.ts";
import {
  describeRecord,
  type FoundLog,
  type LocatedProblem,
  type LogReader,
  LogUnfinishedError,
  type PlacedProblem,
  type ReadEnd,
  type ReadPosition,
  type RecordSink,
  type Wanted,
} from "../log_reader.ts";
import { takeDatabase } from "./kept_database.ts";

/** Rows in one step, and bytes about. */
const [STEP_ROWS, STEP_BYTES] = [500, 1 << 18];
const MOST_UNPACKED_BYTES = 32 << 20;

/** Places are numbers of rows. */
export class TablesReader implements LogReader {
  readonly isRewritten = true;
  readonly #store: TableStore;

  constructor(store: TableStore) {
    this.#store = store;
  }

  *read(
    { table }: FoundLog,
    { what }: Wanted,
    _from: ReadPosition | undefined,
    sink: RecordSink,
  ): Generator<number, ReadEnd> {
    const { database: path, part, layout: place } = table!;
    const layout = this.#store.layouts[place]!;
    let [row, bytesRead, saidAt] = [0, 0, 0];
    const recordOf = recordMaker(layout);
    const warn = (message: string) => sink.problem(message, row);
    try {
      const { database, giveBack } = takeDatabase(path, table!);
      try {
        for (
          const columns of database.rows(what === undefined ? layout.records : layout[what] ?? layout.records, part)
        ) {
          row++;
          bytesRead += sizeOf(columns);
          sink.record(recordOf(columns, warn), row);
          if (row % STEP_ROWS > 0 && bytesRead - saidAt < STEP_BYTES) continue;
          saidAt = bytesRead;
          yield bytesRead;
        }
      } finally {
        giveBack();
      }
    } catch (error) {
      if (!(error instanceof ForeignDatabaseError)) throw error;
      throw new LogUnfinishedError(error.message);
    }
    return { nextOffset: 0, fingerprint: "", bytesRead };
  }

  *check(log: FoundLog, sink: RecordSink): Generator<number, void> {
    yield* this.read(log, { needles: [] }, undefined, sink);
  }

  locate(_log: FoundLog, problems: readonly PlacedProblem[]): readonly LocatedProblem[] {
    return problems.map(({ message, place }) => this.describe(message, place));
  }

  describe(message: string, place: number | undefined): LocatedProblem {
    return describeRecord("Row", message, place);
  }
}

function sizeOf(columns: ForeignRow): number {
  let size = 0;
  for (const name in columns) {
    const value = columns[name]!;
    size += typeof value === "string" ? value.length : typeof value === "object" ? value?.length ?? 1 : 8;
  }
  return size;
}

/** What makes records of rows: of the row itself, unless a column is the record. */
function recordMaker({ columns: kinds = {}, record: own }: TableLayout): RecordMaker {
  const packed = Object.entries(kinds);
  return (columns, warn) => {
    // Nobody else has the row.
    const record: Record<string, unknown> = columns;
    for (const [name, kind] of packed) {
      const value = columns[name];
      if (value === null || value === undefined) continue;
      try {
        record[name] = JSON.parse(kind === "json" ? textOf(value) : unpack(value));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        record[name] = null;
        warn(`"${name}" is not JSON, and is left out.`);
      }
    }
    if (own === undefined) return record;
    const object = record[own];
    if (!isRecord(object)) {
      if (object !== null && object !== undefined) warn(`"${own}" is no object, and is left out.`);
      delete record[own];
      return record;
    }
    // To add members to what was parsed takes longer than a copy.
    delete record[own];
    return { ...object, ...record };
  };
}

type RecordMaker = (columns: ForeignRow, warn: (message: string) => void) => object;

function textOf(value: NonNullable<ForeignRow[string]>): string {
  return typeof value === "object" ? new TextDecoder().decode(value) : String(value);
}

/** @throws {SyntaxError} when it is neither a text nor anything that was compressed */
function unpack(value: NonNullable<ForeignRow[string]>): string {
  if (typeof value !== "object") return String(value);
  const bytes = decompressZstd(value, MOST_UNPACKED_BYTES);
  if (bytes === undefined) throw new SyntaxError("not compressed");
  return new TextDecoder().decode(bytes);
}
