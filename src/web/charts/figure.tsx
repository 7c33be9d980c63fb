/**
 * A chart with all that makes it readable without seeing it: a caption that states the result, arrow keys through its columns
 * with the value said, and the same as a table. All charts are drawn within one.
 */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { PlainTable } from "../plain_table.tsx";
import { useMedia } from "../use_media.ts";
import type { ChartSize } from "./edges.ts";

/** A table beside a chart. Cells are text as it is shown; the first of a row is its name. */
export interface ChartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a chart says of itself, and how it is drawn. */
export interface ChartFigureProps {
  /** The result in one sentence: `$412 in 30 days, most of it claude-opus-4-6`. */
  readonly caption: string;
  readonly height?: number;
  /** Columns that the arrows go through. */
  readonly count: number;
  /** What one of them says when they come to it: `Nov 24: $12.30, mostly claude-opus-4-6`. */
  readonly say: (place: number) => string;
  /** The column that is chosen, by place. Given with `onSelect` the caller keeps it; else the chart does. */
  readonly selected?: number;
  readonly onSelect?: (place: number | undefined) => void;
  /** Enter, and a click on the drawing. */
  readonly onOpen?: (place: number) => void;
  /** The column at a place of the drawing, for pointers: of pixels from the left, and from the top. */
  readonly placeAt: (x: number, y: number, size: ChartSize) => number | undefined;
  /** Made when it is looked at: of thousands of columns that takes longer than to draw them. */
  readonly table: () => ChartTable;
  readonly legend?: ComponentChildren;
  readonly children: (size: ChartSize, active: number | undefined) => ComponentChildren;
}

/** See the top of the file. The drawing is what `children` return for a size: SVG elements. */
export function ChartFigure(props: ChartFigureProps): VNode {
  const { caption, height = 220, count, say, onSelect, onOpen, placeAt, table, legend, children } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [own, setOwn] = useState<number>();
  const [isTable, setTable] = useState(false);
  const isPrinted = useMedia("print");
  const id = useId();
  const active = onSelect === undefined ? own : props.selected;
  const select = onSelect ?? setOwn;
  const move = (event: KeyboardEvent) => {
    const last = count - 1;
    if (last < 0) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(last, (active ?? -1) + 1),
      ArrowLeft: Math.max(0, (active ?? last + 1) - 1),
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next !== undefined) select(next);
    else if (event.key === "Escape" && active !== undefined) select(undefined);
    else if (event.key === "Enter" && active !== undefined && onOpen !== undefined) onOpen(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const at = (event: MouseEvent) => {
    const box = frame.current!.getBoundingClientRect();
    return placeAt(event.clientX - box.left, event.clientY - box.top, { width, height });
  };
  return (
    <figure class="chart">
      <figcaption>
        <span>{caption}</span>
        <button
          type="button"
          class="link no-print"
          aria-expanded={isTable}
          aria-controls={`${id}-table`}
          onClick={() => setTable(!isTable)}
        >
          As a table
        </button>
      </figcaption>
      {legend}
      <div
        ref={frame}
        class="drawing"
        role="img"
        aria-label={`${caption}. Arrow keys go through it.`}
        aria-describedby={`${id}-said`}
        tabIndex={0}
        onKeyDown={move}
        onPointerMove={(event) => event.pointerType === "mouse" && onSelect === undefined && setOwn(at(event))}
        onPointerLeave={() => onSelect === undefined && setOwn(undefined)}
        onClick={(event) => {
          const place = at(event);
          if (place === undefined) return;
          if (onOpen !== undefined) onOpen(place);
          else select(place);
        }}
      >
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            {children({ width, height }, active)}
          </svg>
        )}
      </div>
      <p class="said" id={`${id}-said`} aria-live="polite">
        {active === undefined || active >= count ? "" : say(active)}
      </p>
      <div id={`${id}-table`} class="chart-table">
        {(isTable || isPrinted) && <FigureTable {...table()} />}
      </div>
    </figure>
  );
}

function FigureTable({ head, rows }: ChartTable): VNode {
  const columns = head.map((title, place) => ({
    title,
    name: place > 0 ? "number" : "",
    cell: (row: readonly string[]) => row[place],
  }));
  return <PlainTable label="The chart as a table" columns={columns} rows={rows} />;
}

/** The width that an element has, in CSS pixels; 0 until it is known. */
export function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}
