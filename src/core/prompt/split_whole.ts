/** Splits a whole number into whole numbers that add up to it. */

/** @param weights At least one; where all are 0, all get the same. What is left over goes to the largest remainders. */
export function splitWhole(whole: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => sum > 0 ? whole * weight / sum : whole / weights.length);
  const parts = shares.map(Math.floor);
  const order = shares.map((share, index) => [share - parts[index]!, index] as const).sort(([a], [b]) => b - a);
  let left = whole - parts.reduce((sum, part) => sum + part, 0);
  for (const [, index] of order) {
    if (left <= 0) break;
    parts[index]!++;
    left--;
  }
  return parts;
}
