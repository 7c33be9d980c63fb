/** What both charts of a session have in common: axis, pauses, flags, the chosen bar, and zooming by drag. */
import type { ComponentChildren, VNode } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration } from "../../operations/report/format.ts";
import { type Edges, edgesOf } from "../charts/edges.ts";
import { ChartFigure, type ChartFigureProps } from "../charts/figure.tsx";
import type { Place, ToY } from "../charts/paths.ts";
import { Plot, type PlotLabel } from "../charts/plot.tsx";
import { linearScale } from "../charts/scales.ts";
import { timeTicks } from "../charts/ticks.ts";
import { valueTicks } from "../charts/value_ticks.ts";
import { FLAG_TEXTS } from "./find_flags.ts";
import type { Pause } from "./find_pauses.ts";
import type { TurnGroup } from "./group_turns.ts";
import { findBar, type Layout, layOutByClock, layOutInTurn, numberedBars, setApart } from "./lay_out_turns.ts";
import type { TurnView } from "./view_turns.ts";

const MARGIN = { top: 22, right: 6, bottom: 22, left: 54 } as const;

/** How the axis is, beside what is drawn on it. */
export interface AxisChoice {
  readonly isByClock: boolean;
  readonly timezone: string;
}

/** In pixels of the drawing. */
export interface TurnLayout extends Layout {
  /** Bars as they are drawn: those that are wide enough stand apart. */
  readonly apart: readonly Place[];
}

/** @param width Of the whole drawing */
export function layOut({ bars, pauses }: TurnView, { isByClock }: AxisChoice, width: number): TurnLayout {
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  const { bars: places, strips } = isByClock
    ? layOutByClock(bars.map(({ first }) => first.at), pauses, inner)
    : layOutInTurn(bars.length, pauses, inner);
  const move = ({ x, width }: Place) => ({ x: MARGIN.left + x, width });
  const moved = places.map(move);
  return { bars: moved, strips: strips.map(move), apart: moved.map(setApart) };
}

export interface TurnChartProps extends Omit<ChartFigureProps, "children" | "placeAt"> {
  readonly layout: TurnLayout;
  readonly view: TurnView;
  readonly axis: AxisChoice;
  /** Largest value that is drawn. */
  readonly most: number;
  readonly format: (value: number) => string;
  /** Flags stand above one chart, and go down through both. */
  readonly hasFlags?: boolean;
  readonly onZoom: (fromBar: number, toBar: number) => void;
  /** What is drawn, behind pauses and before the chosen bar. */
  readonly draw: (bars: readonly TurnGroup[], places: readonly Place[], y: ToY) => ComponentChildren;
}

export function TurnChart(props: TurnChartProps): VNode {
  const { layout, view, axis, most, format, hasFlags = false, onZoom, draw, ...figure } = props;
  const id = useId();
  return (
    <ChartFigure {...figure} placeAt={(x) => findBar(layout, x)}>
      {(size, active) => {
        const edges = edgesOf(size, MARGIN);
        const chosen = active === undefined ? undefined : layout.bars[active];
        return (
          <>
            <defs>
              {["part-miss", "part-other"].map((name) => (
                <pattern
                  key={name}
                  id={id + name}
                  width="6"
                  height="6"
                  patternUnits="userSpaceOnUse"
                  patternTransform="rotate(45)"
                >
                  <line class={`hatch ${name}`} y2="6" />
                </pattern>
              ))}
            </defs>
            <Plot
              {...{ edges, format }}
              ticks={valueTicks(most)}
              labels={labelsOf(view, layout, axis, edges)}
              chosen={chosen && { x: chosen.x - Math.max(0, 3 - chosen.width) / 2, width: Math.max(3, chosen.width) }}
              behind={
                <>
                  {view.pauses.map((pause, place) => drawPause(pause, layout.strips[place]!, edges, id))}
                  {drawFlags(view, layout, edges, hasFlags)}
                </>
              }
            >
              {(y) => draw(view.bars, layout.apart, y)}
            </Plot>
            <DragArea {...{ layout, edges, onZoom }} />
          </>
        );
      }}
    </ChartFigure>
  );
}

/** Narrower ones have no room for text of 11 px. */
const LEAST_FOR_TEXT = 11;
/** Wide enough for it to be read without turning the head. */
const LEAST_FOR_UPRIGHT = 54;

/** @param id Where those of the hatches begin */
function drawPause({ before, ms, cache }: Pause, { x, width }: Place, { top, bottom }: Edges, id: string): VNode {
  const text = formatDuration(ms);
  const isLost = cache === "lost";
  const middle = x + width / 2;
  const at = width >= LEAST_FOR_UPRIGHT
    ? { x: middle, y: top + 14, "text-anchor": "middle" } as const
    : { transform: `translate(${middle + 4},${bottom - 6}) rotate(-90)` };
  return (
    <g key={before}>
      <rect
        x={x}
        y={top}
        width={width}
        height={bottom - top}
        fill={`url(#${id}part-${isLost ? "miss" : "other"})`}
      >
        <title>{`${text}, cache ${isLost ? "lost" : "not lost"} over it`}</title>
      </rect>
      {width >= LEAST_FOR_TEXT && <text class={`pause-text ${isLost ? "pause-lost" : ""}`} {...at}>{text}</text>}
    </g>
  );
}

/** Flags that would touch are one, with their number. */
const FLAG_WIDTH = 18;

function drawFlags({ flags }: TurnView, { bars }: Layout, { left, right, top, bottom }: Edges, hasFlags: boolean) {
  const places: { readonly x: number; readonly labels: string[]; readonly letter: string }[] = [];
  for (const { kind, bar, label } of flags) {
    const x = bars[bar]?.x ?? left;
    const last = places.at(-1);
    if (last !== undefined && x - last.x < FLAG_WIDTH) last.labels.push(label);
    else places.push({ x, labels: [label], letter: FLAG_TEXTS[kind][0]! });
  }
  // At the edge as much of it is left of its pole as would be cut off.
  const flagAt = (x: number) => Math.min(x, right - 10);
  return places.map(({ x, labels, letter }) => (
    <g key={x} class="flag">
      <line x1={x} x2={x} y1={hasFlags ? 4 : top} y2={bottom} />
      {hasFlags && (
        <>
          <path d={`M${flagAt(x)},3h15v12h-15z`} />
          <text x={flagAt(x) + 7.5} y={13} text-anchor="middle">
            {labels.length === 1 ? letter : labels.length > 99 ? "…" : labels.length}
          </text>
          <title>{labels.join("\n")}</title>
        </>
      )}
    </g>
  ));
}

function labelsOf(
  { bars }: TurnView,
  layout: Layout,
  axis: AxisChoice,
  { left, right }: Edges,
): readonly PlotLabel[] {
  // Its second half needs room, too.
  const label = (x: number, text: string) => ({ x: Math.min(x, right - 8), text });
  if (axis.isByClock) {
    const times = bars.flatMap(({ first }) => first.at ?? []);
    const [from = 0, until = 0] = [times[0], times.at(-1)];
    const x = linearScale([from, until], [left, right]);
    const most = Math.max(2, Math.floor(right / 90));
    return timeTicks(from, until, axis.timezone, most).map(({ at, text }) => label(x(at), text));
  }
  return numberedBars(bars.map(({ first }) => first.turn), (right - left) / 60).map((bar) => {
    const { x, width } = layout.bars[bar]!;
    return label(x + width / 2, formatCount(bars[bar]!.first.turn));
  });
}

/** Less is a click. */
const LEAST_DRAG = 8;

function DragArea({ layout, edges: { left, right, top, bottom }, onZoom }: {
  readonly layout: Layout;
  readonly edges: Edges;
  readonly onZoom: TurnChartProps["onZoom"];
}): VNode {
  const [drag, setDrag] = useState<readonly [start: number, end: number]>();
  const wasDragged = useRef(false);
  const at = (event: PointerEvent) =>
    event.clientX - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().left;
  const [from, to] = drag === undefined ? [0, 0] : [Math.min(...drag), Math.max(...drag)];
  const isLong = to - from >= LEAST_DRAG;
  return (
    <>
      {isLong && <rect class="dragged" x={from} width={to - from} y={top} height={bottom - top} />}
      <rect
        class="drag-area"
        x={left}
        width={Math.max(0, right - left)}
        height={bottom}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          wasDragged.current = false;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([at(event), at(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], at(event)])}
        onPointerUp={() => {
          setDrag(undefined);
          if (!isLong) return;
          wasDragged.current = true;
          onZoom(findBar(layout, from), findBar(layout, to));
        }}
        onPointerCancel={() => setDrag(undefined)}
        onClick={(event) => {
          // The end of a drag chooses nothing.
          if (wasDragged.current) event.stopPropagation();
        }}
      />
    </>
  );
}
