/** How the keys of sums are shown: titles of their columns, and their cells. */
import { calendarKey } from "../../core/calendar.ts";
import type { Cell } from "../contract/view.ts";
import { modelCell, projectCell } from "./cells.ts";
import { periodTitles } from "./period_title.ts";
import { isCalendarUnit, isClockUnit, type UsageKey } from "./usage_keys.ts";

export const KEY_TITLES: Readonly<Record<UsageKey, string>> = {
  hour: "Hour",
  day: "Day",
  week: "Week",
  month: "Month",
  weekday: "Weekday",
  hourOfDay: "Hour",
  model: "Model",
  provider: "Provider",
  upstream: "Upstream",
  project: "Project",
  source: "Source",
  session: "Session",
};

/** Cells of keys. Those of time are told from each other, and from those of this year. */
export function keyCells(
  by: UsageKey,
  keys: readonly string[],
  { asOf, timezone }: { readonly asOf: string; readonly timezone: string },
  home: string,
): (key: string) => Cell {
  if (by === "project") return (key) => projectCell(key, home);
  if (by === "model") return modelCell;
  if (!isCalendarUnit(by) && !isClockUnit(by)) return (key) => ({ text: key, value: key });
  const titles = periodTitles(keys, by, calendarKey(Date.parse(asOf), "day", timezone).slice(0, 4));
  return (key) => ({ text: titles.get(key) ?? key, value: key });
}
