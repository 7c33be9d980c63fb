/** Which periods a list of rows leaves out: bars of days lie where a day without turns is not among them. */
import { calendarPeriod, firstDayOf } from "../../core/calendar.ts";
import { isCalendarUnit, type UsageKey } from "../report/usage_keys.ts";

/** So many rows of nothing are shown; more are one. */
const MOST_SHOWN = 7;

/** Keys of what is between a row and the one before it, in order; of many only that there are such. */
export function emptyPeriods(
  { by, rows, timezone }: {
    readonly by: UsageKey;
    readonly rows: readonly { readonly key: string }[];
    readonly timezone: string;
  },
  index: number,
): readonly string[] {
  const [before, row] = [rows[index - 1], rows[index]];
  if (!isCalendarUnit(by) || by === "hour" || before === undefined || row === undefined) return [];
  const keys: string[] = [];
  const first = firstDayOf(before.key)?.toZonedDateTime(timezone).epochMilliseconds;
  if (first === undefined) return [];
  let count = 0;
  for (let at = calendarPeriod(first, by, timezone).end;; count++) {
    const period = calendarPeriod(at, by, timezone);
    if (period.key >= row.key) break;
    if (count < MOST_SHOWN) keys.push(period.key);
    at = period.end;
  }
  return count <= MOST_SHOWN ? keys : ["…"];
}
