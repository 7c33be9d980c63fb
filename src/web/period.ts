/** Spans that the page asks about: how one is moved to the next or the one before, and which one a bar stands for. Pure. */
import type { CalendarUnit } from "../core/calendar.ts";
import type { EpochMs } from "../core/model.ts";
import { zonedTime } from "../core/timezone.ts";

/** As the operations take them. */
export interface Period {
  readonly since: string;
  readonly until?: string;
}

/** The span of an answer, as it says it. */
export interface AnsweredSpan {
  readonly since?: string;
  /** Undefined: up to now. */
  readonly until?: string;
}

/** Spans up to today that have a name, by their days. */
const DAYS_TO_TODAY: ReadonlyMap<number, string> = new Map([[1, "today"], [7, "7d"], [30, "30d"], [90, "90d"]]);

/**
 * The span of the same length just before, or just after: of `7d` the seven days before them, of a month the one before. One
 * that has a name gets it, so that both ways lead back to `7d`.
 *
 * @returns undefined where there is none: a span without beginning, and what is still to come
 */
export function movePeriod(
  span: AnsweredSpan,
  direction: "earlier" | "later",
  { now, timezone }: { readonly now: EpochMs; readonly timezone: string },
): Period | undefined {
  if (span.since === undefined) return undefined;
  const start = zonedTime(Date.parse(span.since), timezone);
  const today = zonedTime(now, timezone).startOfDay();
  const tomorrow = today.add({ days: 1 }).startOfDay();
  // What is open and begins with a day ends with one.
  const end = span.until !== undefined
    ? zonedTime(Date.parse(span.until), timezone)
    : isMidnight(start)
    ? tomorrow
    : zonedTime(now, timezone);
  const shift = lengthOf(start, end);
  const [from, to] = [start, end].map((time) => direction === "earlier" ? time.subtract(shift) : time.add(shift));
  if (from!.epochMilliseconds > now || from!.epochMilliseconds < 0) return undefined;
  const name = isMidnight(from!) && to!.equals(tomorrow)
    ? DAYS_TO_TODAY.get(from!.until(to!, { largestUnit: "days" }).days)
    : undefined;
  return { since: name ?? rangeText(from!, to!, today) };
}

function isMidnight(time: Temporal.ZonedDateTime): boolean {
  return time.equals(time.startOfDay());
}

function isFirst(time: Temporal.ZonedDateTime): boolean {
  return time.day === 1 && isMidnight(time);
}

/** In months where both ends are those of months, else in days, else exactly. */
function lengthOf(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): Temporal.Duration {
  if (!isMidnight(start) || !isMidnight(end)) return start.until(end, { largestUnit: "hours" });
  const largestUnit = isFirst(start) && isFirst(end) ? "months" : "days";
  return start.toPlainDate().until(end.toPlainDate(), { largestUnit });
}

/** `month`, `2026-11`, `2026-11-13..2026-11-19`, or to the minute: what an operation reads as just this span. */
function rangeText(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime, today: Temporal.ZonedDateTime): string {
  if (!isMidnight(start) || !isMidnight(end)) {
    const [first, last] = [start, end].map(({ epochMilliseconds }) => minuteText(epochMilliseconds, start.timeZoneId));
    return `${first}..${last}`;
  }
  const [first, last] = [start.toPlainDate(), end.toPlainDate().subtract({ days: 1 })];
  if (!isFirst(start) || !isFirst(end)) return `${first}..${last}`;
  const months = lengthOf(start, end).months;
  if (months === 12 && start.month === 1) return start.year === today.year ? "year" : String(start.year);
  const [from, to] = [first, last].map((date) => date.toPlainYearMonth().toString());
  if (months !== 1) return `${from}..${to}`;
  return from === today.toPlainDate().toPlainYearMonth().toString() ? "month" : from!;
}

/** `2026-11-20T14:00+01:00`. */
function minuteText(at: EpochMs, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone: timezone, smallestUnit: "minute" });
}

/**
 * What a bar stands for, as a filter, and the finer units that it can be looked at by.
 *
 * @returns undefined for what is no span: Mondays
 */
export function periodOfKey(
  by: string,
  key: string,
  timezone: string,
): { readonly period: Period; readonly by: CalendarUnit } | undefined {
  switch (by) {
    case "hour": {
      const end = Temporal.Instant.from(key).add({ hours: 1 }).epochMilliseconds;
      return { period: { since: `${key}..${minuteText(end, timezone)}` }, by: "hour" };
    }
    case "day":
      // A day alone is from then on.
      return { period: { since: `${key}..${key}` }, by: "hour" };
    case "week":
    case "month":
      return { period: { since: key }, by: "day" };
    default:
      return undefined;
  }
}
