/**
 * Reads one log and folds its records into turns: the meeting of a reader (log_reader.ts), which knows how logs are kept, and
 * a source, which knows what records mean. Stores nothing and prices nothing.
 */
import type { AskableCount, EvidenceReader } from "../../core/evidence.ts";
import type { SessionFacts } from "../../core/model.ts";
import { turnOfTotal } from "../../core/usage_total.ts";
import type { Fields } from "../../agents/fields.ts";
import type { AnySource, RecordedTurn, RecordResult } from "../../agents/source.ts";
import { fileOf } from "./log_file.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog, LocatedProblem, ReadEnd, ReadPosition } from "./log_reader.ts";
import { LineRows } from "./rows/line_rows.ts";
import { CountRows } from "./rows/count_rows.ts";
import { MessageRows } from "./rows/message_rows.ts";
import { addMisfits, hasUsage, RecordFolder } from "./rows/record_folder.ts";
import { TurnTable } from "./turns/turn_table.ts";
import { describeUncounted, noteUncounted, type Uncounted } from "./yielded_nothing.ts";

/** Where an earlier fold of the same log stopped. */
export interface FoldPosition extends ReadPosition {
  readonly state: unknown;
  readonly nextSeq: number;
}

/** What was read of one log: its turns, and where to go on. */
export interface FileFold extends ReadEnd {
  readonly state: unknown;
  readonly nextSeq: number;
  /** See {@linkcode LogReader}. */
  readonly isRewritten: boolean;
  readonly facts: SessionFacts | undefined;
  /** The turns as they were written down, until the next log is read with the same table. */
  readonly table: TurnTable;
  /**
   * Each key once, merged over the records that show it. Totals are among them (usage_total.ts). Made when it is asked for.
   *
   * @throws {Error} when another log was read with the same table before it was asked for
   */
  readonly turns: readonly { readonly seq: number; readonly turn: RecordedTurn }[];
  readonly problems: readonly LocatedProblem[];
  /** Of the turns that were read now. */
  readonly askable: AskableCount;
}

/** How a log is read. */
export interface FoldOptions {
  /** Whether each line is parsed: slow, and what the rows of lines are compared with. @default false */
  readonly isParsed?: boolean;
  /** Where turns are written down, for one log after the other. @default one of its own */
  readonly table?: TurnTable;
  /** What a gateway said of responses. @default nothing is known */
  readonly evidence?: Pick<EvidenceReader, "find">;
}

/** A broken log can have a problem with every record: this many are kept, and the rest counted. */
const MAX_PROBLEMS = 100;

/**
 * In steps, so that other work can be done between two of them. A step yields how many bytes have been read.
 *
 * @param from Where to go on; undefined reads from the beginning
 * @throws {LogUnfinishedError} as {@linkcode LogReader.read} does
 * @throws {Error} when the log cannot be opened or read
 */
export function* foldLog(
  { source, reader }: LogMeans,
  log: FoundLog,
  from: FoldPosition | undefined,
  { isParsed = false, table = new TurnTable(), evidence }: FoldOptions = {},
): Generator<number, FileFold> {
  let state: unknown = from?.state ?? source.start(fileOf(log));
  const firstSeq = from?.nextSeq ?? 0;
  table.begin();
  const problems: { place?: number; message: string }[] = [];
  const uncounted: Uncounted = { responses: 0, counts: 0 };
  let unlisted = 0;

  const addProblem = (message: string, place?: number) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ message, place });
    else unlisted++;
  };
  const isUncounted = (result: RecordResult<unknown>) => firstSeq + table.length === 0 && !hasUsage(result);
  const rows = isParsed ? undefined : LineRows.of<Fields>(source.fields);
  const usual = rows === undefined ? undefined : usualRowsOf(source, rows);
  const takeLines = usual && ((results: number, count: number) => usual.take(results, count, state, table));
  const folder = new RecordFolder(source);
  const addResult = (result: RecordResult<unknown>, place: number) => {
    state = result.state;
    if (result.problem !== undefined) addProblem(result.problem, place);
    // The latest is the whole of it.
    if (result.totals !== undefined) { for (const total of result.totals) table.replace(turnOfTotal(total)); }
    const { turns } = result;
    // By places: an iterator makes two objects a turn.
    if (turns === undefined) return;
    const isLatest = result.goesOn === true;
    for (let place = 0; place < turns.length; place++) table.addNew(turns[place]!, isLatest);
  };

  const end = yield* reader.read(log, { needles: source.needles, rows, takeLines }, from, {
    row(place) {
      const result = addMisfits(source.fold(state, rows!.row), rows!.misfits());
      if (isUncounted(result)) noteUncounted(uncounted, source.uncounted(rows!.row, result.problem !== undefined));
      addResult(result, place);
      usual?.follow(state, rows!.row);
    },
    record(record, place) {
      usual?.follow(state, undefined);
      const result = folder.fold(state, record);
      if (isUncounted(result)) noteUncounted(uncounted, folder.uncounted(record, result.problem !== undefined));
      addResult(result, place);
    },
    problem: addProblem,
  });

  table.settle();
  const askable = table.addEvidence(evidence);
  if (unlisted > 0) problems.push({ message: `${unlisted} more problems in this file.` });
  const facts = source.session(state);
  const nextSeq = firstSeq + table.length;
  const nothing = nextSeq > 0 ? undefined : describeUncounted(uncounted, source, facts !== undefined);
  if (nothing !== undefined) problems.push({ message: nothing });
  const { generation } = table;
  let turns: FileFold["turns"] | undefined;
  return {
    state,
    nextOffset: end.nextOffset,
    nextSeq,
    fingerprint: end.fingerprint,
    isRewritten: reader.isRewritten,
    facts,
    table,
    get turns() {
      if (turns === undefined && table.generation !== generation) throw new Error("Another log was read since.");
      return turns ??= table.list().map((turn, row) => ({ seq: firstSeq + row, turn }));
    },
    problems: reader.locate(log, problems),
    bytesRead: end.bytesRead,
    askable,
  };
}

/** What takes the usual lines of a log; undefined for a source that declares none. */
function usualRowsOf({ usual }: AnySource, rows: LineRows<Fields>): MessageRows | CountRows | undefined {
  if (usual === undefined) return undefined;
  return usual.kind === "messages" ? new MessageRows(usual, rows) : new CountRows(usual, rows);
}
