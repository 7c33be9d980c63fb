/** The time that questions are answered for: now, or one in the past. */
import type { EpochMs } from "../../core/model.ts";

/** The time that an answer is for. */
export interface AsOf {
  readonly now: EpochMs;
  /** True when the time was asked for: what happened later is then left out. */
  readonly isPast: boolean;
}
