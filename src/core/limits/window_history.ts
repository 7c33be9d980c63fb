/** What all records together say of one window: each reading once, in order of time. */
import type { DurationMs, EpochMs } from "../model.ts";
import type { LimitRecord, LimitVia, WindowReading } from "./limit_record.ts";

/** One reading of a window. */
export interface TimedReading extends Omit<WindowReading, "windowMinutes"> {
  readonly at: EpochMs;
  readonly via: LimitVia;
  readonly turn?: string;
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
  const found = new Map<string, Growing>();
  for (const record of records.filter(({ at }) => at <= asOf).toSorted((a, b) => a.at - b.at)) {
    const { source, account, limit, name, at, via, turn, windows, isWhole } = record;
    const keyOf = (minutes: number) => JSON.stringify([source, account, limit, minutes]);
    for (const { windowMinutes, usedPercent, resetsAt } of windows) {
      const key = keyOf(windowMinutes);
      let window = found.get(key);
      if (window === undefined) {
        window = { source, account, limit, windowMinutes, readings: [] };
        found.set(key, window);
      }
      if (name !== undefined) window.name = name;
      window.goneAt = undefined;
      addReading(window.readings, { at, via, usedPercent, resetsAt, ...turn === undefined ? {} : { turn } });
    }
    if (!isWhole) continue;
    const there = new Set(windows.map(({ windowMinutes }) => keyOf(windowMinutes)));
    for (const [key, window] of found) {
      const isOfLimit = window.source === source && window.account === account && window.limit === limit;
      if (isOfLimit && !there.has(key)) window.goneAt ??= at;
    }
  }
  return [...found.values()];
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
