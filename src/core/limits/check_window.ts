/** Whether figures that a file has for a window can be those of one. */
import type { EpochMs } from "../model.ts";
import type { WindowReading } from "./limit_record.ts";
import { usualLength } from "./window_length.ts";

/** As they were found: whatever stands there. Times are of milliseconds by now. */
export interface FoundWindow {
  readonly minutes: unknown;
  readonly usedPercent: unknown;
  readonly resetsAt: unknown;
}

/** Nobody was seen to pass a limit tenfold. */
const MOST_PERCENT = 1000;
/** A year. */
const MOST_MINUTES = 366 * 24 * 60;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What {@linkcode checkWindow} makes of one. */
export type CheckedWindow =
  | { readonly window: WindowReading }
  /** What cannot be, in a sentence that holds nothing of the file. */
  | { readonly fault: string }
  /** It had ended by then, or it lacks what makes it one. */
  | { readonly saysNothing: true };

/** @param at When it was said */
export function checkWindow({ minutes, usedPercent, resetsAt }: FoundWindow, at: EpochMs): CheckedWindow {
  if (isUnsaid(minutes) || isUnsaid(usedPercent) || isUnsaid(resetsAt)) return { saysNothing: true };
  if (!isWithin(minutes, 1, MOST_MINUTES)) return { fault: "The length of a limit's window is none: left out." };
  if (!isWithin(usedPercent, 0, MOST_PERCENT)) {
    return { fault: "What was used of a limit is no number from 0 to 1,000 percent: left out." };
  }
  const lengthMs = minutes * MINUTE_MS;
  // Resets are moved, and never by more than a window. In milliseconds they lie thousands of years ahead.
  if (!isWithin(resetsAt, at - MOST_MINUTES * MINUTE_MS, at + 2 * lengthMs + DAY_MS)) {
    return { fault: "The time at which a limit is reset is none that it can have: left out." };
  }
  if (resetsAt <= at) return { saysNothing: true };
  return { window: { windowMinutes: usualLength(minutes), usedPercent, resetsAt } };
}

function isUnsaid(value: unknown): boolean {
  return value === undefined || value === null;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

/** Of a time in seconds since 1970; whatever is no number stays so. */
export function millisecondsOf(seconds: unknown): unknown {
  return typeof seconds === "number" ? seconds * 1000 : seconds;
}
