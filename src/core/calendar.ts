/** Calendar keys of instants in an IANA time zone: hours, days, ISO weeks, months. Daylight saving is Temporal's. */
import type { EpochMs } from "./model.ts";

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
  const time = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timezone);
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

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
