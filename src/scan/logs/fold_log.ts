/**
 * Reads one log from a given offset and folds its records into turns: the meeting of bytes (read_lines.ts) and format
 * (a source). Stores nothing and prices nothing.
 */
import type { SessionFacts } from "../../core/model.ts";
import type { FoundFile } from "../../host/walk_files.ts";
import { lineNumbersAt } from "./lines/line_numbers.ts";
import { PrefixDigest } from "./lines/prefix_digest.ts";
import { readLines } from "./lines/read_lines.ts";
import { type Salvage, salvageRecords } from "./lines/salvage_records.ts";
import type { Fields } from "../../agents/fields.ts";
import type { NamedSource, RecordedTurn, RecordResult } from "../../agents/source.ts";
import { LineRows } from "./rows/line_rows.ts";
import { addMisfits, RecordFolder } from "./rows/record_folder.ts";
import { mergeTurns } from "./merge_turns.ts";
import { describeUncounted, noteUncounted, type Uncounted } from "./yielded_nothing.ts";

/** Where an earlier fold of the same file stopped. */
export interface FoldPosition {
  readonly state: unknown;
  readonly nextOffset: number;
  readonly nextSeq: number;
  /** See {@linkcode FileFold}. Not empty. */
  readonly fingerprint: string;
}

/** What was read of one log: its turns, and where to go on. */
export interface FileFold {
  readonly state: unknown;
  /** Just past the last line that has ended. */
  readonly nextOffset: number;
  readonly nextSeq: number;
  /**
   * Made by {@linkcode PrefixDigest}, of what lies before `nextOffset`. Empty for a log that has to be read from its
   * beginning once it has grown: a compressed one, and one whose last line has not ended, and counts all the same.
   */
  readonly fingerprint: string;
  readonly facts: SessionFacts | undefined;
  /** Each key once, merged over the records that show it. */
  readonly turns: readonly { readonly seq: number; readonly turn: RecordedTurn }[];
  readonly problems: readonly { readonly line?: number; readonly message: string }[];
  readonly bytesRead: number;
}

/** How a log is read. */
export interface FoldOptions {
  /** Whether each line is parsed: slow, and what the rows of lines are compared with. @default false */
  readonly isParsed?: boolean;
}

/** A broken file can have a problem on every line: this many are kept, and the rest counted. */
const MAX_PROBLEMS = 100;

/** Of a line of which records were counted. */
export const PARTLY_JSON = "Part of the line is not JSON and is not counted.";

/**
 * In steps, so that other work can be done between two of them. A step yields how many bytes have been read.
 *
 * @param from Where to go on; undefined reads from the beginning
 * @throws {Error} when the file cannot be opened or read
 */
export function* foldLog(
  source: NamedSource,
  file: FoundFile,
  from: FoldPosition | undefined,
  { isParsed = false }: FoldOptions = {},
): Generator<number, FileFold> {
  let state: unknown = from?.state ?? source.start(file);
  let nextSeq = from?.nextSeq ?? 0;
  const turns = new Map<string, { seq: number; turn: RecordedTurn }>();
  const problems: { offset?: number; message: string }[] = [];
  const uncounted: Uncounted = { responses: 0, counts: 0 };
  let unlisted = 0;

  const addProblem = (message: string, offset?: number) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ message, offset });
    else unlisted++;
  };
  const isUncounted = ({ turns }: RecordResult<unknown>) => nextSeq === 0 && !turns?.length;
  const rows = isParsed ? undefined : LineRows.of<Fields>(source.fields);
  const folder = new RecordFolder(source);
  const addRecord = (record: unknown, offset: number) => {
    const result = folder.fold(state, record);
    if (isUncounted(result)) noteUncounted(uncounted, folder.uncounted(record, result.problem !== undefined));
    addResult(result, offset);
  };
  const addResult = (result: RecordResult<unknown>, offset: number) => {
    state = result.state;
    if (result.problem !== undefined) addProblem(result.problem, offset);
    if (result.turns === undefined) return;
    for (const turn of result.turns) {
      const known = turns.get(turn.key);
      if (known === undefined) turns.set(turn.key, { seq: nextSeq++, turn });
      else known.turn = mergeTurns(known.turn, turn);
    }
  };

  const digest = from === undefined ? new PrefixDigest() : PrefixDigest.of(from.fingerprint);
  const decoder = new TextDecoder();
  const holdsNeedle = (text: string) => source.needles.some((needle) => text.includes(needle));
  /** Without a needle none of them is folded, as if each had a line of its own. */
  const addSalvaged = (bytes: Uint8Array, { records, isPartial }: Salvage, offset: number) => {
    for (const { record, start, end } of records) {
      if (holdsNeedle(decoder.decode(bytes.subarray(start, end)))) addRecord(record, offset);
    }
    if (isPartial && records.length > 0) addProblem(PARTLY_JSON, offset);
  };
  const parse = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes));
  const read = yield* readLines(file, {
    from: from?.nextOffset ?? 0,
    needles: source.needles,
    rows,
    digest: file.compressed ? undefined : digest,
    onRow(offset) {
      const result = addMisfits(source.fold(state, rows!.row), rows!.misfits());
      if (isUncounted(result)) noteUncounted(uncounted, source.uncounted(rows!.row, result.problem !== undefined));
      addResult(result, offset);
    },
    onLine(bytes, offset) {
      let record: unknown;
      try {
        record = parse(bytes);
      } catch (error) {
        // A byte order mark alone on its line.
        if (decoder.decode(bytes).trim() === "") return;
        const salvage = salvageRecords(bytes);
        if (salvage.records.length === 0) addProblem(`Not JSON: ${describeParseError(error)}`, offset);
        addSalvaged(bytes, salvage, offset);
        return;
      }
      addRecord(record, offset);
    },
    onProblem: addProblem,
  });

  let endsWithinLine = false;
  const tail = read.tail === undefined ? "" : decoder.decode(read.tail);
  if (read.tail !== undefined && holdsNeedle(tail)) {
    // A last line without its newline is either still being written or complete: what it says counts now. What may yet
    // come behind it can make another line of it, which is for whoever reads on to find out, from the beginning.
    const record = parseComplete(tail);
    const salvage = record === undefined ? salvageRecords(read.tail, true) : undefined;
    if (record !== undefined) addRecord(record, read.endOffset);
    else addSalvaged(read.tail, salvage!, read.endOffset);
    endsWithinLine = record !== undefined || salvage!.records.length > 0;
  }
  if (unlisted > 0) problems.push({ message: `${unlisted} more problems in this file.` });
  const facts = source.session(state);
  const nothing = nextSeq > 0 ? undefined : describeUncounted(uncounted, source, facts !== undefined);
  if (nothing !== undefined) problems.push({ message: nothing });
  return {
    state,
    nextOffset: read.endOffset,
    nextSeq,
    fingerprint: file.compressed || endsWithinLine ? "" : digest.toString(),
    facts,
    turns: [...turns.values()],
    problems: withLines(file, problems),
    bytesRead: read.bytesRead,
  };
}

/** Problems come in the order of their lines, those that concern the whole file last. */
function withLines(
  file: FoundFile,
  problems: readonly { readonly offset?: number; readonly message: string }[],
): FileFold["problems"] {
  // What is compressed has no offsets that an editor could go to.
  const offsets = file.compressed ? [] : problems.map(({ offset }) => offset).filter((offset) => offset !== undefined);
  const lines = lineNumbersAt(file.path, offsets);
  let next = 0;
  return problems.map(({ offset, message }) =>
    offset === undefined || file.compressed ? { message } : { message, line: lines[next++] }
  );
}

/** The object that a text is, or undefined when it is the beginning of one (or nothing that can be read). */
export function parseComplete(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Says what is wrong with a line without showing any of it. */
export function describeParseError(error: unknown): string {
  // V8 quotes the text around the fault: transcript text must not end up in reports.
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, ?(\.\.\.)?".*$/s, "");
}
