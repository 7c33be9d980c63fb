/**
 * Points in time as people type them for `--since`, `--until` and `--as-of`.
 *
 * Pure: the clock and the zone come from the caller. No language: no month names, no "last Tuesday".
 */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";

/** What times are relative to. */
export interface TimeReference {
  readonly now: EpochMs;
  /** IANA name; the zone of times that name none. */
  readonly timezone: string;
}

/** What {@linkcode parseTime} takes, in words for help. */
export const TIME_SYNTAX = "a date (2025-11-20), a date and time (2025-11-20T14:03, with Z or an offset if wanted), " +
  "now, today, yesterday, how long ago (90m, 12h, 7d, 2w), or seconds since 1970";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const RELATIVE = /^(\d{1,9}(?:\.\d{1,3})?)([smhdw])$/;
/** Nine to eleven digits are seconds (1973 to 5138), twelve to fourteen milliseconds. Fewer could be a year or a day. */
const EPOCH = /^(\d{9,11}|\d{12,14})$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(z|[+-]\d\d:?\d\d)?$/;

/**
 * Reads `2025-11-20T14:03`, with or without seconds and with or without `Z` or an offset; `2025-11-20`, the start of
 * that day; `now`, `today`, `yesterday`; `90m`, `12h`, `7d`, `2w` ago, a day being 24 hours; seconds or milliseconds
 * since 1970. A time that a clock set forward leaves out is moved on by as much; of one that occurs twice, the first.
 *
 * @throws {AgentError} usage, when the text is none of these or the date does not exist
 */
export function parseTime(text: string, reference: TimeReference): EpochMs {
  const wanted = text.trim().toLowerCase();
  const relative = RELATIVE.exec(wanted);
  if (relative !== null) {
    const unit = relative[2] as keyof typeof UNIT_MS;
    const at = Math.round(reference.now - Number(relative[1]) * UNIT_MS[unit]);
    if (at < 0) {
      throw new AgentError("usage", `"${text}" ago is before 1970: expected a shorter time.`, { hint: TIME_HINT });
    }
    return at;
  }
  if (wanted === "now") return reference.now;
  if (wanted === "today") return startOfDay(localDate(reference), reference.timezone);
  if (wanted === "yesterday") return startOfDay(localDate(reference).subtract({ days: 1 }), reference.timezone);
  if (EPOCH.test(wanted)) return wanted.length <= 11 ? Number(wanted) * 1000 : Number(wanted);
  try {
    if (DATE.test(wanted)) return startOfDay(Temporal.PlainDate.from(wanted), reference.timezone);
    const parts = DATE_TIME.exec(wanted);
    if (parts !== null) {
      const [, date, clock, zone] = parts;
      return zone === undefined
        ? Temporal.PlainDateTime.from(`${date}T${clock}`).toZonedDateTime(reference.timezone).epochMilliseconds
        : Temporal.Instant.from(`${date}T${clock}${zone}`).epochMilliseconds;
    }
  } catch (error) {
    // A month 13 or a February 30: the shape is right, the date does not exist.
    if (!(error instanceof RangeError)) throw error;
    throw new AgentError("usage", `There is no date or time "${text}": expected one that exists.`, {
      hint: TIME_HINT,
      cause: error,
    });
  }
  throw new AgentError("usage", `"${text}" is not a time: expected a date, a date and time, or how long ago.`, {
    hint: TIME_HINT,
  });
}

const TIME_HINT = "For example: 2025-11-20, 2025-11-20T14:03, 2025-11-20T14:03Z, today, yesterday, 90m, 12h, 7d, 2w.";

function localDate(reference: TimeReference): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(reference.now)).toZonedDateTimeISO(reference.timezone)
    .toPlainDate();
}

/** Midnight, or the first moment of a day whose clock skips midnight. */
function startOfDay(date: Temporal.PlainDate, timezone: string): EpochMs {
  return date.toZonedDateTime(timezone).epochMilliseconds;
}
