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

/** Characters that a column takes, or that it takes at least and its part of what is left. */
export type ColumnWidth = number | readonly [least: number, grows: number];

/** A column of text: `textColumn("Project", [12, 2], ({ cwd }) => shortProject(cwd))`. */
export function textColumn<Row>(
  title: string,
  width: ColumnWidth,
  cell: (row: Row) => ComponentChildren,
  cardLine?: TableColumn<Row>["cardLine"],
): TableColumn<Row> {
  return {
    key: title,
    title,
    width: typeof width === "number" ? `${width}ch` : `minmax(${width[0]}ch, ${width[1]}fr)`,
    cell,
    cardLine,
  };
}

/** The same of figures, which stand at the right. */
export function figureColumn<Row>(...given: Parameters<typeof textColumn<Row>>): TableColumn<Row> {
  return { ...textColumn(...given), align: "right" };
}
