/** The limits that Claude Code hands to a status line, and that are kept of it: `rate_limits` of its input. */
import { isRecord } from "../json/is_record.ts";
import type { EpochMs } from "../model.ts";
import { checkWindow, millisecondsOf } from "./check_window.ts";
import type { LimitRecord, WindowReading } from "./limit_record.ts";
import { FIVE_HOURS, WEEK } from "./window_length.ts";

/** The windows of a plan by their names there. */
const PLAN_WINDOWS = { five_hour: FIVE_HOURS, seven_day: WEEK } as const;

/** How long a gateway's budget runs, by the word for it. One without such a word has no window that could be named. */
const BUDGET_PERIODS: Readonly<Record<string, number>> = { daily: 24 * 60, weekly: WEEK, monthly: 30 * 24 * 60 };

/** A limit with its windows, and what was wrong with others. */
export interface StatusLimits {
  readonly limits: readonly Pick<LimitRecord, "limit" | "windows">[];
  readonly faults: readonly string[];
}

/** Never throws. @param said `rate_limits`, whatever stands there @param at When it was seen */
export function readStatusLimits(said: unknown, at: EpochMs): StatusLimits {
  const faults: string[] = [];
  if (!isRecord(said)) return { limits: [], faults };
  const windows: WindowReading[] = [];
  for (const [name, minutes] of Object.entries(PLAN_WINDOWS)) {
    windows.push(...readWindow(said[name], minutes, at, faults));
  }
  const limits = windows.length === 0 ? [] : [{ limit: "plan", windows }];
  const budget = said.spend_limit;
  const period = isRecord(budget) && typeof budget.period === "string" ? budget.period.toLowerCase() : "";
  const minutes = Object.hasOwn(BUDGET_PERIODS, period) ? BUDGET_PERIODS[period] : undefined;
  const spent = minutes === undefined ? [] : readWindow(budget, minutes, at, faults);
  return { limits: spent.length === 0 ? limits : [...limits, { limit: "spend", windows: spent }], faults };
}

function readWindow(said: unknown, minutes: number, at: EpochMs, faults: string[]): readonly WindowReading[] {
  // What is not there says nothing.
  if (said === undefined || said === null) return [];
  const { used_percentage: usedPercent, resets_at: resetsAt } = isRecord(said)
    ? said
    : { used_percentage: NaN, resets_at: NaN };
  const checked = checkWindow({ minutes, usedPercent, resetsAt: millisecondsOf(resetsAt) }, at);
  if ("fault" in checked) faults.push(checked.fault);
  return "window" in checked ? [checked.window] : [];
}
