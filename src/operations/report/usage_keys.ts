/** The keys by which usage can be added up. Apart from what reads them, because schemas of answers name them too. */
import { CALENDAR_UNITS, type CalendarUnit, CLOCK_KEYS, CLOCK_UNITS, type ClockUnit } from "../../core/calendar.ts";

export const USAGE_KEYS = [
  ...CALENDAR_UNITS,
  ...CLOCK_UNITS,
  "model",
  "provider",
  "upstream",
  "project",
  "source",
  "session",
] as const;
export type UsageKey = (typeof USAGE_KEYS)[number];

/** Whether it is a span of the calendar, which has the next one behind it. */
export function isCalendarUnit(key: string): key is CalendarUnit {
  return (CALENDAR_UNITS as readonly string[]).includes(key);
}

/** Whether it comes round again each day or week. */
export function isClockUnit(key: string): key is ClockUnit {
  return (CLOCK_UNITS as readonly string[]).includes(key);
}

/** What keys of time are put in order by: days of the week do not sort as text. */
export function placeOfKey(by: string, key: string): string | number {
  return by === "weekday" ? CLOCK_KEYS.weekday.indexOf(key) : key;
}
