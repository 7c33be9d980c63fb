/** What an operation may use: the clock, the time zone, and the sessions of this machine. Made by the face that runs it. */
import type { EpochMs } from "../core/model.ts";

export interface OperationContext {
  /** The time that the answer is for: the clock, or `--as-of`. */
  readonly now: EpochMs;
  /** IANA name. */
  readonly timezone: string;
}
