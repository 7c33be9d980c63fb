/**
 * Reads one log and folds its records into turns: the meeting of a reader (log_reader.ts), which knows how logs are kept, and
 * a source, which knows what records mean. Stores nothing and prices nothing.
 */
import type { SessionFacts } from "../../core/model.ts";
import { turnOfTotal } from "../../core/usage_total.ts";
import type { Fields } from "../../agents/fields.ts";
import type { RecordedTurn, RecordResult } from "../../agents/source.ts";
import { fileOf } from "./log_file.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog, LocatedProblem, ReadEnd, ReadPosition } from "./log_reader.ts";
import { LineRows } from "./rows/line_rows.ts";
import { addMisfits, hasUsage, RecordFolder } from "./rows/record_folder.ts";
import { mergeTurns } from "./merge_turns.ts";
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
  /** Each key once, merged over the records that show it. Totals are among them (usage_total.ts). */
  readonly turns: readonly { readonly seq: number; readonly turn: RecordedTurn }[];
  readonly problems: readonly LocatedProblem[];
}

/** How a log is read. */
export interface FoldOptions {
  /** Whether each line is parsed: slow, and what the rows of lines are compared with. @default false */
  readonly isParsed?: boolean;
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
  { isParsed = false }: FoldOptions = {},
): Generator<number, FileFold> {
  let state: unknown = from?.state ?? source.start(fileOf(log));
  let nextSeq = from?.nextSeq ?? 0;
  const turns = new Map<string, { seq: number; turn: RecordedTurn }>();
  const problems: { place?: number; message: string }[] = [];
  const uncounted: Uncounted = { responses: 0, counts: 0 };
  let unlisted = 0;

  const addProblem = (message: string, place?: number) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ message, place });
    else unlisted++;
  };
  const isUncounted = (result: RecordResult<unknown>) => nextSeq === 0 && !hasUsage(result);
  const rows = isParsed ? undefined : LineRows.of<Fields>(source.fields);
  const folder = new RecordFolder(source);
  const addResult = (result: RecordResult<unknown>, place: number) => {
    state = result.state;
    if (result.problem !== undefined) addProblem(result.problem, place);
    if (result.totals !== undefined) {
      // The latest is the whole of it.
      for (const total of result.totals) {
        const seq = turns.get(total.key)?.seq ?? nextSeq++;
        turns.set(total.key, { seq, turn: turnOfTotal(total) });
      }
    }
    if (result.turns === undefined) return;
    for (const turn of result.turns) {
      const known = turns.get(turn.key);
      if (known === undefined) turns.set(turn.key, { seq: nextSeq++, turn });
      else known.turn = mergeTurns(known.turn, turn);
    }
  };

  const end = yield* reader.read(log, { needles: source.needles, rows }, from, {
    row(place) {
      const result = addMisfits(source.fold(state, rows!.row), rows!.misfits());
      if (isUncounted(result)) noteUncounted(uncounted, source.uncounted(rows!.row, result.problem !== undefined));
      addResult(result, place);
    },
    record(record, place) {
      const result = folder.fold(state, record);
      if (isUncounted(result)) noteUncounted(uncounted, folder.uncounted(record, result.problem !== undefined));
      addResult(result, place);
    },
    problem: addProblem,
  });

  if (unlisted > 0) problems.push({ message: `${unlisted} more problems in this file.` });
  const facts = source.session(state);
  const nothing = nextSeq > 0 ? undefined : describeUncounted(uncounted, source, facts !== undefined);
  if (nothing !== undefined) problems.push({ message: nothing });
  return {
    state,
    nextOffset: end.nextOffset,
    nextSeq,
    fingerprint: end.fingerprint,
    isRewritten: reader.isRewritten,
    facts,
    turns: [...turns.values()],
    problems: reader.locate(log, problems),
    bytesRead: end.bytesRead,
  };
}
