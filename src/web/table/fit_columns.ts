/** Which columns of a table there is room for: each, by rank, that fits beside those before it. Pure. */

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
    const needed = column.least + GAP;
    if (needed > left && kept.size > 0) continue;
    left -= needed;
    kept.add(column);
  }
  return columns.filter((column) => kept.has(column));
}
