/** Spans that the page asks about: how one is moved to the next or the one before, and which one a bar stands for. Pure. */
import type { CalendarUnit } from "../core/calendar.ts";
import type { EpochMs } from "../core/model.ts";
import { zonedTime } from "../core/timezone.ts";
import type { TimeReference } from "../operations/report/read_moment.ts";
import { readRange } from "../operations/report/time_range.ts";

/** As the operations take them. */
export interface Period {
  readonly since: string;
  readonly until?: string;
}

/** How a period is read. */
export interface PeriodReference extends TimeReference {
  /** False for sums by the hour, where `7d` is a week to the minute. @default true */
  readonly wholeDays?: boolean;
}

interface Ends {
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly moved: Ends | undefined;
}

/**
 * The span of the same length just before, or just after: of `7d` the seven days before them, of `month` last month.
 *
 * @param named Names that are shorter than what a span would be called otherwise: `7d` is `7d` again after both ways
 * @returns undefined where there is none: a span without beginning, and what is still to come
 */
export function movePeriod(
  period: Period,
  direction: "earlier" | "later",
  reference: PeriodReference,
  named: readonly string[],
): Period | undefined {
  const moved = endsOf(period, reference, direction)?.moved;
  if (moved === undefined || moved.since > reference.now || moved.since < 0) return undefined;
  const name = named.find((since) => {
    const known = endsOf({ since }, reference);
    return known !== undefined && known.since === moved.since && known.until === moved.until;
  });
  return { since: name ?? rangeText(moved, reference) };
}

/** Where a period begins and ends; one that is open, where the day or month that runs is over. */
function endsOf(
  { since, until }: Period,
  { wholeDays = true, ...reference }: PeriodReference,
  direction?: "earlier" | "later",
): Ends | undefined {
  const range = readRange({ since, until, wholeDays }, reference);
  if (range.since === undefined || range.shift === undefined) return undefined;
  const start = zonedTime(range.since, reference.timezone);
  const end = range.until === undefined ? start.add(range.shift) : zonedTime(range.until, reference.timezone);
  const move = (time: Temporal.ZonedDateTime) =>
    (direction === "earlier" ? time.subtract(range.shift!) : time.add(range.shift!)).epochMilliseconds;
  return {
    since: start.epochMilliseconds,
    until: end.epochMilliseconds,
    moved: direction && { since: move(start), until: move(end), moved: undefined },
  };
}

/** `2026-11`, `2026-11-13..2026-11-19`, or to the minute: what an operation reads as just this span. */
function rangeText(ends: Pick<Ends, "since" | "until">, { timezone }: TimeReference): string {
  const [start, end] = [zonedTime(ends.since, timezone), zonedTime(ends.until, timezone)];
  const isMidnight = (time: Temporal.ZonedDateTime) => time.equals(time.startOfDay());
  if (!isMidnight(start) || !isMidnight(end)) {
    return `${minuteText(ends.since, timezone)}..${minuteText(ends.until, timezone)}`;
  }
  const [first, last] = [start.toPlainDate(), end.toPlainDate().subtract({ days: 1 })];
  if (start.day !== 1 || end.day !== 1) return `${first}..${last}`;
  const [from, to] = [first.toPlainYearMonth(), last.toPlainYearMonth()].map(String);
  return from === to ? from! : `${from}..${to}`;
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
