/**
 * The view of an answer: what a person shall see, without how it is drawn. The command line renders it as tables or CSV
 * (cli/output/render.ts); a dashboard may one day draw the same.
 */

/** Colour by meaning. */
export type Tone = "good" | "warn" | "bad" | "dim" | "strong";

/** A value, and how it reads in a table. */
export interface Cell {
  readonly text: string;
  /** For CSV: the raw value, when it differs from `text`. `null` is an empty field. */
  readonly value?: string | number | null;
  readonly tone?: Tone;
  /** Of the first cell of a row: the row is for the eye alone, and not in CSV. */
  readonly onScreenOnly?: true;
  /**
   * Shorter ways to write `text`, the longest first, for a column that has no room for it: `claude-opus-4-5`, `opus-4-5`.
   * All cells of the column take the same step; those that would look like another keep the step before.
   */
  readonly forms?: readonly string[];
}

/** What stands above its cells, and what may happen to it where there is little room. */
export interface Column {
  /** CSV header, camelCase. */
  readonly key: string;
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
  /**
   * When the terminal is too narrow, what has the highest number goes first, of equal ones the last; 0 is never dropped.
   * A bar that has a number keeps five columns until it is its turn. @default 0, and of a bar before all others
   */
  readonly priority?: number;
  /**
   * On the scale of `priority`: columns with a higher number are dropped before the cells of this one take a shorter
   * form. @default before anything is dropped
   */
  readonly shortensAt?: number;
  /**
   * A column that may be cut with an ellipsis, and which end of the text to keep: to some twelve columns before others
   * are dropped. One whose cells have `forms` is cut only when nothing is left to shorten or drop.
   */
  readonly shrink?: "keep_start" | "keep_end";
  /** The cell with the largest `value` is strong, where there are several and only one is it. */
  readonly marksLargest?: boolean;
  /** Cells hold a number in `value` and are drawn as bars, proportional to the largest of the column, in the dim tone. */
  readonly bar?: boolean;
  /** Of bars: what the longest one stands for; what is more is drawn as that. @default the largest value */
  readonly full?: number;
}

/** A table, with what stands above and below it. */
export interface TableBlock {
  readonly kind: "table";
  readonly title?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Totals, as long as `columns`. Not part of the CSV. */
  readonly footer?: readonly Cell[];
  /** Shown instead of a table without rows. */
  readonly empty?: string;
}

export type Block =
  | TableBlock
  | {
    readonly kind: "facts";
    readonly title?: string;
    readonly facts: readonly (readonly [label: string, cell: Cell])[];
  }
  | {
    readonly kind: "text";
    readonly text: string;
    readonly tone?: Tone;
    /** A line that somebody copies as it is: it is not wrapped. */
    readonly isTyped?: true;
  };

/** Blocks from top to bottom. `--csv` takes the first table. */
export type View = readonly Block[];
