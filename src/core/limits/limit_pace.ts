/** How fast a window fills, and when it would be full: as a span, since figures are rounded. */
import type { DurationMs, EpochMs } from "../model.ts";
import { isSameReset, type TimedReading } from "./window_history.ts";

export interface LimitPace {
  readonly percentPerHour: number;
  readonly fullAt: EpochMs;
  /** `fullAt`, should the rise have been as large as the rounding allows, and as small. */
  readonly earliest: EpochMs;
  readonly latest: EpochMs;
  /** Whether `fullAt` is before the reset. */
  readonly beforeReset: boolean;
}

const HOUR_MS: DurationMs = 3_600_000;
/** Less says more of the rounding than of the pace. */
const LEAST_RISE = 3;
const LEAST_MS: DurationMs = 10 * 60_000;

/**
 * Over the hour before the latest reading, within one run of the window. Nothing is said of a window that is full, or when
 * the rise is too small or too short, or all of that is longer than an hour ago.
 *
 * @param readings Of one window, oldest first
 * @param last Which of them counts now
 */
export function paceOf(readings: readonly TimedReading[], last: TimedReading, asOf: EpochMs): LimitPace | undefined {
  if (asOf - last.at > HOUR_MS || last.usedPercent >= 100) return undefined;
  const hour = believed(
    readings.filter((reading) =>
      isSameReset(reading, last) && reading.at <= last.at && reading.at >= last.at - HOUR_MS
    ),
  );
  const first = hour[0];
  if (first === undefined) return undefined;
  const [rise, ms] = [last.usedPercent - first.usedPercent, last.at - first.at];
  if (rise < LEAST_RISE || ms < LEAST_MS) return undefined;
  const digit = Number.isInteger(first.usedPercent) && Number.isInteger(last.usedPercent) ? 1 : 0.1;
  const fullAfter = (points: number) => Math.round(last.at + (100 - last.usedPercent) / points * ms);
  const [fullAt, earliest, latest] = [fullAfter(rise), fullAfter(rise + digit), fullAfter(rise - digit)];
  // By then it would have been full, and nobody has read that.
  if (latest <= asOf) return undefined;
  const percentPerHour = round(rise / ms * HOUR_MS, 100);
  return { percentPerHour, fullAt, earliest, latest, beforeReset: fullAt < last.resetsAt };
}

/** Since the last time that it went down and was believed: what was used before that is no part of what is used now. */
function believed(readings: readonly TimedReading[]): readonly TimedReading[] {
  let [start, highest] = [0, readings[0]];
  readings.forEach((reading, index) => {
    if (reading.usedPercent >= highest!.usedPercent) highest = reading;
    else if (reading.at - highest!.at > LEAST_MS) [start, highest] = [index, reading];
  });
  return readings.slice(start);
}

/**
 * Since the window began, as far as its length tells that.
 *
 * @returns points an hour; undefined in the first minutes
 */
export function averageOf({ at, usedPercent, resetsAt }: TimedReading, windowMinutes: number): number | undefined {
  const ms = at - (resetsAt - windowMinutes * 60_000);
  return ms < LEAST_MS || ms > windowMinutes * 60_000 ? undefined : round(usedPercent / ms * HOUR_MS, 100);
}

function round(value: number, by: number): number {
  return Math.round(value * by) / by;
}
