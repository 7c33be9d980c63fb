/** A plain table, whole: for what is printed and read. Long lists are table/virtual_table.tsx. */
import type { ComponentChildren, VNode } from "preact";

/** The first column names the rows. */
export interface PlainColumn<Row> {
  readonly title: ComponentChildren;
  /** Class of its cells. */
  readonly name?: string;
  /** Class of a single one, in place of that. */
  readonly nameOf?: (row: Row) => string;
  readonly cell: (row: Row) => ComponentChildren;
}

export function PlainTable<Row>({ label, name, columns, rows }: {
  /** What it lists, for those who hear it. */
  readonly label: string;
  readonly name?: string;
  readonly columns: readonly PlainColumn<Row>[];
  readonly rows: readonly Row[];
}): VNode {
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table class={name}>
        <thead>
          <tr>
            {columns.map(({ title, name }, place) => <th key={place} scope="col" class={name}>{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ name, nameOf, cell }, place) =>
                place === 0
                  ? <th key={place} scope="row">{cell(row)}</th>
                  : <td key={place} class={nameOf === undefined ? name : nameOf(row)}>{cell(row)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
