/** How wide each column of a table becomes, how its cells are written, and which are left out. Pure; draws nothing. */

/** Spaces between two columns. */
export const COLUMN_GAP = 2;

/** The least length of a bar. One that finds no more room is left out, like any other column. */
const MIN_BAR = 5;
const MAX_BAR = 40;
/** Width of bars where there is no terminal to fill. */
const DEFAULT_BAR = 20;

/** How wide a column would be, and what it may lose. */
export interface ColumnNeed {
  /** Columns of its widest cell or title, for each form of its cells, the longest form first. Of a bar without meaning. */
  readonly widths: readonly number[];
  /** The least it may be cut to before others are dropped; the width of its last form when it may not be cut. */
  readonly least: number;
  /** The least it may be cut to when nothing is left to drop. */
  readonly leastOfAll: number;
  /**
   * What gives way first has the highest number, of equal ones the last; 0 is never dropped. A bar of Infinity goes before
   * anything is shortened or cut.
   */
  readonly priority: number;
  /** When its cells take a shorter form, on the scale of `priority`. Infinity: before anything is dropped. */
  readonly shortensAt: number;
  readonly bar: boolean;
}

/** What a column gets. */
export interface FittedColumn {
  readonly width: number;
  /** Index of the form that its cells take. */
  readonly form: number;
}

/**
 * In the order of the columns; undefined for one that is left out. Where all do not fit, whatever has the highest number
 * gives way first: a column is dropped, or its cells take their next shorter form. A column that may be cut is cut
 * before any is dropped, the widest first; one with forms only when nothing is left to drop. Bars share what is left.
 *
 * @param width of the terminal; undefined gives every column what it wants
 */
export function fitColumns(
  columns: readonly ColumnNeed[],
  width: number | undefined,
): readonly (FittedColumn | undefined)[] {
  if (width === undefined) {
    return columns.map(({ widths, bar }) => ({ width: bar ? DEFAULT_BAR : widths[0]!, form: 0 }));
  }
  const shown = dropColumns(columns, width);
  const forms = shortenCells(columns, shown, width);
  const fitted = columns.map(({ widths, bar }, index) => bar ? MIN_BAR : widths[forms[index]!]!);
  shrink(fitted, shown, (index) => Math.min(columns[index]!.least, fitted[index]!), width);
  shrink(fitted, shown, (index) => columns[index]!.leastOfAll, width);

  const bars = shown.filter((index) => columns[index]!.bar);
  const left = width - totalWidth(shown.map((index) => fitted[index]!)) + MIN_BAR * bars.length;
  for (const index of bars) fitted[index] = Math.min(MAX_BAR, Math.floor(left / bars.length));
  return fitted.map((width, index) => shown.includes(index) ? { width, form: forms[index]! } : undefined);
}

/** Indexes of the columns that stay. */
function dropColumns(columns: readonly ColumnNeed[], width: number): readonly number[] {
  let shown = columns.map((_, index) => index);
  const wanted = totalWidth(columns.map(({ widths, bar }) => bar ? MIN_BAR : widths[0]!));
  if (wanted > width) shown = shown.filter((index) => !isFirstToGo(columns[index]!));
  const forms = columns.map(({ widths, shortensAt }) => shortensAt === Infinity ? widths.length - 1 : 0);
  const leastOf = (index: number) => {
    const { widths, least, bar } = columns[index]!;
    return bar ? MIN_BAR : forms[index] === widths.length - 1 ? least : widths[forms[index]!]!;
  };
  while (totalWidth(shown.map(leastOf)) > width) {
    const steps = shown.flatMap((index) => {
      const { widths, priority, shortensAt } = columns[index]!;
      return [
        ...(priority > 0 ? [{ index, at: priority, isDrop: true }] : []),
        ...(forms[index]! < widths.length - 1 ? [{ index, at: shortensAt, isDrop: false }] : []),
      ];
    });
    if (steps.length === 0) break;
    // Of equal numbers, shortening loses less.
    const next = steps.reduce((first, step) =>
      step.at > first.at || (step.at === first.at && (first.isDrop || !step.isDrop)) ? step : first
    );
    if (next.isDrop) shown = shown.filter((index) => index !== next.index);
    else forms[next.index]! += 1;
  }
  return shown;
}

/** A bar that nothing is shortened or cut for. */
function isFirstToGo({ bar, priority }: ColumnNeed): boolean {
  return bar && priority === Infinity;
}

/** The longest forms with which these columns fit: what gives way first is shortened first, of equal ones the widest. */
function shortenCells(columns: readonly ColumnNeed[], shown: readonly number[], width: number): readonly number[] {
  const forms = columns.map(() => 0);
  const widthOf = (index: number) => columns[index]!.bar ? MIN_BAR : columns[index]!.widths[forms[index]!]!;
  while (totalWidth(shown.map(widthOf)) > width) {
    const left = shown.filter((index) => forms[index]! < columns[index]!.widths.length - 1);
    if (left.length === 0) break;
    const next = left.reduce((first, index) => {
      const order = columns[index]!.shortensAt - columns[first]!.shortensAt || widthOf(index) - widthOf(first);
      return order > 0 ? index : first;
    });
    forms[next]! += 1;
  }
  return forms;
}

function shrink(
  widths: number[],
  shown: readonly number[],
  leastOf: (index: number) => number,
  width: number,
): void {
  let excess = totalWidth(shown.map((index) => widths[index]!)) - width;
  while (excess > 0) {
    const cuttable = shown.filter((index) => widths[index]! > leastOf(index));
    if (cuttable.length === 0) return;
    const widest = cuttable.reduce((a, b) => widths[b]! > widths[a]! ? b : a);
    widths[widest] = widths[widest]! - 1;
    excess -= 1;
  }
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + COLUMN_GAP * Math.max(0, widths.length - 1);
}
