/** Which names of time zones there are, and times in them. */
import type { EpochMs } from "./model.ts";

/** Letters, or an offset: Temporal itself would also take a date-time and read its zone. */
const TIMEZONE = /^(?:[A-Za-z][\w+-]*(?:\/[\w+-]+)*|[+-]\d\d(?::?\d\d)?)$/;

/**
 * A name as it is usually written.
 *
 * @param name IANA name in any case, or an offset such as `+01:00`, east of UTC
 * @returns undefined when there is no such zone
 */
export function findTimezone(name: string): string | undefined {
  if (!TIMEZONE.test(name)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether it names a zone that this program can count days in. */
export function isTimezone(name: string): boolean {
  return findTimezone(name) !== undefined;
}

/**
 * A point in the calendar of a zone.
 *
 * @throws {RangeError} when there is no such zone
 */
export function zonedTime(at: EpochMs, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timezone);
}
