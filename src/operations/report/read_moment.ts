/**
 * Times as people type them, read in the calendar of a zone: points, and days, weeks, months and years.
 *
 * Pure: the clock and the zone come from the caller. No language: no month names, no "last Tuesday".
 */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";

/** What times are relative to. */
export interface TimeReference {
  readonly now: EpochMs;
  /** IANA name; the zone of times that name none. */
  readonly timezone: string;
}

/** One time as it was typed. */
export interface Moment {
  /** The point, or where the day, week, month or year begins. */
  readonly start: Temporal.ZonedDateTime;
  /** Where a day, week, month or year is over; undefined of a point. */
  readonly end?: Temporal.ZonedDateTime;
  /** What it is counted in; `exact` is no unit of a calendar. */
  readonly unit: "exact" | "day" | "month";
  /** Of `1mo` and `1y`: how many months ago. */
  readonly monthsAgo?: number;
  /** `start`: from then on; `span`: alone it ends where it is over; `only_span`: nobody means its beginning alone. */
  readonly meaning: "start" | "span" | "only_span";
}

export const TIME_HINT = "For example: 2025-11-20, 2025-11-20T14:03Z, 2025-11, today, yesterday, week, month, 90m, " +
  "12h, 7d, 2w, 1mo, 1y.";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const RELATIVE = /^(\d{1,9}(?:\.\d{1,3})?)([smhdw])$/;
const MONTHS_AGO = /^(\d{1,9})(mo|y)$/;
/** Nine to eleven digits are seconds (1973 to 5138), twelve to fourteen milliseconds. Four are a year, others nothing. */
const EPOCH = /^(\d{9,11}|\d{12,14})$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(z|[+-]\d\d:?\d\d)?$/;
const YEAR = /^(19[7-9]\d|2\d{3})$/;
const MONTH = /^\d{4}-\d\d$/;
/** As `cost --by week` names them. */
const WEEK = /^(\d{4})-w(\d\d)$/;
const NAMED = /^(?:(this|last)[ _-]?)?(week|month|year)$/;

interface ReadOptions {
  /**
   * `7d` is today and the six days before, and begins at midnight; so do `1mo` and `1y`, whose last day is today.
   * @default exactly so long ago, a day being 24 hours
   */
  readonly wholeDays?: boolean;
  /** For what is no time. @default times alone */
  readonly hint?: string;
}

/**
 * Reads what parseTime() and readRange() take.
 *
 * @throws {AgentError} usage, when the text is no time or the date does not exist
 */
export function readMoment(
  text: string,
  reference: TimeReference,
  { wholeDays = false, hint = TIME_HINT }: ReadOptions = {},
): Moment {
  const wanted = text.trim().toLowerCase();
  const moment = readAgo(wanted, reference, wholeDays) ?? readNamed(wanted, reference) ??
    readExistingDate(wanted, text, reference);
  if (moment !== undefined) return moment;
  throw new AgentError("usage", `"${text}" is not a time: expected a date, a date and time, or how long ago.`, {
    hint,
  });
}

/** @param text as it was typed */
function readExistingDate(wanted: string, text: string, reference: TimeReference): Moment | undefined {
  try {
    return readDate(wanted, reference);
  } catch (error) {
    // A month 13 or a February 30: the shape is right, the date does not exist.
    if (!(error instanceof RangeError)) throw error;
    throw new AgentError("usage", `There is no date or time "${text}": expected one that exists.`, {
      hint: TIME_HINT,
      cause: error,
    });
  }
}

function readAgo(wanted: string, reference: TimeReference, wholeDays: boolean): Moment | undefined {
  const [, count, unit] = RELATIVE.exec(wanted) ?? [];
  if (count !== undefined) {
    const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
    checkSince1970(wanted, Math.round(reference.now - ms));
    const days = ms / UNIT_MS.d;
    if (wholeDays && (unit === "d" || unit === "w") && Number.isInteger(days) && days > 0) {
      return {
        start: midnight(dateOf(reference).subtract({ days: days - 1 }), reference),
        unit: "day",
        meaning: "start",
      };
    }
    return exactly(Math.round(reference.now - ms), reference);
  }
  const [, number, larger] = MONTHS_AGO.exec(wanted) ?? [];
  if (number === undefined) return undefined;
  const monthsAgo = Number(number) * (larger === "y" ? 12 : 1);
  // Beyond what a calendar can count.
  checkSince1970(wanted, monthsAgo > 12 * 10_000 ? -1 : 0);
  const start = zonedTime(reference.now, reference.timezone).subtract({ months: monthsAgo });
  checkSince1970(wanted, start.epochMilliseconds);
  if (!wholeDays || monthsAgo === 0) return { start, unit: "exact", monthsAgo, meaning: "start" };
  const date = start.toPlainDate().add({ days: 1 });
  return { start: midnight(date, reference), unit: "day", monthsAgo, meaning: "start" };
}

function checkSince1970(text: string, at: EpochMs): void {
  if (at >= 0) return;
  throw new AgentError("usage", `"${text}" ago is before 1970: expected a shorter time.`, { hint: TIME_HINT });
}

function readNamed(wanted: string, reference: TimeReference): Moment | undefined {
  if (wanted === "now") return exactly(reference.now, reference);
  const today = dateOf(reference);
  if (wanted === "today") return day(today, reference);
  if (wanted === "yesterday") return day(today.subtract({ days: 1 }), reference);
  const [, which, unit] = NAMED.exec(wanted) ?? [];
  if (unit === undefined) return undefined;
  const meaning = which === "last" ? "only_span" : "span";
  const back = which === "last" ? 1 : 0;
  if (unit === "week") {
    return span(today.subtract({ days: today.dayOfWeek - 1 + 7 * back }), { days: 7 }, reference, meaning);
  }
  if (unit === "month") {
    return span(today.with({ day: 1 }).subtract({ months: back }), { months: 1 }, reference, meaning);
  }
  return span(today.with({ month: 1, day: 1 }).subtract({ years: back }), { years: 1 }, reference, meaning);
}

/** @throws {RangeError} when it does not exist */
function readDate(wanted: string, reference: TimeReference): Moment | undefined {
  if (EPOCH.test(wanted)) return exactly(wanted.length <= 11 ? Number(wanted) * 1000 : Number(wanted), reference);
  if (DATE.test(wanted)) return day(Temporal.PlainDate.from(wanted), reference);
  if (YEAR.test(wanted)) return span(Temporal.PlainDate.from(`${wanted}-01-01`), { years: 1 }, reference, "span");
  if (MONTH.test(wanted)) return span(Temporal.PlainDate.from(`${wanted}-01`), { months: 1 }, reference, "span");
  const [, year, week] = WEEK.exec(wanted) ?? [];
  if (year !== undefined) return span(mondayOf(Number(year), Number(week)), { days: 7 }, reference, "span");
  const [, date, clock, zone] = DATE_TIME.exec(wanted) ?? [];
  if (date === undefined) return undefined;
  const at = zone === undefined
    ? Temporal.PlainDateTime.from(`${date}T${clock}`).toZonedDateTime(reference.timezone)
    : Temporal.Instant.from(`${date}T${clock}${zone}`).toZonedDateTimeISO(reference.timezone);
  return { start: at, unit: "exact", meaning: "start" };
}

/** The first week of a year is that of January 4. */
function mondayOf(year: number, week: number): Temporal.PlainDate {
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const monday = fourth.add({ days: 7 * (week - 1) - (fourth.dayOfWeek - 1) });
  if (monday.yearOfWeek !== year || week === 0) throw new RangeError(`${year} has no week ${week}`);
  return monday;
}

function exactly(at: EpochMs, { timezone }: TimeReference): Moment {
  return { start: zonedTime(at, timezone), unit: "exact", meaning: "start" };
}

function day(date: Temporal.PlainDate, reference: TimeReference): Moment {
  return { ...span(date, { days: 1 }, reference, "span"), meaning: "start" };
}

function span(
  first: Temporal.PlainDate,
  length: { readonly days?: number; readonly months?: number; readonly years?: number },
  reference: TimeReference,
  meaning: Moment["meaning"],
): Moment {
  const unit = length.days === undefined ? "month" : "day";
  return { start: midnight(first, reference), end: midnight(first.add(length), reference), unit, meaning };
}

/** The day that it is. */
export function dateOf({ now, timezone }: TimeReference): Temporal.PlainDate {
  return zonedTime(now, timezone).toPlainDate();
}

/** Midnight, or the first moment of a day whose clock skips midnight. */
function midnight(date: Temporal.PlainDate, { timezone }: TimeReference): Temporal.ZonedDateTime {
  return date.toZonedDateTime(timezone);
}
