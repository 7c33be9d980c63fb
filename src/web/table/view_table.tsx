/**
 * A table of a view as the command line prints it: the same columns, cells and totals, with bars. For tables that fit on a
 * page; long lists are virtual_table.tsx.
 */
import type { ComponentChildren, VNode } from "preact";
import { toPlainText } from "../../core/plain_lines.ts";
import type { Cell, Column, TableBlock } from "../../operations/contract/view.ts";

export interface ViewTableProps {
  readonly table: TableBlock;
  /** What it lists, for those who hear it. */
  readonly label: string;
  /** What stands in the first cell of a row, in place of its text: a link, a colour. */
  readonly first?: (place: number, cell: Cell) => ComponentChildren;
  /** Rows that are shown at once; the others behind a button, which `isWhole` and `onWhole` say and hear. */
  readonly most?: number;
  /** Whether the last rows are shown rather than the first: the latest of times. */
  readonly keepsEnd?: boolean;
  readonly isWhole?: boolean;
  readonly onWhole?: () => void;
}

export function ViewTable(
  { table, label, first, most, keepsEnd = false, isWhole = false, onWhole }: ViewTableProps,
): VNode {
  const { columns, rows, footer, empty } = table;
  if (rows.length === 0) return <p class="dim">{empty ?? "Nothing to show."}</p>;
  const count = isWhole || most === undefined || rows.length <= most + 1 ? rows.length : most;
  const from = keepsEnd ? rows.length - count : 0;
  const largest = columns.map(({ bar }, index) =>
    bar ? rows.reduce((most, row) => Math.max(most, numberOf(row[index])), 0) : 0
  );
  return (
    <>
      <div class="scroll-x fits" tabIndex={0} role="region" aria-label={label}>
        <table class="view-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" class={classOf(column)}>
                  {column.bar ? <span class="hidden-text">Bar</span> : column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(from, from + count).map((row, index) => (
              <tr key={from + index}>
                {columns.map((column, place) => {
                  const cell = row[place];
                  if (place === 0) {
                    return (
                      <th key={column.key} scope="row" class={classOf(column)}>
                        {cell !== undefined && first !== undefined ? first(from + index, cell) : textOf(cell)}
                      </th>
                    );
                  }
                  return (
                    <td key={column.key} class={`${classOf(column)} ${cell?.tone ?? ""}`}>
                      {column.bar ? <BarOf share={numberOf(cell) / (largest[place] || 1)} /> : <CellText cell={cell} />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
          {footer !== undefined && (
            <tfoot>
              <tr>
                {columns.map((column, index) =>
                  index === 0
                    ? <th key={column.key} scope="row">{textOf(footer[index])}</th>
                    : <td key={column.key} class={classOf(column)}>{textOf(footer[index])}</td>
                )}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {count < rows.length && (
        <button type="button" class="link no-print" onClick={onWhole}>Show all {rows.length}</button>
      )}
    </>
  );
}

function CellText({ cell }: { readonly cell: Cell | undefined }): VNode {
  const short = cell?.forms?.at(-1);
  if (cell === undefined || short === undefined || short === cell.text) return <>{textOf(cell)}</>;
  return <span title={textOf(cell)}>{toPlainText(cell.forms![Math.min(1, cell.forms!.length - 1)]!)}</span>;
}

/** Of a bar whose figure stands in a column of its own. */
function BarOf({ share }: { readonly share: number }): VNode {
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect width={Math.round(share * 1000) / 10} height="10" />
    </svg>
  );
}

function textOf(cell: Cell | undefined): string {
  return cell === undefined ? "" : toPlainText(cell.text);
}

function numberOf(cell: Cell | undefined): number {
  return typeof cell?.value === "number" && cell.value > 0 ? cell.value : 0;
}

/** Columns that the command line drops first where there is little room go first here, too. */
function classOf({ align, bar, priority = 0 }: Column): string {
  const room = bar
    ? "bar-cell"
    : priority >= 5
    ? "wide-only"
    : priority >= 2
    ? "medium-only"
    : priority >= 1
    ? "roomy-only"
    : "";
  return `${align === "right" ? "number" : ""} ${room}`.trim();
}
