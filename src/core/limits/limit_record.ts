/**
 * What an agent's files let on about the limits of a plan: how much of each window was used, as it was said with one answer.
 *
 * A window is known by its length and by the limit it is of, never by its place in a record: agents have put the week where
 * the five hours were, and the other way round.
 */
import type { Diagnostic, EpochMs } from "../model.ts";

/** Where a record was found: the input of the status line, a log, or the agent's own settings file. */
export type LimitVia = "statusline" | "log" | "settings";

/** One window, as one record has it. */
export interface WindowReading {
  /** Length of the window: 300 and 10080 are five hours and a week. */
  readonly windowMinutes: number;
  /** Of 100. May pass it where the agent does not cap it. */
  readonly usedPercent: number;
  readonly resetsAt: EpochMs;
}

/** All that was said of one limit at once. */
export interface LimitRecord {
  /** Id of the agent. */
  readonly source: string;
  /** Absolute path of the configuration directory, which stands for the account: no file names that. */
  readonly account: string;
  /** `plan`, or the agent's own id of it. One limit's records say nothing of another's. */
  readonly limit: string;
  /** What the agent calls it, where it does. */
  readonly name?: string;
  /** When it was first seen with these figures. */
  readonly at: EpochMs;
  readonly via: LimitVia;
  /** At least one. */
  readonly windows: readonly WindowReading[];
  /** Whether a window that it does not have is no longer there. Where it is not, nothing is known of that one. */
  readonly isWhole: boolean;
  /** The request that it came with, where that is known: what is shown again of the same one was not read again. */
  readonly turn?: string;
}

/** A request that was refused because a limit was reached. */
export interface LimitRefusal {
  readonly source: string;
  /** As {@linkcode LimitRecord}'s. */
  readonly account: string;
  readonly at: EpochMs;
  /** In the agent's own word: `five_hour`. */
  readonly window: string;
  readonly resetsAt?: EpochMs;
}

/** What files let on together. */
export interface FoundLimits {
  readonly records: readonly LimitRecord[];
  readonly refusals: readonly LimitRefusal[];
  /** What of it can be no reading. */
  readonly problems: readonly Diagnostic[];
}
