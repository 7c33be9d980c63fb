/**
 * A table of any length of which only the rows in sight are drawn. j, k and the arrows go through rows, Enter opens one,
 * Home and End go to the ends. Below 640 px a row is a card of three lines.
 */
import type { VNode } from "preact";
import { useCallback, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../keys.ts";
import { useMedia } from "../use_media.ts";
import type { TableColumn } from "./table_column.ts";
import { TableRow } from "./table_row.tsx";
import { visibleRows } from "./visible_rows.ts";

export interface VirtualTableProps<Row> {
  /** What it lists, for those who hear it: `Sessions`. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Class of a row, such as `row-lost`. */
  readonly rowClass?: (row: Row) => string | undefined;
  /** Enter, and a click. */
  readonly onOpen?: (row: Row) => void;
  /** The row that is chosen, by key. Given with `onSelect` the caller keeps it; else the table does. */
  readonly selected?: string;
  readonly onSelect?: (key: string, row: Row) => void;
  readonly sort?: { readonly key: string; readonly isDescending: boolean };
  readonly onSort?: (key: string) => void;
  /** Rows that show at once, at most. @default 24 */
  readonly showsRows?: number;
  /** Whether j and k go through it without it having focus: of one table a page. @default true */
  readonly hearsPageKeys?: boolean;
}

const ROW_HEIGHT = 34;
const CARD_HEIGHT = 78;
/** Rows on paper, at most: the rest is for a CSV. */
const MOST_PRINTED = 2000;
const NARROW = "(max-width: 639px)";

export function VirtualTable<Row>(props: VirtualTableProps<Row>): VNode {
  const { label, columns, rows, rowKey, rowClass, onOpen, onSelect, sort, onSort, showsRows = 24 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [own, setOwn] = useState<string>();
  const isNarrow = useMedia(NARROW);
  const id = useId();
  const rowHeight = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const shows = isNarrow ? Math.ceil(showsRows / 2) : showsRows;
  const height = Math.min(rows.length, shows) * rowHeight;
  const selected = props.selected ?? own;
  const place = selected === undefined ? -1 : rows.findIndex((row) => rowKey(row) === selected);
  // Then tables are whole.
  const isPrinted = useMedia("print");
  const { from, until } = isPrinted
    ? { from: 0, until: Math.min(rows.length, MOST_PRINTED) }
    : visibleRows({ count: rows.length, rowHeight, top, height });

  const select = (next: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    if (row === undefined) return;
    setOwn(rowKey(row));
    onSelect?.(rowKey(row), row);
  };
  const open = () => {
    if (place >= 0) onOpen?.(rows[place]!);
  };
  const choose = useRef<(place: number) => void>(() => {});
  choose.current = (next) => {
    select(next);
    onOpen?.(rows[next]!);
  };
  const onChoose = useCallback((next: number) => choose.current(next), []);
  // Brought into sight when it is chosen, wherever that was done.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (place < 0 || box === null) return;
    const at = place * rowHeight;
    if (at < box.scrollTop) box.scrollTop = at;
    else if (at + rowHeight > box.scrollTop + height) box.scrollTop = at + rowHeight - height;
  }, [place, rowHeight]);
  const steps = { j: () => select(place + 1), k: () => select(Math.max(0, place - 1)), Enter: open };
  useKeys(props.hearsPageKeys === false ? {} : steps);
  const hear = (event: KeyboardEvent) => {
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: steps.j,
      ArrowUp: steps.k,
      Enter: open,
      Home: () => select(0),
      End: () => select(rows.length - 1),
      PageDown: () => select(place + showsRows - 1),
      PageUp: () => select(place - showsRows + 1),
    };
    const act = event.target === event.currentTarget ? keys[event.key] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const grid = { "--columns": columns.map(({ width }) => width).join(" ") };
  // What scrolls is the grid, so that it has focus and says which row is meant; the head above it is its own.
  return (
    <div class={rows.length > shows ? "table scrolls" : "table"} style={grid}>
      <div class="table-head" role="rowgroup" id={`${id}-head`}>
        <div class="row" role="row" aria-rowindex={1}>
          {columns.map((column) => <Head key={column.key} {...{ column, sort, onSort }} />)}
        </div>
      </div>
      <div
        ref={scroller}
        class="table-body"
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-owns={`${id}-head`}
        aria-activedescendant={place < 0 ? undefined : `${id}-${place}`}
        tabIndex={0}
        style={{ "--height": `${height}px`, "--row-height": `${rowHeight}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={hear}
      >
        <div class="space" role="presentation" style={{ "--height": `${from * rowHeight}px` }} />
        {rows.slice(from, until).map((row, index) => (
          <TableRow
            key={rowKey(row)}
            id={`${id}-${from + index}`}
            row={row}
            place={from + index}
            columns={columns}
            name={rowClass?.(row) ?? ""}
            isSelected={from + index === place}
            onChoose={onChoose}
          />
        ))}
        <div class="space" role="presentation" style={{ "--height": `${(rows.length - until) * rowHeight}px` }} />
      </div>
    </div>
  );
}

function Head<Row>({ column: { key, title, hidesTitle, align = "left", sorts }, sort, onSort }: {
  readonly column: TableColumn<Row>;
  readonly sort?: VirtualTableProps<Row>["sort"];
  readonly onSort?: (key: string) => void;
}): VNode {
  const order = sort?.key !== key ? undefined : sort.isDescending ? "descending" : "ascending";
  return (
    <div role="columnheader" class={`cell cell-${align}`} aria-sort={sorts ? order ?? "none" : undefined}>
      {sorts && onSort !== undefined
        ? (
          <button type="button" class="link" onClick={() => onSort(key)}>
            {title}
            {order === undefined ? "" : order === "descending" ? " ↓" : " ↑"}
          </button>
        )
        : hidesTitle
        ? <span class="hidden-text">{title}</span>
        : title}
    </div>
  );
}
