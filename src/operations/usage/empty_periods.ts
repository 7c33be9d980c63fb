/** Which periods a list of rows leaves out: bars of days lie where a day without turns is not among them. */
import { calendarPeriod, firstDayOf } from "../../core/calendar.ts";
import type { EpochMs } from "../../core/model.ts";
import { isCalendarUnit, type UsageKey } from "../report/usage_keys.ts";

/** So many rows of nothing are shown in a row; more are one. */
const MOST_SHOWN = 7;

/** Rows as an answer has them, and the span that they are of. */
export interface ListedPeriods {
  readonly by: UsageKey;
  readonly rows: readonly { readonly key: string }[];
  readonly totalRows: number;
  readonly timezone: string;
  readonly asOf: string;
  /** @default nobody asked for a beginning */
  readonly since?: string;
  readonly until?: string;
}

/**
 * Keys of what is missing before a row, in order; of many only that there are some. Behind the last row and before the first,
 * what is missing of the span that was asked for.
 *
 * @param index Of the row; their number for what is missing at the end
 */
export function emptyPeriods(list: ListedPeriods, index: number): readonly string[] {
  const { by, rows, timezone, totalRows } = list;
  if (!isCalendarUnit(by) || by === "hour" || rows.length === 0) return [];
  const [before, row] = [rows[index - 1], rows[index]];
  // The first of all is not listed where the list was cut.
  if (before === undefined && rows.length < totalRows) return [];
  const from = before === undefined ? timeOf(list.since) : endOf(before.key, by, timezone);
  const to = row === undefined ? endOfSpan(list) : startOf(row.key, timezone);
  if (from === undefined || to === undefined) return [];
  const keys: string[] = [];
  for (let at = from; at < to;) {
    const period = calendarPeriod(at, by, timezone);
    if (period.key === row?.key) break;
    if (keys.length === MOST_SHOWN) return ["…"];
    keys.push(period.key);
    at = period.end;
  }
  return keys;
}

/** What is still to come is not empty. Without a beginning nobody asked for a span. */
function endOfSpan({ since, until, asOf }: ListedPeriods): EpochMs | undefined {
  return since === undefined ? undefined : Math.min(timeOf(until) ?? Infinity, Date.parse(asOf) + 1);
}

function timeOf(time: string | undefined): EpochMs | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

function startOf(key: string, timezone: string): EpochMs | undefined {
  return firstDayOf(key)?.toZonedDateTime(timezone).epochMilliseconds;
}

function endOf(key: string, by: Parameters<typeof calendarPeriod>[1], timezone: string): EpochMs | undefined {
  const start = startOf(key, timezone);
  return start === undefined ? undefined : calendarPeriod(start, by, timezone).end;
}
