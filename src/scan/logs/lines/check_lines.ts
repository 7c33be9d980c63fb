/** Reads every line of a log for its faults, those that no source looks at, too. */
import type { FoundLog, RecordSink } from "../log_reader.ts";
import { describeParseError, parseComplete, PARTLY_JSON } from "./parse_line.ts";
import { readLines } from "./read_lines.ts";
import { salvageRecords } from "./salvage_records.ts";

/** Places are the numbers of lines. */
export function* checkLines(file: FoundLog, sink: RecordSink): Generator<number, void> {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const lenient = new TextDecoder();
  let line = 0;
  const add = (message: string) => sink.problem(message, line);

  const checkGrowingLine = (bytes: Uint8Array) => {
    const { records, end, isPartial } = salvageRecords(bytes, true);
    for (const { record } of records) sink.record(record, line);
    if (isPartial) add(PARTLY_JSON);
    if (records.length > 0 && lenient.decode(bytes.subarray(end)).trim() === "") return;
    add("The last line is incomplete: cut off, or still being written. It is not counted.");
  };
  const decode = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      add("Not valid UTF-8; the broken characters are replaced.");
      return lenient.decode(bytes);
    }
  };

  const read = yield* readLines(file, {
    from: 0,
    needles: [],
    everyLine: true,
    onLine(bytes) {
      line++;
      const text = decode(bytes);
      if (text.trim() === "") return;
      let record: unknown;
      try {
        record = JSON.parse(text);
      } catch (error) {
        const { records, isPartial } = salvageRecords(bytes);
        for (const salvaged of records) sink.record(salvaged.record, line);
        if (records.length === 0) add(`Not JSON: ${describeParseError(error)}`);
        else if (isPartial) add(PARTLY_JSON);
        return;
      }
      if (typeof record !== "object" || record === null || Array.isArray(record)) add("Not a JSON object.");
      else sink.record(record, line);
    },
    onProblem(message) {
      line++;
      add(message);
    },
  });
  if (read.tail === undefined) return;
  line++;
  const record = parseComplete(decode(read.tail));
  if (record !== undefined) sink.record(record, line);
  else checkGrowingLine(read.tail);
}
