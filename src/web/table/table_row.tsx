/** A row of a table, which is drawn again only when something of it differs: scrolling draws the rows that come in. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { TableColumn } from "./table_column.ts";

export interface TableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  /** Among all rows, from 0. */
  readonly place: number;
  readonly columns: readonly TableColumn<Row>[];
  readonly name: string;
  readonly isSelected: boolean;
  /** A click; the same function each time. */
  readonly onChoose: (place: number) => void;
}

export function TableRow<Row>(props: TableRowProps<Row>): VNode {
  // The same element again is not drawn again.
  return useMemo(() => draw(props), Object.values(props));
}

function draw<Row>({ id, row, place, columns, name, isSelected, onChoose }: TableRowProps<Row>): VNode {
  return (
    <div
      id={id}
      class={`row ${name}`}
      role="row"
      // Its head is the first.
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      onClick={(event) => {
        // What is clicked within a row for itself is no choice of it.
        if (!(event.target as Element).closest("a, button, input")) onChoose(place);
      }}
    >
      {columns.map(({ key, align = "left", cell, cardLine = 2 }) => (
        <div key={key} role="gridcell" class={`cell cell-${align} card-${cardLine}`}>{cell(row)}</div>
      ))}
    </div>
  );
}
