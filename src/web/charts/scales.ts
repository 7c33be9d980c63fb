/**
 * From values to places of a drawing. d3's own scales bring its colours, number formats and interpolation with them, 12 kB
 * of the page, and its bands alone 2 kB: what is needed of them is a line or two each. Pure.
 */

export type Range = readonly [from: number, until: number];

/** Straight: `linearScale([0, 10], [200, 0])(5)` is 100. A domain without length gives the beginning of the range. */
export function linearScale([from, until]: Range, [start, end]: Range): (value: number) => number {
  const length = until - from;
  return (value) => length === 0 ? start : start + (value - from) / length * (end - start);
}

/** Logarithmic; both ends of the domain are above zero. Values below its beginning are at the beginning. */
export function logScale([from, until]: Range, range: Range): (value: number) => number {
  const scale = linearScale([Math.log(from), Math.log(until)], range);
  return (value) => scale(Math.log(Math.max(from, value)));
}

/** Columns of one width side by side, and how much room each has. */
export interface Bands {
  /** Where a column begins. */
  at(place: number): number;
  readonly width: number;
  /** From one to the next. */
  readonly step: number;
}

/** @param padding Between two columns, and at either end: a share of a step */
export function bandScale(count: number, [start, end]: Range, padding: number): Bands {
  const step = (end - start) / Math.max(1, count + padding);
  // Of a single place, or none, what is left over stands to both sides.
  const first = start + (end - start - step * (count - padding)) / 2;
  return { at: (place) => first + step * place, width: step * (1 - padding), step };
}
