/** Where the ticks of an axis of time are, which columns have names, and what stands at them. Pure. */
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import { MONTHS } from "../../operations/report/format.ts";

/** Which of `count` columns have a label, evenly, the last always: labels of `labelWidth` must not touch. In pixels. */
export function labelledColumns(count: number, width: number, labelWidth: number): readonly number[] {
  const fit = Math.max(1, Math.floor(width / labelWidth));
  const step = Math.max(1, Math.ceil(count / fit));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % step === 0);
}

const MINUTE: DurationMs = 60_000;
const HOUR = 60 * MINUTE;

/** Steps of the clock, then of the calendar. */
const STEPS:
  readonly (readonly [unit: "minutes" | "hours" | "days" | "months" | "years", count: number, DurationMs])[] = [
    ...[1, 5, 15, 30].map((count) => ["minutes", count, count * MINUTE] as const),
    ...[1, 3, 6, 12].map((count) => ["hours", count, count * HOUR] as const),
    ...[1, 2, 7, 14].map((count) => ["days", count, count * 24 * HOUR] as const),
    ...[1, 3].map((count) => ["months", count, count * 30 * 24 * HOUR] as const),
    ...[1, 5].map((count) => ["years", count, count * 365 * 24 * HOUR] as const),
  ];

/** A round time. */
export interface TimeTick {
  readonly at: EpochMs;
  /** `14:00`, `Nov 26`, `2026`. */
  readonly text: string;
}

/**
 * Ticks at round times by the clock of a zone, also where it is set forward or back: 06:00 stays 06:00, and the day of a
 * change has an hour more or less between its ticks.
 *
 * @param most How many there may be, about
 */
export function timeTicks(from: EpochMs, until: EpochMs, timezone: string, most = 8): readonly TimeTick[] {
  if (!(until > from)) return [];
  const [unit, count] = STEPS.find(([, , ms]) => (until - from) / ms <= most) ?? STEPS.at(-1)!;
  const ticks: TimeTick[] = [];
  for (let place = floorTo(zonedTime(from, timezone), unit, count), step = 0;; step++) {
    // From the beginning each time: from a step that the clock leaves out, all later ones would be late.
    const time = addByClock(place, unit, step * count);
    if (time.epochMilliseconds > until || step > 10 * most) return ticks;
    // 02:00 of a day that leaves it out is 03:00, which is a tick of its own.
    const isNew = time.epochMilliseconds !== ticks.at(-1)?.at;
    if (isNew && time.epochMilliseconds >= from) ticks.push({ at: time.epochMilliseconds, text: tickText(time, unit) });
  }
}

function floorTo(time: Temporal.ZonedDateTime, unit: string, count: number): Temporal.ZonedDateTime {
  const day = time.startOfDay();
  const down = (value: number) => value - value % count;
  switch (unit) {
    case "minutes":
      return time.with({ minute: down(time.minute), second: 0, millisecond: 0 });
    case "hours":
      return day;
    case "days":
      return count % 7 === 0 ? day.subtract({ days: time.dayOfWeek - 1 }) : day;
    case "months":
      return day.with({ day: 1, month: down(time.month - 1) + 1 });
    default:
      return day.with({ day: 1, month: 1, year: down(time.year) });
  }
}

/** Hours by the clock on the wall, minutes by true time: no two ticks are the same instant. */
function addByClock(from: Temporal.ZonedDateTime, unit: string, count: number): Temporal.ZonedDateTime {
  if (unit !== "hours") return from.add({ [unit]: count });
  return from.toPlainDateTime().with({ hour: 0 }).add({ hours: count }).toZonedDateTime(from.timeZoneId);
}

function tickText(time: Temporal.ZonedDateTime, unit: string): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  const month = MONTHS[time.month - 1]!;
  if (unit === "years" || (unit === "months" && time.month === 1)) return String(time.year);
  if (unit === "months") return month;
  const isMidnight = time.hour === 0 && time.minute === 0;
  return unit === "days" || isMidnight ? `${month} ${time.day}` : `${pad(time.hour)}:${pad(time.minute)}`;
}

const DURATION_TICKS: readonly (readonly [text: string, DurationMs])[] = [
  ["1s", 1000],
  ["10s", 10_000],
  ["1m", MINUTE],
  ["5m", 5 * MINUTE],
  ["15m", 15 * MINUTE],
  ["1h", HOUR],
  ["4h", 4 * HOUR],
  ["24h", 24 * HOUR],
  ["7d", 168 * HOUR],
];

/** Ticks of a logarithmic axis of durations, a second to a week: only those within. */
export function durationTicks(from: DurationMs, until: DurationMs): readonly { at: DurationMs; text: string }[] {
  return DURATION_TICKS.map(([text, at]) => ({ at, text })).filter(({ at }) => at >= from && at <= until);
}
