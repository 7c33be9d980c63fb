/**
 * What a point of a limit was worth: the turns of this machine between two readings, at list prices, by the points that were
 * used meanwhile. A lower bound, since whatever else the account did used points as well.
 */
import type { EpochMs, Usd } from "../model.ts";
import { isSameReset, type TimedReading } from "./window_history.ts";

/** From the first reading of a run of a window to its last. */
export interface UsedPoints {
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly points: number;
}

/** What the turns of such a time cost. */
export interface WeighedPoints extends Pick<UsedPoints, "points"> {
  readonly usd: Usd;
}

/** Over several runs. */
export interface PointWorth {
  readonly usd: Usd;
  /** In the run in which it was worth least, and in the one in which it was worth most. */
  readonly leastUsd: Usd;
  readonly mostUsd: Usd;
  /** How many runs there were. */
  readonly windows: number;
}

/** Fewer say more of the rounding. */
const LEAST_POINTS = 5;
const MOST_RUNS = 6;

/** The last runs of which that can be said. @param readings Of one window, oldest first */
export function usedPoints(readings: readonly TimedReading[]): readonly UsedPoints[] {
  const runs: TimedReading[][] = [];
  for (const reading of readings) {
    // One whose reset goes on and on has as many runs as readings.
    const run = runs.slice(-MOST_RUNS).findLast(([first]) => isSameReset(first!, reading));
    if (run === undefined) runs.push([reading]);
    else run.push(reading);
  }
  return runs.filter(isRising).map((run) => {
    const [first, last] = [run[0]!, run.at(-1)!];
    return { since: first.at, until: last.at, points: last.usedPercent - first.usedPercent };
  }).filter(({ points }) => points >= LEAST_POINTS).slice(-MOST_RUNS);
}

/** What went down was reset, or is of two terminals: what was used meanwhile is not known. All that passes 100 is cut off. */
function isRising(run: readonly TimedReading[]): boolean {
  return run.every(({ usedPercent }, place) =>
    usedPercent < 100 && (place === 0 || usedPercent >= run[place - 1]!.usedPercent)
  );
}

/** Undefined where nothing was spent: then all of it was used elsewhere. */
export function worthOf(weighed: readonly WeighedPoints[]): PointWorth | undefined {
  const runs = weighed.filter(({ usd }) => usd > 0);
  if (runs.length === 0) return undefined;
  const sum = (part: keyof WeighedPoints) => runs.reduce((sum, run) => sum + run[part], 0);
  const each = runs.map(({ usd, points }) => usd / points);
  return {
    usd: sum("usd") / sum("points"),
    leastUsd: Math.min(...each),
    mostUsd: Math.max(...each),
    windows: runs.length,
  };
}
