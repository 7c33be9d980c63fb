/** Where the ticks of an axis of values are. Pure. */
// @ts-types="@types/d3-array"
import { tickIncrement } from "d3-array";

/** About so many: lines across that are further apart say little, closer ones are in the way. */
const COUNT = 4;

/** Round values from 0 up to at least `most`, at the steps of d3's scales: the last is the top of the axis. */
export function valueTicks(most: number): readonly number[] {
  const top = most > 0 && Number.isFinite(most) ? most : 1;
  // Below one it is negative, and how many make one: 3 * 0.1 is not 0.3.
  const step = tickIncrement(0, top, COUNT);
  const last = Math.ceil((step < 0 ? top * -step : top / step) - 1e-9);
  return Array.from({ length: last + 1 }, (_, place) => step < 0 ? place / -step : place * step);
}
