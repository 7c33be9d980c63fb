/** How a key of time is shown to people: `Nov 26 02:00` for an hour, `2026-W47 (Nov 16)` for a week. */
import { firstDayOf } from "../../core/calendar.ts";
import { MONTHS } from "./format.ts";
import type { UsageKey } from "./usage_keys.ts";

/**
 * The key itself where it reads well.
 *
 * @param year That of most others: it is left out
 */
export function periodTitle(key: string, by: UsageKey, year?: string): string {
  switch (by) {
    case "hour": {
      const [, ofYear, month, day, clock] = /^(\d{4,})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(key) ?? [];
      if (ofYear === undefined) return key;
      return `${ofYear === year ? "" : `${ofYear} `}${MONTHS[Number(month) - 1]} ${day} ${clock}`;
    }
    case "week": {
      const monday = firstDayOf(key);
      return monday === undefined ? key : `${key} (${MONTHS[monday.month - 1]} ${String(monday.day).padStart(2, "0")})`;
    }
    case "weekday":
      return key[0]!.toUpperCase() + key.slice(1);
    default:
      return key;
  }
}

/** Titles of all keys of a list. The two hours of a clock that is set back keep what tells them apart. */
export function periodTitles(keys: readonly string[], by: UsageKey, year: string): ReadonlyMap<string, string> {
  const titles = keys.map((key) => periodTitle(key, by, year));
  const counts = Map.groupBy(titles, (title) => title);
  return new Map(keys.map((key, index) => {
    const title = titles[index]!;
    return [key, by === "hour" && counts.get(title)!.length > 1 ? `${title} ${key.slice(-6)}` : title];
  }));
}
