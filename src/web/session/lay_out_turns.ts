/** Where bars and pauses stand on the axis of a session, in pixels: turn after turn, or by the clock. */
import type { DurationMs, EpochMs } from "../../core/model.ts";
import type { Place } from "../charts/paths.ts";
import { LEAST_PAUSE_MS } from "./find_pauses.ts";
import { lastAtMost } from "./last_at_most.ts";

/** Where everything stands, from the beginning of the axis. */
export interface Layout {
  /** One a bar, in order. */
  readonly bars: readonly Place[];
  /** One a pause, in order. */
  readonly strips: readonly Place[];
}

/** A pause, and the bar that it stands before. */
export interface Strip {
  readonly bar: number;
  readonly ms: DurationMs;
}

/** Of the shortest pause. */
const LEAST_STRIP = 8;
/** More for each doubling: an hour is 30 pixels wide, a day 57. */
const STRIP_STEP = 6;
const MOST_STRIP = 72;
/** Pauses never take more of the axis than this. */
const MOST_SHARE = 0.3;

/** Pixels, by the logarithm of the pause. */
export function pauseWidth(ms: DurationMs, least: DurationMs = LEAST_PAUSE_MS): number {
  const doublings = Math.log2(Math.max(1, ms / least));
  return Math.min(MOST_STRIP, LEAST_STRIP + STRIP_STEP * doublings);
}

/** Wider ones are no bars any more: a few turns leave the end of the axis empty. */
export const MOST_BAR = 48;

/** Bars side by side, all of one width, and pauses between them. @param width Of the axis */
export function layOutInTurn(count: number, pauses: readonly Strip[], width: number): Layout {
  const wanted = pauses.map(({ ms }) => pauseWidth(ms));
  const sum = wanted.reduce((total, one) => total + one, 0);
  const scale = sum > width * MOST_SHARE ? width * MOST_SHARE / sum : 1;
  const step = count === 0 ? 0 : Math.min(MOST_BAR, (width - sum * scale) / count);
  const bars: Place[] = [];
  const strips: Place[] = [];
  let x = 0;
  for (let bar = 0; bar < count; bar++) {
    // One pause at most stands before a bar.
    if (pauses[strips.length]?.bar === bar) {
      const strip = { x, width: wanted[strips.length]! * scale };
      strips.push(strip);
      x += strip.width;
    }
    bars.push({ x, width: step });
    x += step;
  }
  return { bars, strips };
}

/** A bar as it is drawn: one that is wide enough stands apart from its neighbours. */
export function setApart({ x, width }: Place): Place {
  const gap = width >= 3 ? Math.min(2, width * 0.2) : 0;
  return { x: x + gap / 2, width: Math.max(0.2, width - gap) };
}

/** Narrower ones could not be seen. */
const LEAST_BAR = 1.5;

/**
 * Bars where the clock has them. What stands close together overlaps, which is why this is not what is shown first.
 *
 * @param times When each bar begins; undefined stands where the one before does
 */
export function layOutByClock(
  times: readonly (EpochMs | undefined)[],
  pauses: readonly Strip[],
  width: number,
): Layout {
  const known = times.filter((time) => time !== undefined);
  const [first = 0, last = 0] = [known[0], known.at(-1)];
  const room = Math.max(0, width - LEAST_BAR);
  const at = (time: EpochMs) => last === first ? 0 : (time - first) / (last - first) * room;
  let x = 0;
  const bars = times.map((time) => {
    x = time === undefined ? x : at(time);
    return { x, width: LEAST_BAR };
  });
  const strips = pauses.map(({ bar }) => {
    const from = (bars[bar - 1]?.x ?? 0) + LEAST_BAR;
    return { x: from, width: Math.max(0, (bars[bar]?.x ?? from) - from) };
  });
  return { bars, strips };
}

/**
 * Bars that have their number below them: the first, and those where a round number comes.
 *
 * @param numbers Of the turns that bars begin with, in order
 * @param most There is room for
 */
export function numberedBars(numbers: readonly number[], most: number): readonly number[] {
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  let step = 1;
  for (let place = 0; (last - first) / step > Math.max(1, most); place++) step *= place % 3 === 1 ? 2.5 : 2;
  return numbers.flatMap((number, bar) => {
    const before = numbers[bar - 1];
    if (before === undefined) return [bar];
    const isRound = Math.floor(number / step) > Math.floor(before / step);
    // What stands close to the first would lie over it.
    return isRound && number - first >= step / 2 ? [bar] : [];
  });
}

/** The bar that is nearest to a point of the axis; -1 without bars. */
export function findBar({ bars }: Layout, x: number): number {
  const low = Math.max(0, lastAtMost(bars, x, (bar) => bar.x));
  const [bar, next] = [bars[low], bars[low + 1]];
  if (bar === undefined) return -1;
  const isNearerNext = next !== undefined && next.x - x < x - (bar.x + bar.width);
  return isNearerNext ? low + 1 : low;
}
