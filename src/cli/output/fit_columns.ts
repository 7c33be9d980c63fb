/** How wide each column of a table becomes, and which are left out. Pure arithmetic; draws nothing. */

/** Spaces between two columns. */
export const COLUMN_GAP = 2;

const MIN_BAR = 5;
const MAX_BAR = 40;
/** Width of bars where there is no terminal to fill. */
const DEFAULT_BAR = 20;

/** How wide a column would be, and what it may lose. */
export interface ColumnNeed {
  /** Columns of its widest cell or title. Of a bar without meaning. */
  readonly natural: number;
  /** The least it may be cut to before others are dropped; `natural` when it may not be cut. */
  readonly least: number;
  /** The least it may be cut to when nothing is left to drop. */
  readonly leastOfAll: number;
  /** Highest number is dropped first, of equal ones the last; 0 is never dropped. */
  readonly priority: number;
  readonly bar: boolean;
}

/**
 * Widths in the order of the columns; undefined for one that is left out. Columns that may be cut are cut, the widest
 * first; where that is not enough, whole columns go. Bars take what is left, evenly, and go when that is too little.
 *
 * @param width of the terminal; undefined gives every column what it wants
 */
export function fitColumns(columns: readonly ColumnNeed[], width: number | undefined): readonly (number | undefined)[] {
  const isBar = (index: number) => columns[index]!.bar;
  const indexes = columns.map((_, index) => index);
  if (width === undefined) return columns.map(({ natural, bar }) => bar ? DEFAULT_BAR : natural);

  let shown = indexes.filter((index) => !isBar(index));
  while (total(shown.map((index) => columns[index]!.least)) > width) {
    const dropped = shown.findLast((index) =>
      columns[index]!.priority > 0 && shown.every((other) => columns[other]!.priority <= columns[index]!.priority)
    );
    if (dropped === undefined) break;
    shown = shown.filter((index) => index !== dropped);
  }

  const widths = columns.map(({ natural }, index) => shown.includes(index) ? natural : undefined);
  shrink(widths, shown, (index) => columns[index]!.least, width);
  shrink(widths, shown, (index) => columns[index]!.leastOfAll, width);

  const bars = indexes.filter(isBar);
  const left = width - total(shown.map((index) => widths[index]!)) - (shown.length === 0 ? 0 : COLUMN_GAP);
  const each = Math.min(MAX_BAR, Math.floor((left - COLUMN_GAP * (bars.length - 1)) / bars.length));
  if (each >= MIN_BAR) { for (const index of bars) widths[index] = each; }
  return widths;
}

function shrink(
  widths: (number | undefined)[],
  shown: readonly number[],
  leastOf: (index: number) => number,
  width: number,
): void {
  let excess = total(shown.map((index) => widths[index]!)) - width;
  while (excess > 0) {
    const cuttable = shown.filter((index) => widths[index]! > leastOf(index));
    if (cuttable.length === 0) return;
    const widest = cuttable.reduce((a, b) => widths[b]! > widths[a]! ? b : a);
    widths[widest] = widths[widest]! - 1;
    excess -= 1;
  }
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + COLUMN_GAP * Math.max(0, widths.length - 1);
}
