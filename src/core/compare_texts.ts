/** The order of texts that is the same on every machine. */

/** By code units, for `sort`: negative when the first comes first, 0 when they are the same. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
