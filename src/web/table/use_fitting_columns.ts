/** The columns of a table that there is room for, as wide as its place is now. Cards, on a narrow screen, have their own. */
import { useMemo } from "preact/hooks";
import { useWidth } from "../charts/figure.tsx";
import { type ColumnRoom, fitColumns } from "./fit_columns.ts";

/** Below it a row is a card. */
const CARDS = 640;

/** @param frame Around the table, whose rows have text of 14 px */
export function useFittingColumns<Column extends ColumnRoom>(
  frame: { readonly current: HTMLElement | null },
  columns: readonly Column[],
): readonly Column[] {
  const width = useWidth(frame);
  return useMemo(
    () => width < CARDS ? columns : fitColumns(columns, width / characterWidth()),
    [columns, width],
  );
}

let measured: number | undefined;

/** Of a digit, in pixels. */
function characterWidth(): number {
  if (measured !== undefined) return measured;
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return measured = 9;
  context.font = `14px ${getComputedStyle(document.body).fontFamily}`;
  return measured = context.measureText("0").width;
}
