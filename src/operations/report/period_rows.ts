/** Rows of a sum by time: those of periods in which there was nothing, and those that the range cuts. */
import { calendarPeriod, calendarPeriods, CLOCK_KEYS } from "../../core/calendar.ts";
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import { formatCount } from "./format.ts";
import { isCalendarUnit, isClockUnit, type UsageKey } from "./usage_keys.ts";

/** What of all time is asked about. */
export interface RowRange {
  readonly since?: EpochMs;
  readonly until?: EpochMs;
}

/** More rows are no table. */
const MOST_ROWS = 100_000;

/**
 * All keys of a range, in order, whether or not there is anything under them. None where there is nothing to begin with.
 *
 * @param firstAt When the first of what is added up was. @default there is nothing
 * @throws {AgentError} usage, for a key that has no periods, or when there would be too many
 */
export function periodKeys(
  by: UsageKey,
  { since, until }: RowRange,
  firstAt: EpochMs | undefined,
  { now, timezone }: { readonly now: EpochMs; readonly timezone: string },
): readonly string[] {
  if (isClockUnit(by)) return CLOCK_KEYS[by];
  if (!isCalendarUnit(by)) {
    throw new AgentError("usage", `Rows by ${by} have no periods that could be empty.`, {
      hint: "--fill goes with --by hour, day, week, month, weekday or hourOfDay.",
    });
  }
  const from = since ?? firstAt;
  if (from === undefined) return [];
  // What is still to come is not empty: it is not there yet.
  const periods = calendarPeriods(
    by,
    { since: from, until: Math.min(until ?? Infinity, now + 1) },
    timezone,
    MOST_ROWS,
  );
  if (periods !== undefined) return periods.map(({ key }) => key);
  throw new AgentError("usage", `There would be more than ${formatCount(MOST_ROWS)} rows.`, {
    hint: "Ask for a shorter range, or for longer periods: --by day.",
  });
}

/** Keys of the periods that the range has a part of: at its beginning, and at its end. */
export function cutPeriods(by: UsageKey, { since, until }: RowRange, timezone: string): ReadonlySet<string> {
  const keys = new Set<string>();
  if (!isCalendarUnit(by)) return keys;
  if (since !== undefined) {
    const { key, start } = calendarPeriod(since, by, timezone);
    if (start < since) keys.add(key);
  }
  if (until !== undefined && until > (since ?? -Infinity)) {
    const { key, end } = calendarPeriod(until - 1, by, timezone);
    if (end > until) keys.add(key);
  }
  return keys;
}
