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
    { isText }: Wanted,
    _from: ReadPosition | undefined,
    sink: RecordSink,
  ): Generator<number, ReadEnd> {
    const { database: path, part, layout: place, inPlace } = table!;
    const layout = this.#store.layouts[place]!;
    let [row, bytesRead, saidAt] = [0, 0, 0];
    try {
      const { database, giveBack } = takeDatabase(path, inPlace);
      try {
        for (const columns of database.rows(isText ? layout.texts ?? layout.records : layout.records, part)) {
          row++;
          bytesRead += sizeOf(columns);
          sink.record(recordOf(columns, layout, (message) => sink.problem(message, row)), row);
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
  for (const value of Object.values(columns)) {
    size += typeof value === "object" || typeof value === "string" ? value?.length ?? 1 : 8;
  }
  return size;
}

function recordOf(
  columns: ForeignRow,
  { columns: kinds = {}, record: own }: TableLayout,
  warn: (message: string) => void,
): object {
  const record: Record<string, unknown> = { ...columns };
  for (const [name, kind] of Object.entries(kinds)) {
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
  const { [own]: object, ...others } = record;
  if (isRecord(object)) return { ...object, ...others };
  if (object !== null && object !== undefined) warn(`"${own}" is no object, and is left out.`);
  return others;
}

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
