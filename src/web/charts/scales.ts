/**
 * From values to places of a drawing, along an axis: a line each. d3's scales of this kind bring its colours, number formats
 * and interpolation with them, 10 kB of the page; its bands and the steps of its ticks are used (stacked_bars.tsx,
 * value_ticks.ts). Pure.
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
