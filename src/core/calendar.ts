/** Calendar keys of instants in an IANA time zone: hours, days, ISO weeks, months. Daylight saving is Temporal's. */
import type { DurationMs, EpochMs } from "./model.ts";
import { zonedTime } from "./timezone.ts";

export const CALENDAR_UNITS = ["hour", "day", "week", "month"] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/**
 * The key of the unit that an instant falls in. Keys sort as text in order of time, but for the two
 * hours of a clock that is set back.
 *
 * @returns `2026-11-20T14:00+01:00`, `2026-11-20`, `2026-W47` or `2026-11`. The hour keeps its offset, so that the two
 * hours of a clock that is set back stay apart.
 */
export function calendarKey(at: EpochMs, unit: CalendarUnit, timezone: string): string {
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
export function calendarKeys(unit: CalendarUnit, timezone: string): (at: EpochMs) => string {
  const unitMs = unit === "hour" ? HOUR_MS : DAY_MS;
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
