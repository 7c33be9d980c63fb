/**
 * Ranges of time as people type them for `--since` and `--until`, and the span before one, to compare it with.
 *
 * Pure: the clock and the zone come from the caller.
 */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import { parseTime } from "./parse_time.ts";
import { dateOf, type Moment, readMoment, type TimeReference } from "./read_moment.ts";

/** What is asked about. */
export interface TimeRange {
  /** Undefined: from the beginning. */
  readonly since?: EpochMs;
  /** Not counted itself. Undefined: up to now. It may be still to come: a month that runs ends at its end. */
  readonly until?: EpochMs;
  /** How far it is moved back to be the span before. Undefined where it has no start, or has not begun. */
  readonly shift?: RangeShift;
  /** The span before. Of a range that still runs, as much as has passed of it. Undefined as `shift` is. */
  readonly previous?: { readonly since: EpochMs; readonly until: EpochMs };
}

/** By the calendar, or exactly: one of them. */
export type RangeShift = { readonly months: number } | { readonly days: number } | { readonly milliseconds: number };

/** What was typed. */
export interface TypedRange {
  /** `7d`, `month`, `2025-11`, `lastweek`, `2025-11-01..2025-11-15`, …; what {@linkcode readRange} says */
  readonly since?: string;
  /** A time as parseTime() has it: the range ends where that begins. */
  readonly until?: string;
  /**
   * Days, weeks, months and years ago are days of the calendar: `7d` is today and the six days before it, from midnight;
   * `1mo` is a month whose last day is today. As an end they are where they begin, so that `14d..7d` is the week before
   * `7d`. Hours, minutes and seconds stay exact. @default exactly so long ago
   */
  readonly wholeDays?: boolean;
}

const RANGE_HINT = "For example: 2025-11-20, today, week, month, 12h, 7d, 1mo, lastweek, lastmonth, 2025-11, " +
  "yesterday..today, 2025-11-01..2025-11-15.";

/**
 * Reads both ends. Alone, a word that names a span (`lastweek`, `month`, `2025-11`, `2025-W47`, `2025`) is all of it,
 * while a day is from then on, as `yesterday` and `2025-11-20`. In `A..B`, B counts as a whole: `2025-11-15` is all of
 * that day, and `2025-11` all of that month; `A..` and `..B` are open at the other end. `until` is where the range ends:
 * nothing of that day counts.
 *
 * @throws {AgentError} usage, when one of them is no time, there are two ends, or it ends before it begins
 */
export function readRange({ since, until, wholeDays = false }: TypedRange, reference: TimeReference): TimeRange {
  const { start, end } = readEnds({ since, until, wholeDays }, reference);
  const range = since === undefined ? undefined : splitRange(since);
  const lengthMs = start === undefined || end === undefined
    ? undefined
    : end.at.epochMilliseconds - start.start.epochMilliseconds;
  // The last day of `A..B` counts: what is empty was typed the wrong way round.
  if (lengthMs !== undefined && (lengthMs < 0 || (range !== undefined && lengthMs === 0))) {
    const [first, last] = range ?? [since, until];
    throw new AgentError("usage", `The range ends before it begins: "${last}" is before "${first}".`, {
      hint: "Put the earlier time first.",
    });
  }
  const ends = { since: start?.start.epochMilliseconds, until: end?.at.epochMilliseconds };
  if (start === undefined) return ends;
  const shift = shiftOf(start, end, reference);
  return shift === undefined ? ends : { ...ends, shift, previous: moveBack(start.start, end, shift, reference) };
}

/** Where a range ends, and what that is counted in. */
interface End {
  readonly at: Temporal.ZonedDateTime;
  readonly unit: Moment["unit"];
}

function readEnds(
  { since, until, wholeDays }: TypedRange,
  reference: TimeReference,
): { readonly start?: Moment; readonly end?: End } {
  const read = (text: string) => readMoment(text, reference, { wholeDays, hint: RANGE_HINT });
  const range = since === undefined ? undefined : splitRange(since);
  if (range !== undefined) {
    if (until !== undefined) {
      throw new AgentError("usage", `"${since}" is a range, and "${until}" another end: expected one of them.`, {
        hint: RANGE_HINT,
      });
    }
    const [first, last] = range.map((text) => text === "" ? undefined : read(text));
    if (first === undefined && last === undefined) {
      throw new AgentError("usage", `"${since}" has no end: expected a time on one side at least.`, {
        hint: RANGE_HINT,
      });
    }
    return { start: first, end: last === undefined ? undefined : { at: last.end ?? last.start, unit: last.unit } };
  }
  const start = since === undefined ? undefined : read(since);
  if (until !== undefined) {
    // Refuses what is no point in time.
    parseTime(until, reference);
    const { start: at, unit } = read(until);
    return { start, end: { at, unit } };
  }
  const isSpan = start?.end !== undefined && start.meaning !== "start";
  return { start, end: isSpan ? { at: start.end!, unit: start.unit } : undefined };
}

/** `A..B`, either of them possibly empty; undefined where there is none. */
function splitRange(text: string): readonly [first: string, last: string] | undefined {
  const at = text.indexOf("..");
  return at === -1 ? undefined : [text.slice(0, at).trim(), text.slice(at + 2).trim()];
}

/** Undefined for what has not begun, or is empty. */
function shiftOf(start: Moment, typedEnd: End | undefined, reference: TimeReference): RangeShift | undefined {
  const { start: from, unit, monthsAgo } = start;
  // `7d..now` is what `7d` is.
  const isNow = typedEnd?.unit === "exact" && typedEnd.at.epochMilliseconds === Math.floor(reference.now);
  const end = isNow ? undefined : typedEnd;
  const last = end?.at ?? zonedTime(reference.now, reference.timezone);
  if (last.epochMilliseconds <= from.epochMilliseconds || from.epochMilliseconds >= reference.now) return undefined;
  if (end === undefined && monthsAgo !== undefined) return { months: monthsAgo };
  // One that is open ends with the month or day that runs.
  const today = dateOf(reference);
  if (unit === "month" && (end?.unit ?? "month") === "month") {
    const next = end?.at.toPlainDate() ?? today.with({ day: 1 }).add({ months: 1 });
    return { months: from.toPlainDate().until(next, { largestUnit: "months" }).months };
  }
  if (unit !== "exact" && end?.unit !== "exact") {
    const next = end?.at.toPlainDate() ?? today.add({ days: 1 });
    return { days: from.toPlainDate().until(next, { largestUnit: "days" }).days };
  }
  return { milliseconds: last.epochMilliseconds - from.epochMilliseconds };
}

function moveBack(
  start: Temporal.ZonedDateTime,
  end: End | undefined,
  shift: RangeShift,
  { now, timezone }: TimeReference,
): NonNullable<TimeRange["previous"]> {
  const last = end === undefined || end.at.epochMilliseconds > now ? zonedTime(now, timezone) : end.at;
  return {
    since: start.subtract(shift).epochMilliseconds,
    until: last.subtract(shift).epochMilliseconds,
  };
}
