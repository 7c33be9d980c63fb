/**
 * The limits of plans in a few words each, for a line of `watch` and for the page: those that are nearest to their end
 * first. Draws nothing and asks no clock.
 */
import { windowTitle } from "../../core/limits/window_length.ts";
import type { EpochMs } from "../../core/model.ts";
import type { LimitJson } from "../limits/limits_output.ts";
import { formatCountdown, formatReading } from "../report/format.ts";
import type { Tone } from "../contract/view.ts";

/** Whether there is something to say of a limit now: nothing where it was reset since, or is gone. */
export function isKnownNow({ state, resetsAt }: LimitJson, now: EpochMs): boolean {
  return (state === "current" || state === "stale") && Date.parse(resetsAt) > now;
}

/** Those that are not gone, the nearest to their end first. */
export function nearestFirst(limits: readonly LimitJson[]): readonly LimitJson[] {
  return limits.filter(({ state }) => state !== "gone")
    .sort((a, b) => (b.usedPercent ?? -1) - (a.usedPercent ?? -1));
}

/** A limit in words. */
export interface LimitWords {
  /** `claude 5 hours`; with the account where one agent has several. */
  readonly name: string;
  /** `42.4%`, `~81%` where it was read a while ago, or where some of it is not known; `?` where it was reset since. */
  readonly used: string;
  /** `high`, `nearly full`, `full`; else empty. */
  readonly word: string;
  /** Until its reset: `2h 26m`. */
  readonly left: string;
}

/** @param limits All that it is shown with */
export function limitWords(shown: LimitJson, limits: readonly LimitJson[], now: EpochMs): LimitWords {
  const { source, account, limit, name, state, usedPercent, level, resetsAt, window, windowMinutes, budget } = shown;
  const isAlone = limits.every((other) => other.source !== source || other.account === account);
  const title = window === "month" ? window : windowTitle(windowMinutes);
  const isKnown = isKnownNow(shown, now);
  const mark = isKnown && (state === "stale" || budget?.unpricedTurns) ? "~" : "";
  const left = Date.parse(resetsAt) - now;
  return {
    name: `${source} ${isAlone ? "" : `${account} `}${title}${
      ["plan", source].includes(limit) ? "" : `, ${name ?? limit}`
    }`,
    used: mark + formatReading(isKnown ? usedPercent! : undefined),
    word: isKnown && level !== "normal" ? level!.replace("_", " ") : "",
    left: formatCountdown(left > 60_000 ? Math.ceil(left / 60_000) * 60_000 : left).replace(/m 00s$/, "m"),
  };
}

const TONES: Readonly<Partial<Record<NonNullable<LimitJson["level"]>, Tone>>> = {
  high: "warn",
  nearly_full: "bad",
  full: "bad",
};

/** More fit on no line. */
const MOST = 20;

/**
 * `Limits: codex week 81% high, 3d 4h | claude 5 hours 42.4%, 2h 26m`: what is used, and how long until the reset.
 *
 * @param columns of the screen: what does not fit is counted
 * @returns undefined where nothing is known
 */
export function limitsLine(
  limits: readonly LimitJson[],
  { now, columns }: { readonly now: EpochMs; readonly columns: number },
): { readonly text: string; readonly tone?: Tone } | undefined {
  const known = nearestFirst(limits).filter((limit) => isKnownNow(limit, now));
  const [first] = known;
  if (first === undefined) return undefined;
  const texts = known.slice(0, MOST).map((limit) => {
    const { name, used, word, left } = limitWords(limit, limits, now);
    return `${name} ${used}${word === "" ? "" : ` ${word}`}, ${left}`;
  });
  const lineOf = (count: number) =>
    `Limits: ${texts.slice(0, count).join(" | ")}${count < known.length ? ` | ${known.length - count} more` : ""}`;
  let count = texts.length;
  while (count > 1 && lineOf(count).length > columns) count--;
  const tone = TONES[first.level ?? "normal"];
  return { text: lineOf(count), ...tone === undefined ? {} : { tone } };
}
