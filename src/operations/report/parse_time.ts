/** Points in time as people type them for `--until` and `--as-of`; `--since` takes more (time_range.ts). */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import { readMoment, TIME_HINT, type TimeReference } from "./read_moment.ts";

/**
 * Reads `2025-11-20T14:03`, with or without seconds and with or without `Z` or an offset; `2025-11-20`, `2025-W47`,
 * `2025-11`, `2025`, the start of that day, week, month or year; `today`, `yesterday`, `week`, `month`, `year`, the start
 * of these, weeks beginning on Monday; `now`; `90m`, `12h`, `7d`, `2w` ago, a day being 24 hours; `1mo`, `1y` ago by the
 * calendar, at the month's end where it has no such day; seconds or milliseconds since 1970. A time that a clock set
 * forward leaves out is moved on by as much; of one that occurs twice, the first.
 *
 * @throws {AgentError} usage, when the text is none of these or the date does not exist
 */
export function parseTime(text: string, reference: TimeReference): EpochMs {
  const moment = text.includes("..") ? undefined : readMoment(text, reference);
  if (moment === undefined || moment.meaning === "only_span") {
    throw new AgentError("usage", `"${text}" is a range of time: expected a point in time.`, { hint: TIME_HINT });
  }
  return moment.start.epochMilliseconds;
}
