/** Pauses between turns, and what became of the cache over each. */
import type { DurationMs } from "../../core/model.ts";
import type { DrawnTurn } from "./read_turns.ts";

/** Shorter ones are work: the shortest lifetime that a provider documents is five minutes. */
export const LEAST_PAUSE_MS: DurationMs = 5 * 60_000;

/** A pause, and what became of the cache over it. */
export interface Pause {
  /** Place of the first turn after it, among those that are drawn. */
  readonly before: number;
  readonly ms: DurationMs;
  /** `unknown`: the turn after it had nothing to read, or lost the cache for another reason than the time. */
  readonly cache: "lost" | "kept" | "unknown";
}

/** @param turns In order of time, of one chain or of all */
export function findPauses(turns: readonly DrawnTurn[], least: DurationMs = LEAST_PAUSE_MS): readonly Pause[] {
  const pauses: Pause[] = [];
  for (let place = 1; place < turns.length; place++) {
    const [last, next] = [turns[place - 1]!, turns[place]!];
    if (last.at === undefined || next.at === undefined) continue;
    const ms = next.at - last.at;
    if (ms >= least) pauses.push({ before: place, ms, cache: fateOf(next) });
  }
  return pauses;
}

/** Causes that only say that time passed. Any other one would have lost the cache without a pause. */
const BY_TIME: ReadonlySet<DrawnTurn["cause"]> = new Set(["expired", "unexplained"] as const);

function fateOf({ outcome, cause }: DrawnTurn): Pause["cache"] {
  if (outcome === "hit") return "kept";
  return outcome === "miss" && BY_TIME.has(cause) ? "lost" : "unknown";
}

/** What is left of the session's time when pauses are taken out. Undefined where fewer than two turns have a time. */
export function timeAtWork(turns: readonly DrawnTurn[], least: DurationMs = LEAST_PAUSE_MS): DurationMs | undefined {
  const times = turns.map(({ at }) => at).filter((at) => at !== undefined);
  if (times.length < 2) return undefined;
  return times.slice(1).reduce((sum, at, place) => {
    const gap = at - times[place]!;
    return gap > 0 && gap < least ? sum + gap : sum;
  }, 0);
}
