/**
 * How near each limit of a plan is, as of some time: from all that agents' files let on.
 *
 * A reading is what was said with one answer. What is not there is not zero, what has ended is said to have ended, and what
 * one limit's record says is never taken for another's.
 */
import { compareTexts } from "../compare_texts.ts";
import type { DurationMs, EpochMs } from "../model.ts";
import { averageOf, type LimitPace, paceOf } from "./limit_pace.ts";
import type { LimitRecord, LimitRefusal, LimitVia } from "./limit_record.ts";
import { gatherWindows, isSameReset, type TimedReading, type WindowHistory } from "./window_history.ts";
import { FIVE_HOURS, WEEK } from "./window_length.ts";

/**
 * - `current`: read in the last 15 minutes
 * - `stale`: read before, in the run of the window that goes on: at least so much is used
 * - `reset`: the window has ended, and nothing was read since
 * - `gone`: the limit is told without this window since
 */
export type LimitState = "current" | "stale" | "reset" | "gone";

/** `high` from 75 percent on, `nearly_full` from 90 or when the pace fills it before its reset, `full` from 100. */
export type LimitLevel = "normal" | "high" | "nearly_full" | "full";

/** One window of one limit. */
export interface PlanLimit extends Omit<WindowHistory, "readings" | "goneAt"> {
  readonly state: LimitState;
  /** Of 100, as the last reading had it. Undefined where it was reset: how much is used since is not known. */
  readonly usedPercent?: number;
  /** What was used of the run that has ended. There where the state is `reset`. */
  readonly usedBefore?: number;
  /** There where `usedPercent` is, but for one that is gone. */
  readonly level?: LimitLevel;
  readonly resetsAt: EpochMs;
  readonly observedAt: EpochMs;
  readonly via: LimitVia;
  readonly pace?: LimitPace;
  /** Points an hour since the window began. */
  readonly averagePerHour?: number;
  /** By how much its reset was moved last, within this run: later is positive. */
  readonly resetMovedMs?: DurationMs;
  /** Whether it went to nearly all right after a reset, which no refused request bears out. */
  readonly isUnconfirmed?: true;
  /** Whether its reset goes to and fro: two accounts, or two terminals, take turns in one directory. */
  readonly isMixed?: true;
}

/** Older than this, a reading is `stale`. */
const CURRENT_FOR_MS: DurationMs = 15 * 60_000;
/** Of terminals that disagree within this, the one that has used more is right: the others have not asked since. */
const TERMINALS_MS: DurationMs = 10 * 60_000;

/** All windows, by source, account, limit and length. @param asOf What is later is left out */
export function reportLimits(
  records: readonly LimitRecord[],
  refusals: readonly LimitRefusal[],
  asOf: EpochMs,
): readonly PlanLimit[] {
  return reportWindows(gatherWindows(records, asOf), refusals, asOf);
}

/** The same of windows that were gathered already. */
export function reportWindows(
  windows: readonly WindowHistory[],
  refusals: readonly LimitRefusal[],
  asOf: EpochMs,
): readonly PlanLimit[] {
  const refused = refusals.filter(({ at }) => at <= asOf);
  return windows.map((window) => reportWindow(window, refused, asOf)).sort(comparePlaces);
}

function reportWindow(history: WindowHistory, refused: readonly LimitRefusal[], asOf: EpochMs): PlanLimit {
  const { readings, goneAt, ...window } = history;
  const last = countsNow(readings);
  const { usedPercent, resetsAt, via } = last;
  const isMixed = goesToAndFro(readings, last);
  const moved = isMixed ? undefined : movedBy(readings, last);
  const common = {
    ...window,
    resetsAt,
    observedAt: last.at,
    via,
    ...moved === undefined ? {} : { resetMovedMs: moved },
    ...isMixed ? { isMixed } : {},
  };
  if (goneAt !== undefined) return { ...common, state: "gone", usedPercent };
  if (resetsAt <= asOf) return { ...common, state: "reset", usedBefore: usedPercent };
  const pace = paceOf(readings, last, asOf);
  const average = moved === undefined ? averageOf(last, window.windowMinutes) : undefined;
  return {
    ...common,
    state: asOf - last.at > CURRENT_FOR_MS ? "stale" : "current",
    usedPercent,
    level: levelOf(usedPercent, pace),
    ...pace === undefined ? {} : { pace },
    ...average === undefined ? {} : { averagePerHour: average },
    ...isUnconfirmed(history, last, refused) ? { isUnconfirmed: true } : {},
  };
}

/** Of the readings within ten minutes of the latest one, and of the same run, the one that has used most. */
function countsNow(readings: readonly TimedReading[]): TimedReading {
  const latest = readings.at(-1)!;
  return readings.filter((reading) => isSameReset(reading, latest) && latest.at - reading.at <= TERMINALS_MS)
    .reduce((most, reading) => reading.usedPercent >= most.usedPercent ? reading : most);
}

/** Undefined where the run before had ended, or there was none: then nothing was moved. */
function movedBy(readings: readonly TimedReading[], last: TimedReading): DurationMs | undefined {
  const place = readings.findLastIndex((reading) => !isSameReset(reading, last));
  if (place === -1) return undefined;
  const [before, next] = [readings[place]!, readings[place + 1]!];
  return before.resetsAt > next.at ? last.resetsAt - before.resetsAt : undefined;
}

/** Whether a reset that had been left for another one came back while both were still to come. */
function goesToAndFro(readings: readonly TimedReading[], last: TimedReading): true | undefined {
  const running = readings.filter(({ resetsAt }) => resetsAt > last.at);
  const left = running.findLastIndex((reading) => !isSameReset(reading, last));
  return left > 0 && running.slice(0, left).some((reading) => isSameReset(reading, last)) ? true : undefined;
}

/** In a word. @param pace Undefined where it is not known */
export function levelOf(usedPercent: number, pace: LimitPace | undefined): LimitLevel {
  if (usedPercent >= 100) return "full";
  if (usedPercent >= 90 || pace?.beforeReset) return "nearly_full";
  return usedPercent >= 75 ? "high" : "normal";
}

/** Providers have said 98 to 100 percent minutes after a reset, of a window that nobody had used. */
const [NEARLY_ALL, AFTER_RESET_MS] = [98, 30 * 60_000];

function isUnconfirmed(
  { source, account, windowMinutes, readings }: WindowHistory,
  last: TimedReading,
  refused: readonly LimitRefusal[],
): boolean {
  const startsAt = last.resetsAt - windowMinutes * 60_000;
  const first = readings.find((reading) => isSameReset(reading, last) && reading.usedPercent >= NEARLY_ALL);
  if (last.usedPercent < NEARLY_ALL || first === undefined || first.at - startsAt > AFTER_RESET_MS) return false;
  return !refused.some((refusal) =>
    refusal.source === source && refusal.account === account && refusal.at >= startsAt &&
    isOfWindow(refusal.window, windowMinutes)
  );
}

/** Agents call them `five_hour`, `seven_day`, `seven_day_opus`. */
function isOfWindow(named: string, windowMinutes: number): boolean {
  if (windowMinutes === FIVE_HOURS) return named.startsWith("five_hour");
  return windowMinutes === WEEK && named.startsWith("seven_day");
}

function comparePlaces(a: PlanLimit, b: PlanLimit): number {
  return compareTexts(a.source, b.source) || compareTexts(a.account, b.account) ||
    // The plan's own before those of single models.
    Number(isOfModel(a)) - Number(isOfModel(b)) || compareTexts(a.limit, b.limit) || a.windowMinutes - b.windowMinutes;
}

/** Whether it is another limit than the one that an agent has for all its models. */
export function isOfModel({ source, limit }: Pick<PlanLimit, "source" | "limit">): boolean {
  return limit !== "plan" && limit !== source;
}
