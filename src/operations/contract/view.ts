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
}

/** What stands above its cells, and what may happen to it where there is little room. */
export interface Column {
  /** CSV header, camelCase. */
  readonly key: string;
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
  /** When the terminal is too narrow, columns with the highest number are dropped first; 0 is never dropped. @default 0 */
  readonly priority?: number;
  /**
   * A column that may be cut with an ellipsis before others are dropped; which end of the text to keep. `keep_ends` cuts
   * in the middle, and others are dropped before cells that differ would look the same.
   */
  readonly shrink?: "keep_start" | "keep_end" | "keep_ends";
  /** Cells hold a number in `value` and are drawn as bars, proportional to the largest of the column. */
  readonly bar?: boolean;
}

export type Block =
  | {
    readonly kind: "table";
    readonly title?: string;
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly Cell[])[];
    /** Totals, as long as `columns`. Not part of the CSV. */
    readonly footer?: readonly Cell[];
    /** Shown instead of a table without rows. */
    readonly empty?: string;
  }
  | {
    readonly kind: "facts";
    readonly title?: string;
    readonly facts: readonly (readonly [label: string, cell: Cell])[];
  }
  | { readonly kind: "text"; readonly text: string; readonly tone?: Tone };

/** Blocks from top to bottom. `--csv` takes the first table. */
export type View = readonly Block[];
