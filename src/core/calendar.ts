/** Calendar keys of instants in an IANA time zone: hours, days, ISO weeks, months. Daylight saving is Temporal's. */
import type { DurationMs, EpochMs } from "./model.ts";
import { zonedTime } from "./timezone.ts";

export const CALENDAR_UNITS = ["hour", "day", "week", "month"] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** What comes round again: the days of the week from Monday on, and the hours of the day by the clock on the wall. */
export const CLOCK_UNITS = ["weekday", "hourOfDay"] as const;
export type ClockUnit = (typeof CLOCK_UNITS)[number];

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => `${pad(hour)}:00`);

/** All keys of a unit that comes round, in order. */
export const CLOCK_KEYS: Readonly<Record<ClockUnit, readonly string[]>> = { weekday: WEEKDAYS, hourOfDay: HOURS };

/**
 * The key of the unit that an instant falls in. Keys sort as text in order of time, but for the two
 * hours of a clock that is set back.
 *
 * @returns `2026-11-20T14:00+01:00`, `2026-11-20`, `2026-W47` or `2026-11`; `friday`, `14:00`. The hour keeps its offset, so that the two
 * hours of a clock that is set back stay apart.
 */
export function calendarKey(at: EpochMs, unit: CalendarUnit | ClockUnit, timezone: string): string {
  const time = zonedTime(at, timezone);
  switch (unit) {
    case "hour":
      return `${time.toPlainDate().toString()}T${pad(time.hour)}:00${time.offset}`;
    case "day":
      return time.toPlainDate().toString();
    case "week":
      return `${time.yearOfWeek}-W${pad(time.weekOfYear ?? 0)}`;
    case "month":
      return time.toPlainDate().toPlainYearMonth().toString();
    case "weekday":
      return WEEKDAYS[time.dayOfWeek - 1]!;
    case "hourOfDay":
      return HOURS[time.hour]!;
  }
}

const HOUR_MS: DurationMs = 3_600_000;
const DAY_MS: DurationMs = 24 * HOUR_MS;

/** A time in which a zone's clock is as far from UTC all along, and the keys that were asked for by local hour or day. */
interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly offsetMs: DurationMs;
  readonly keys: Map<number, string>;
}

/**
 * {@linkcode calendarKey} for many instants: a key is asked of Temporal once for each hour or day, which takes six
 * microseconds or more.
 */
export function calendarKeys(unit: CalendarUnit | ClockUnit, timezone: string): (at: EpochMs) => string {
  const unitMs = unit === "hour" || unit === "hourOfDay" ? HOUR_MS : DAY_MS;
  const spans: Span[] = [];
  let span: Span | undefined;
  return (at) => {
    if (span === undefined || at < span.from || at >= span.until) {
      span = spans.find(({ from, until }) => at >= from && at < until);
      if (span === undefined) spans.push(span = spanOf(at, timezone));
    }
    const place = Math.floor((Math.floor(at) + span.offsetMs) / unitMs);
    let key = span.keys.get(place);
    if (key === undefined) span.keys.set(place, key = calendarKey(at, unit, timezone));
    return key;
  };
}

/** The first day of what a key of a day, a week or a month stands for; undefined for others. */
export function firstDayOf(key: string): Temporal.PlainDate | undefined {
  const week = /^(\d{4,})-W(\d\d)$/.exec(key);
  if (week !== null) {
    // Week 1 has January 4 in it (ISO 8601).
    const fourth = Temporal.PlainDate.from({ year: Number(week[1]), month: 1, day: 4 });
    return fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: Number(week[2]) - 1 });
  }
  if (/^\d{4,}-\d\d$/.test(key)) return Temporal.PlainDate.from(`${key}-01`);
  return /^\d{4,}-\d\d-\d\d$/.test(key) ? Temporal.PlainDate.from(key) : undefined;
}

/** A span of the calendar: an hour, a day and so on. */
export interface CalendarPeriod {
  readonly key: string;
  readonly start: EpochMs;
  /** Of the next one. */
  readonly end: EpochMs;
}

/** The span that an instant lies in. */
export function calendarPeriod(at: EpochMs, unit: CalendarUnit, timezone: string): CalendarPeriod {
  const time = zonedTime(at, timezone);
  const start = startOf(time, unit);
  const next = start.add({ [`${unit}s`]: 1 });
  // The day of a zone may begin later than at midnight, and the one behind it at midnight.
  const end = unit === "hour" ? next : startOf(next, unit);
  return { key: calendarKey(at, unit, timezone), start: start.epochMilliseconds, end: end.epochMilliseconds };
}

function startOf(time: Temporal.ZonedDateTime, unit: CalendarUnit): Temporal.ZonedDateTime {
  switch (unit) {
    case "hour":
      // Of a clock that is set back the second hour is another one: nothing is asked of the clock.
      return time.subtract({
        minutes: time.minute,
        seconds: time.second,
        milliseconds: time.millisecond,
      });
    case "day":
      return time.startOfDay();
    case "week":
      return time.subtract({ days: time.dayOfWeek - 1 }).startOfDay();
    case "month":
      return time.with({ day: 1 }).startOfDay();
  }
}

/**
 * All spans that have something of a range, in order.
 *
 * @param most More of them are not made: then undefined is returned
 */
export function calendarPeriods(
  unit: CalendarUnit,
  { since, until }: { readonly since: EpochMs; readonly until: EpochMs },
  timezone: string,
  most: number,
): readonly CalendarPeriod[] | undefined {
  const periods: CalendarPeriod[] = [];
  for (let at = since; at < until;) {
    if (periods.length === most) return undefined;
    const period = calendarPeriod(at, unit, timezone);
    periods.push(period);
    at = period.end;
  }
  return periods;
}

function spanOf(at: EpochMs, timezone: string): Span {
  const time = zonedTime(at, timezone);
  const next = time.getTimeZoneTransition("next");
  // The one before is looked for strictly before.
  const last = time.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  return {
    from: last?.epochMilliseconds ?? -Infinity,
    until: next?.epochMilliseconds ?? Infinity,
    offsetMs: time.offsetNanoseconds / 1e6,
    keys: new Map(),
  };
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
