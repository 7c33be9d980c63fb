/** When a session was at work, in words: the day, from when to when, and how long that is. */
import { calendarKey } from "../../core/calendar.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import type { Clock } from "./clock_input.ts";
import { formatTime } from "./format.ts";

type Times = Pick<Clock, "now" | "timezone">;

/**
 * `today 03:52 to 03:58 (6 min)`, `yesterday 23:50 to today 00:10 (20 min)`, `Nov 20 11:00 to 11:20 (20 min)`; `?` for a
 * time that is not known.
 *
 * @param durationMs Left out where it is not known
 */
export function activeText(
  from: EpochMs | undefined,
  to: EpochMs | undefined,
  durationMs: DurationMs | undefined,
  clock: Times,
): string {
  const length = durationMs === undefined ? "" : ` (${spanText(durationMs)})`;
  const start = from === undefined ? "?" : `${dayText(from, clock)} ${clockText(from, clock)}`;
  if (to === undefined) return `${start} to ?`;
  const isOneDay = from !== undefined && dayText(from, clock) === dayText(to, clock);
  return `${start} to ${isOneDay ? "" : `${dayText(to, clock)} `}${clockText(to, clock)}${length}`;
}

/** `today`, `yesterday`, `Nov 20`; with the year where that is another one. */
function dayText(at: EpochMs, { now, timezone }: Times): string {
  const [day, today] = [at, now].map((time) => Temporal.PlainDate.from(calendarKey(time, "day", timezone)));
  if (day!.equals(today!)) return "today";
  if (day!.equals(today!.subtract({ days: 1 }))) return "yesterday";
  // Of another year that is a date alone.
  return formatTime(at, timezone, now).replace(/ \d\d:\d\d$/, "");
}

function clockText(at: EpochMs, { timezone }: Times): string {
  return formatTime(at, timezone, at);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In whole units, cut off: `<1 min`, `6 min`, `3 h 5 min`, `2 d 4 h`. */
function spanText(length: DurationMs): string {
  if (length < MINUTE) return "<1 min";
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h ${Math.floor(length % HOUR / MINUTE)} min`;
  return `${Math.floor(length / DAY)} d ${Math.floor(length % DAY / HOUR)} h`;
}
