/** The contract between an agent's files and the question how near a plan's limits are. Loaded when that is asked. */
import type { LimitRecord, LimitRefusal } from "../core/limits/limit_record.ts";
import type { EpochMs } from "../core/model.ts";
import type { LogFile } from "./source.ts";

/** What one record lets on: of all that mostly nothing. */
export interface LimitFinding {
  readonly records?: readonly LimitRecord[];
  readonly refusal?: LimitRefusal;
  /** What of it can be no reading: sentences that hold nothing of the record. */
  readonly faults?: readonly string[];
}

/** In logs. */
export interface LimitLog {
  /** A line that holds none of these says nothing of limits. Plain ASCII, up to 16. */
  readonly needles: readonly string[];
  /** The configuration directory of a log, by its path. */
  accountOf(path: string): string;
  /** What reads the records of one log, in their order. Never throws, whatever a record holds. */
  start(file: Pick<LogFile, "path">): (record: unknown) => LimitFinding | undefined;
}

/** In a file of settings. */
export interface LimitFile {
  /** Absolute. */
  readonly path: string;
  /** Without this text the file says nothing of limits, and is not parsed. */
  readonly needle: string;
  /** Never throws: a file that is broken says nothing. @param readAt The clock's time, which no reading is after */
  read(text: string, readAt: EpochMs): LimitFinding;
}
