/** A view's first table as CSV: raw values, no units, no colours, no totals. For the command line and the page. */
import { csvText } from "../../core/csv_text.ts";
import { toPlainLines } from "../../core/plain_lines.ts";
import type { Cell, View } from "../contract/view.ts";

/**
 * A header of column keys, then the rows; lines end in CR LF. What is not known is an empty field. Columns of bars
 * are left out: they draw a figure that has a column of its own.
 *
 * Text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-` or `@` and is not a number) gets a `'`
 * in front: titles and paths are written by whoever wrote the project. Control characters are replaced.
 *
 * @returns undefined when the view has no table
 */
export function renderCsv(view: View): string | undefined {
  const table = view.find((block) => block.kind === "table");
  if (table === undefined) return undefined;
  const shown = table.columns.flatMap(({ bar }, index) => bar ? [] : [index]);
  const rows = table.rows.filter(([first]) => first?.onScreenOnly !== true).map((row) =>
    shown.map((index) => fieldOf(row[index]))
  );
  // A column may be named by a log, too.
  const keys = shown.map((index) => fieldOf({ text: table.columns[index]!.key }));
  return csvText([keys, ...rows]);
}

function fieldOf(cell: Cell | undefined): string {
  const value = cell?.value === undefined ? cell?.text : cell.value;
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = toPlainLines(value);
  const isFormula = /^[=+\-@]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  return isFormula ? `'${text}` : text;
}
