/**
 * List prices have few decimals, so that costs do as well. Rounding each sum back to twelve of them drops the error of the
 * binary addition before it can pile up: below a thousand the sum is the same in any order and grouping.
 */
export function addAmounts(a: number, b: number): number {
  return Math.round((a + b) * 1e12) / 1e12;
}
