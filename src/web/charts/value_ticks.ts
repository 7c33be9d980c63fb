/** Where the ticks of an axis of values are. Pure. */
// @ts-types="@types/d3-array"
import { tickIncrement } from "d3-array";

/** Round values from 0 up to at least `most`, as d3's scales have them: the last is the top of the axis. */
export function valueTicks(most: number, count = 4): readonly number[] {
  const top = most > 0 && Number.isFinite(most) ? most : 1;
  const step = tickIncrement(0, top, count);
  // Below one it is negative, and how many make one: 3 * 0.1 is not 0.3.
  const valueOf = (place: number) => step < 0 ? place / -step : place * step;
  const last = Math.ceil(step < 0 ? top * -step - 1e-9 : top / step - 1e-9);
  return Array.from({ length: last + 1 }, (_, place) => valueOf(place));
}
