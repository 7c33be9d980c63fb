/** Reads logs of lines: JSON, one object a line, that are only added to. */
import { lineNumbersAt } from "./line_numbers.ts";
import type {
  FoundLog,
  LocatedProblem,
  LogReader,
  PlacedProblem,
  ReadEnd,
  ReadPosition,
  RecordSink,
  Wanted,
} from "../log_reader.ts";
import { checkLines } from "./check_lines.ts";
import { describeParseError, parseComplete, PARTLY_JSON } from "./parse_line.ts";
import { PrefixDigest } from "./prefix_digest.ts";
import { readLines } from "./read_lines.ts";
import { type Salvage, salvageRecords } from "./salvage_records.ts";

export const linesReader: LogReader = {
  isRewritten: false,
  read,
  check: checkLines,
  locate,
  describe: (message, line) => ({ message, line }),
};

/** One for all: none goes on where another call ended. */
const decoder = new TextDecoder();

/** Places are offsets. */
function* read(
  file: FoundLog,
  { needles, rows, takeLines }: Wanted,
  from: ReadPosition | undefined,
  sink: RecordSink,
): Generator<number, ReadEnd> {
  const digest = from === undefined ? new PrefixDigest() : PrefixDigest.of(from.fingerprint);
  const holdsNeedle = (text: string) => needles.some((needle) => text.includes(needle));
  /** Without a needle none of them is folded, as if each had a line of its own. */
  const addSalvaged = (bytes: Uint8Array, { records, isPartial }: Salvage, offset: number) => {
    for (const { record, start, end } of records) {
      if (holdsNeedle(decoder.decode(bytes.subarray(start, end)))) sink.record(record, offset);
    }
    if (isPartial && records.length > 0) sink.problem(PARTLY_JSON, offset);
  };
  const parse = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes));
  const read = yield* readLines(file, {
    from: from?.nextOffset ?? 0,
    needles,
    rows,
    takeLines,
    digest: file.compressed ? undefined : digest,
    onRow: (offset) => sink.row!(offset),
    onLine(bytes, offset) {
      let record: unknown;
      try {
        record = parse(bytes);
      } catch (error) {
        // A byte order mark alone on its line.
        if (decoder.decode(bytes).trim() === "") return;
        const salvage = salvageRecords(bytes);
        if (salvage.records.length === 0) sink.problem(`Not JSON: ${describeParseError(error)}`, offset);
        addSalvaged(bytes, salvage, offset);
        return;
      }
      sink.record(record, offset);
    },
    onProblem: (message, offset) => sink.problem(message, offset),
  });

  let endsWithinLine = false;
  const tail = read.tail === undefined ? "" : decoder.decode(read.tail);
  if (read.tail !== undefined && holdsNeedle(tail)) {
    // A last line without its newline is either still being written or complete: what it says counts now. What may yet
    // come behind it can make another line of it, which is for whoever reads on to find out, from the beginning.
    const record = parseComplete(tail);
    const salvage = record === undefined ? salvageRecords(read.tail, true) : undefined;
    if (record !== undefined) sink.record(record, read.endOffset);
    else addSalvaged(read.tail, salvage!, read.endOffset);
    endsWithinLine = record !== undefined || salvage!.records.length > 0;
  }
  return {
    nextOffset: read.endOffset,
    fingerprint: file.compressed || endsWithinLine ? "" : digest.toString(),
    bytesRead: read.bytesRead,
  };
}

/** Problems come in the order of their lines, those that concern the whole file last. */
function locate(file: FoundLog, problems: readonly PlacedProblem[]): readonly LocatedProblem[] {
  // What is compressed has no offsets that an editor could go to.
  const offsets = file.compressed ? [] : problems.map(({ place }) => place).filter((place) => place !== undefined);
  const lines = lineNumbersAt(file.path, offsets);
  let next = 0;
  return problems.map(({ place, message }) =>
    place === undefined || file.compressed ? { message } : { message, line: lines[next++] }
  );
}
