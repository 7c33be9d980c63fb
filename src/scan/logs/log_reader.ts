/**
 * What every form of store is read by: bytes, documents or rows become records. Whoever folds, checks or searches records
 * knows no form.
 */
import type { Fields } from "../../agents/fields.ts";
import type { Source } from "../../agents/source.ts";
import type { FoundFile } from "../../host/walk_files.ts";
import type { LineRows } from "./rows/line_rows.ts";

/** A log as it was found: plain data, which either thread can open. Mostly a file. */
export interface FoundLog extends FoundFile {
  /** Names the log in the index. Of one in a database `<database>#<part>`, which is never opened. */
  readonly path: string;
  /** Id of its store. @default that whose files have such a path, see `storeOf` */
  readonly store?: string;
  /** Of a log in a database: where that is. */
  readonly table?: PartOfDatabase;
  /** Of a log that is made of several documents: those. */
  readonly documents?: readonly FoundFile[];
  /** Companions of its store, by the names that the store has for them. @default none */
  readonly companions?: Readonly<Record<string, string>>;
}

/** Where a log in a database is. */
export interface PartOfDatabase {
  /** Absolute path of the database. */
  readonly database: string;
  /** The log's name in it. */
  readonly part: string;
  /** Place of the layout among those of the store. */
  readonly layout: number;
  /** Whether the database is read where it is, see `isReadInPlace`. */
  readonly inPlace: boolean;
  /** As it was before its logs were listed, see `databaseMark`. */
  readonly mark: string;
}

/** Takes what is read of a log, in its order. */
export interface RecordSink {
  /** @param place Where it is: for problems, which come in rising order */
  record(record: unknown, place: number): void;
  /** The same of one that is the row of the `rows` that were handed over. There with those. */
  row?(place: number): void;
  problem(message: string, place?: number): void;
}

/**
 * Which records of a log are wanted: of lines those that have one of the needles, as rows where `rows` is there.
 * `what` asks for more than turns need, which a database may have elsewhere: what people would read, or what fills prompts.
 */
export type Wanted = Pick<Source, "needles"> & {
  readonly rows?: LineRows<Fields>;
  /** See LineSearch (lines/line_finder.ts). @default none are taken */
  readonly takeLines?: (results: number, count: number) => number;
  readonly what?: "texts" | "prompts";
};

/** Where an earlier reading stopped. */
export interface ReadPosition {
  readonly nextOffset: number;
  /** Not empty. */
  readonly fingerprint: string;
}

/** Where reading ended. */
export interface ReadEnd {
  /** Just past the last line that has ended. */
  readonly nextOffset: number;
  /**
   * Made by {@linkcode PrefixDigest}, of what lies before `nextOffset`. Empty for a log that has to be read from its
   * beginning once it has changed: a compressed one, one whose last line has not ended, and counts all the same, and all
   * that is no lines.
   */
  readonly fingerprint: string;
  readonly bytesRead: number;
}

/** A problem with its place as the reader has it. */
export interface PlacedProblem {
  readonly place?: number;
  readonly message: string;
}

/** A problem with its place as people look for it. */
export interface LocatedProblem {
  readonly line?: number;
  readonly message: string;
}

/** Reads one form of store. The only code that opens an agent's logs. */
export interface LogReader {
  /**
   * Whether logs are written anew as a whole: one may then be in the middle of that whenever it is read. What was read of
   * it before is kept until it can be read again.
   */
  readonly isRewritten: boolean;
  /**
   * In steps, so that other work can be done between two of them. A step yields how many bytes have been read.
   *
   * @param from Where to go on; undefined reads from the beginning
   * @throws {LogUnfinishedError} when the log is being written, or for a time cannot be opened: of `isRewritten` ones
   * @throws {Error} when it cannot be opened or read
   */
  read(
    log: FoundLog,
    wanted: Wanted,
    from: ReadPosition | undefined,
    sink: RecordSink,
  ): Generator<number, ReadEnd>;
  /** All of it, and every fault with it, also what {@linkcode read} passes over. Throws what that throws. */
  check(log: FoundLog, sink: RecordSink): Generator<number, void>;
  /** Says where problems are that {@linkcode read} had: those of one log, in rising order of places. */
  locate(log: FoundLog, problems: readonly PlacedProblem[]): readonly LocatedProblem[];
  /** The same of one that {@linkcode check} had. */
  describe(message: string, place: number | undefined): LocatedProblem;
}

/** A log that cannot be read this time. What is known of it is as good as before. The message is a reason, without a stop. */
export class LogUnfinishedError extends Error {
  override readonly name = "LogUnfinishedError";
}

/** How it begins what is said of a log, or of a database, that could not be read at all. */
export const UNREAD = "Cannot be read: ";

/** What is said of a log that could not be read. @param isUnfinished Whether that was a {@linkcode LogUnfinishedError} */
export function describeUnread(reason: string, isUnfinished: boolean): string {
  return `${UNREAD}${reason}${isUnfinished ? ". What was read of it before still counts." : ""}`;
}

/** For logs that have no lines that an editor could go to. @param kind What the reader calls a record */
export function describeRecord(kind: "Record" | "Row", message: string, place: number | undefined): LocatedProblem {
  return { message: place === undefined ? message : `${kind} ${place}: ${message}` };
}
