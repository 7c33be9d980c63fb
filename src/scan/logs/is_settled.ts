/** Whether the times of a file tell of whatever happens to it from now on. */
import type { DurationMs, EpochMs } from "../../core/model.ts";

/** Deno tells when a file changed, by the disk's clock, in whole seconds, as some disks do in twos. */
const TIME_GRAIN_MS: DurationMs = 2_000;
/** The system's clock for files stands still for some milliseconds. */
const CLOCK_GRAIN_MS: DurationMs = 20;
/** The clock of a disk elsewhere may be ahead, and that of this machine have been. */
const CLOCK_AHEAD_MS: DurationMs = 24 * 3_600_000;

/**
 * Whether a file that changes from now on will have another time. One that was written within the grain of its times
 * before it is read may be written again with the same size and the same times (what git calls racily clean): its time of
 * change is then one that no other scan finds, so that it is read again.
 */
export function isSettled(ctimeMs: EpochMs, mtimeMs: EpochMs, at: EpochMs): boolean {
  const changedAt = ctimeMs === 0 ? mtimeMs : ctimeMs;
  return changedAt < at - TIME_GRAIN_MS - CLOCK_GRAIN_MS || changedAt > at + CLOCK_AHEAD_MS;
}
