/** What all records together say of one window: each reading once, in order of time. */
import type { DurationMs, EpochMs } from "../model.ts";
import type { LimitRecord, LimitVia, WindowReading } from "./limit_record.ts";

/** One reading of a window. */
export interface TimedReading extends Omit<WindowReading, "windowMinutes"> {
  readonly at: EpochMs;
  readonly via: LimitVia;
  readonly turn?: string | undefined;
}

/** A window of one limit of one account. */
export interface WindowHistory {
  readonly source: string;
  readonly account: string;
  readonly limit: string;
  readonly name?: string;
  readonly windowMinutes: number;
  /** At least one, oldest first. */
  readonly readings: readonly TimedReading[];
  /** Since when the limit is told without this window. @default it was there the last time */
  readonly goneAt?: EpochMs;
}

/** Resets that differ by less are the same one: agents count seconds that are left. */
const SAME_RESET_MS: DurationMs = 2 * 60_000;

/** Whether two readings are of one run of a window. */
export function isSameReset(a: Pick<TimedReading, "resetsAt">, b: Pick<TimedReading, "resetsAt">): boolean {
  return Math.abs(a.resetsAt - b.resetsAt) <= SAME_RESET_MS;
}

type Growing = { -readonly [Key in keyof WindowHistory]: WindowHistory[Key] } & { readings: TimedReading[] };

/** @param records In any order. Those after `asOf` are left out */
export function gatherWindows(records: readonly LimitRecord[], asOf: EpochMs): readonly WindowHistory[] {
  /** Windows by their length, of each limit of each account. There may be a hundred thousand records. */
  const found = new Map<string, Map<number, Growing>>();
  for (const record of records.filter(({ at }) => at <= asOf).sort((a, b) => a.at - b.at)) {
    const { source, account, limit, name, at, via, turn, windows, isWhole } = record;
    const key = `${source}\0${account}\0${limit}`;
    let ofLimit = found.get(key);
    if (ofLimit === undefined) found.set(key, ofLimit = new Map());
    for (const { windowMinutes, usedPercent, resetsAt } of windows) {
      let window = ofLimit.get(windowMinutes);
      if (window === undefined) {
        window = { source, account, limit, windowMinutes, readings: [] };
        ofLimit.set(windowMinutes, window);
      }
      if (name !== undefined) window.name = name;
      window.goneAt = undefined;
      addReading(window.readings, { at, via, usedPercent, resetsAt, turn });
    }
    if (!isWhole || ofLimit.size === windows.length) continue;
    for (const window of ofLimit.values()) {
      if (!windows.some(({ windowMinutes }) => windowMinutes === window.windowMinutes)) window.goneAt ??= at;
    }
  }
  return [...found.values()].flatMap((ofLimit) => [...ofLimit.values()]);
}

/**
 * A status line is drawn again and again with what its last answer said: that was read when it was first seen. A log has a
 * record for each answer, so that the same figure once more is a reading of its own.
 */
function addReading(readings: TimedReading[], reading: TimedReading): void {
  if (reading.via !== "log" && readings.some((known) => isShownAgain(known, reading, readings.at(-1)!))) return;
  readings.push(reading);
}

function isShownAgain(known: TimedReading, shown: TimedReading, last: TimedReading): boolean {
  const isAlike = known.via === shown.via && known.usedPercent === shown.usedPercent && isSameReset(known, shown);
  if (!isAlike) return false;
  // Of two answers the request tells; without it only what came right before can be the same.
  return known.turn === undefined || shown.turn === undefined ? known === last : known.turn === shown.turn;
}
