/** What a table of rows is told of its columns. */
import type { ComponentChildren } from "preact";

/** A column, and what stands in its cells. */
export interface TableColumn<Row> {
  readonly key: string;
  readonly title: string;
  /** Whether its head is heard and not seen: it is narrower than that. */
  readonly hidesTitle?: boolean;
  /** Figures are at the right. @default "left" */
  readonly align?: "left" | "right";
  /** Width as CSS grid has it: `minmax(10ch, 2fr)`, `9ch`. */
  readonly width: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Whether its head sorts. */
  readonly sorts?: boolean;
  /** Line of the card, below 640 px; 0 leaves it out. @default 2 */
  readonly cardLine?: 0 | 1 | 2 | 3;
}
