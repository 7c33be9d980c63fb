/** Which rows of a long list are drawn. Pure. */

/** Rows above and below what is seen, so that scrolling shows no blank. */
const SPARE = 12;

/** @returns the first row that is drawn, and the one behind the last */
export function visibleRows(
  { count, rowHeight, top, height }: {
    readonly count: number;
    /** Pixels. */
    readonly rowHeight: number;
    /** How far it is scrolled. */
    readonly top: number;
    readonly height: number;
  },
): { readonly from: number; readonly until: number } {
  const from = Math.max(0, Math.min(count, Math.floor(top / rowHeight)) - SPARE);
  const until = Math.min(count, Math.ceil((Math.max(0, top) + height) / rowHeight) + SPARE);
  return { from: Math.min(from, until), until };
}
