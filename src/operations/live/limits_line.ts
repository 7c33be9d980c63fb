/** The limits of plans in one line: those that are nearest to their end first. Draws nothing and asks no clock. */
import { windowTitle } from "../../core/limits/window_length.ts";
import type { EpochMs } from "../../core/model.ts";
import type { LimitJson } from "../limits/limits_output.ts";
import { formatCountdown, formatReading } from "../report/format.ts";
import type { Tone } from "../contract/view.ts";
import { BEHIND } from "./status_line.ts";

/** What there is to say of a limit now: nothing where it was reset since, or is gone. */
export function isKnownNow({ state, usedPercent, resetsAt }: LimitJson, now: EpochMs): boolean {
  return (state === "current" || state === "stale") && usedPercent !== null && Date.parse(resetsAt) > now;
}

const TONES: Readonly<Partial<Record<NonNullable<LimitJson["level"]>, Tone>>> = {
  high: "warn",
  nearly_full: "bad",
  full: "bad",
};

/** What is left out says how much. */
const MOST = 20;

/**
 * `Limits: claude 5 hours 42.4%, 2h 26m | ~codex week 81%, 3d 4h`: what is used, and how long until the reset.
 *
 * @param columns of the screen: what does not fit is counted
 * @returns undefined where nothing is known
 */
export function limitsLine(
  limits: readonly LimitJson[],
  { now, columns }: { readonly now: EpochMs; readonly columns: number },
): { readonly text: string; readonly tone?: Tone } | undefined {
  const known = limits.filter((limit) => isKnownNow(limit, now)).toSorted((a, b) => b.usedPercent! - a.usedPercent!);
  const [first] = known;
  if (first === undefined) return undefined;
  const texts = known.slice(0, MOST).map((limit) => limitText(limit, now));
  const lineOf = (count: number) =>
    `Limits: ${texts.slice(0, count).join(" | ")}${count < known.length ? ` | ${known.length - count} more` : ""}`;
  let count = texts.length;
  while (count > 1 && lineOf(count).length > columns) count--;
  const tone = first.level === null ? undefined : TONES[first.level];
  return { text: lineOf(count), ...tone === undefined ? {} : { tone } };
}

function limitText(limit: LimitJson, now: EpochMs): string {
  const { source, name, limit: id, state, usedPercent, level, resetsAt, window, windowMinutes } = limit;
  const title = window === "month" ? window : windowTitle(windowMinutes);
  const named = id === "plan" || id === source ? title : `${title}, ${name ?? id}`;
  const mark = state === "stale" || (limit.budget?.unpricedTurns ?? 0) > 0 ? BEHIND : "";
  const word = level === "high" || level === "full" ? ` ${level}` : level === "nearly_full" ? " nearly full" : "";
  const left = formatCountdown(Math.ceil((Date.parse(resetsAt) - now) / 60_000) * 60_000).replace(/ 00s$/, "");
  return `${source} ${named} ${mark}${formatReading(usedPercent!)}${word}, ${left}`;
}
