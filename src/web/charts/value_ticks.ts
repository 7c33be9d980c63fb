/** Where the ticks of an axis of values are. Pure. */

/** Round values from 0 up to at least `most`: the last is the top of the axis. */
export function valueTicks(most: number, count = 4): readonly number[] {
  const top = most > 0 && Number.isFinite(most) ? most : 1;
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // 1, 2 or 5 of a power of ten, whichever is nearest by its logarithm: where d3 has its limits.
  const factor = rough / power;
  const step = power * (factor >= Math.sqrt(50) ? 10 : factor >= Math.sqrt(10) ? 5 : factor >= Math.sqrt(2) ? 2 : 1);
  // Divided where that is exact: 3 * 0.1 is not 0.3.
  const perOne = step < 1 ? Math.round(1 / step) : undefined;
  return Array.from(
    { length: Math.ceil(top / step - 1e-9) + 1 },
    (_, place) => perOne === undefined ? place * step : place / perOne,
  );
}
