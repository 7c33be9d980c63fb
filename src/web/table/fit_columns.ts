/** Which columns of a table there is room for. Those of the highest rank go first. Pure. */

/** What of a column decides whether it shows. */
export interface ColumnRoom {
  /** Characters that it needs. */
  readonly least: number;
  /** The lowest stays longest. */
  readonly rank: number;
}

/** Between two columns, in characters. */
const GAP = 1.6;

/** @param width Characters that a row has room for. @returns Those that show, in their order: one at least */
export function fitColumns<Column extends ColumnRoom>(columns: readonly Column[], width: number): readonly Column[] {
  let left = width;
  const kept = new Set<Column>();
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    left -= column.least + GAP;
    if (left < 0 && kept.size > 0) break;
    kept.add(column);
  }
  return columns.filter((column) => kept.has(column));
}
