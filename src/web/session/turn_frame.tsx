/** What both charts of a session have in common: axis, pauses, flags, the chosen bar, and zooming by drag. */
import type { ComponentChildren, VNode } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration } from "../../operations/report/format.ts";
import type { ChartSize } from "../charts/figure.tsx";
import type { Place, ToY } from "../charts/paths.ts";
import { type Edges, edgesOf, Plot, type PlotLabel } from "../charts/plot.tsx";
import { linearScale } from "../charts/scales.ts";
import { timeTicks, valueTicks } from "../charts/ticks.ts";
import { FLAG_TEXTS } from "./find_flags.ts";
import { findBar, type Layout, layOutByClock, layOutInTurn, numberedBars } from "./lay_out_turns.ts";
import type { TurnView } from "./view_turns.ts";

const MARGIN = { top: 22, right: 6, bottom: 22, left: 54 } as const;

/** How the axis is, beside what is drawn on it. */
export interface AxisChoice {
  readonly isByClock: boolean;
  readonly timezone: string;
}

/** In pixels of the drawing. @param width Of all of it */
export function layOut({ turns, zoom, bars, pauses }: TurnView, { isByClock }: AxisChoice, width: number): Layout {
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  const { bars: places, strips } = isByClock
    ? layOutByClock(bars.map(({ from }) => turns[zoom.from + from]!.at), pauses, inner)
    : layOutInTurn(bars.length, pauses, inner);
  const move = ({ x, width }: Place) => ({ x: MARGIN.left + x, width });
  return { bars: places.map(move), strips: strips.map(move) };
}

export interface TurnFrameProps {
  readonly size: ChartSize;
  readonly layout: Layout;
  readonly view: TurnView;
  readonly axis: AxisChoice;
  readonly active: number | undefined;
  /** Largest value that is drawn. */
  readonly most: number;
  readonly format: (value: number) => string;
  /** Flags stand above one chart, and go down through both. */
  readonly hasFlags?: boolean;
  readonly onZoom: (fromBar: number, toBar: number) => void;
  /** What is drawn, behind pauses and before the chosen bar. @param places Of bars, a little apart */
  readonly children: (y: ToY, places: readonly Place[]) => ComponentChildren;
}

export function TurnFrame(props: TurnFrameProps): VNode {
  const { size, layout, view, axis, active, most, format, hasFlags = false, children } = props;
  const id = useId();
  const edges = edgesOf(size, MARGIN);
  const { top, bottom } = edges;
  const chosen = active === undefined ? undefined : layout.bars[active];
  const places = layout.bars.map(setApart);
  return (
    <>
      <defs>
        <Hatch id={`${id}-lost`} lineClass="hatch-lost" />
        <Hatch id={`${id}-kept`} lineClass="hatch-kept" />
      </defs>
      <Plot
        {...{ edges, format }}
        ticks={valueTicks(most)}
        labels={labelsOf(view, layout, axis, edges)}
        chosen={chosen && { x: chosen.x - Math.max(0, 3 - chosen.width) / 2, width: Math.max(3, chosen.width) }}
        behind={
          <>
            {view.pauses.map((pause, place) => (
              <PauseStrip
                key={pause.before}
                strip={layout.strips[place]!}
                text={formatDuration(pause.ms)}
                isLost={pause.cache === "lost"}
                fill={`url(#${id}-${pause.cache === "lost" ? "lost" : "kept"})`}
                {...{ top, bottom }}
              />
            ))}
            <Flags {...{ view, layout, edges, hasFlags }} />
          </>
        }
      >
        {(y) => children(y, places)}
      </Plot>
      <DragArea {...{ layout, edges }} onZoom={props.onZoom} />
    </>
  );
}

/** Bars that are wide enough. */
function setApart({ x, width }: Place): Place {
  const gap = width >= 3 ? Math.min(2, width * 0.2) : 0;
  return { x: x + gap / 2, width: Math.max(0.2, width - gap) };
}

function Hatch({ id, lineClass }: { readonly id: string; readonly lineClass: string }): VNode {
  return (
    <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line class={lineClass} x1="0" y1="0" x2="0" y2="6" />
    </pattern>
  );
}

/** Narrower ones have no room for text of 11 px. */
const LEAST_FOR_TEXT = 11;
/** Wide enough for it to be read without turning the head. */
const LEAST_FOR_UPRIGHT = 54;

function PauseStrip({ strip: { x, width }, text, isLost, fill, top, bottom }: {
  readonly strip: Place;
  readonly text: string;
  readonly isLost: boolean;
  readonly fill: string;
  readonly top: number;
  readonly bottom: number;
}): VNode {
  const middle = x + width / 2;
  const name = isLost ? "pause-text pause-lost" : "pause-text";
  return (
    <>
      <rect x={x} y={top} width={width} height={bottom - top} fill={fill}>
        <title>{`${text}, cache ${isLost ? "lost" : "not lost"} over it`}</title>
      </rect>
      {width >= LEAST_FOR_UPRIGHT && <text class={name} text-anchor="middle" x={middle} y={top + 14}>{text}</text>}
      {width >= LEAST_FOR_TEXT && width < LEAST_FOR_UPRIGHT && (
        <text class={name} transform={`translate(${middle + 4},${bottom - 6}) rotate(-90)`}>{text}</text>
      )}
    </>
  );
}

/** Flags that would touch are one, with their number. */
const FLAG_WIDTH = 18;

function Flags({ view, layout, edges: { left, top, bottom }, hasFlags }: {
  readonly view: TurnView;
  readonly layout: Layout;
  readonly edges: Edges;
  readonly hasFlags: boolean;
}): VNode {
  const places: { readonly x: number; readonly labels: string[]; readonly letters: Set<string> }[] = [];
  for (const { kind, bar, label } of view.flags) {
    const x = layout.bars[bar]?.x ?? left;
    const last = places.at(-1);
    if (last !== undefined && x - last.x < FLAG_WIDTH) {
      last.labels.push(label);
      last.letters.add(FLAG_TEXTS[kind][0]!);
    } else places.push({ x, labels: [label], letters: new Set([FLAG_TEXTS[kind][0]!]) });
  }
  return (
    <>
      {places.map(({ x, labels, letters }) => (
        <g key={x} class="flag">
          <line x1={x} x2={x} y1={hasFlags ? 4 : top} y2={bottom} />
          {hasFlags && (
            <>
              <path d={`M${x},3h15v12h-15z`} />
              <text x={x + 7.5} y={13} text-anchor="middle">
                {labels.length === 1 ? [...letters][0] : labels.length > 99 ? "…" : labels.length}
              </text>
              <title>{labels.join("\n")}</title>
            </>
          )}
        </g>
      ))}
    </>
  );
}

function labelsOf(
  { bars, turns, zoom }: TurnView,
  layout: Layout,
  axis: AxisChoice,
  { left, right }: Edges,
): readonly PlotLabel[] {
  const firsts = bars.map(({ from }) => turns[zoom.from + from]!);
  if (axis.isByClock) {
    const times = firsts.flatMap(({ at }) => at ?? []);
    const [from = 0, until = 0] = [times[0], times.at(-1)];
    const x = linearScale([from, until], [left, right]);
    const most = Math.max(2, Math.floor(right / 90));
    return timeTicks(from, until, axis.timezone, most).map(({ at, text }) => ({ x: Math.min(x(at), right - 8), text }));
  }
  return numberedBars(firsts.map(({ turn }) => turn), right / 60).map((bar) => {
    const { x, width } = layout.bars[bar]!;
    return { x: Math.min(x + width / 2, right - 8), text: formatCount(firsts[bar]!.turn) };
  });
}

/** Less is a click. */
const LEAST_DRAG = 8;

function DragArea({ layout, edges: { left, right, top, bottom }, onZoom }: {
  readonly layout: Layout;
  readonly edges: Edges;
  readonly onZoom: TurnFrameProps["onZoom"];
}): VNode {
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const wasDragged = useRef(false);
  const at = (event: PointerEvent) =>
    event.clientX - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().left;
  const isLong = drag !== undefined && Math.abs(drag.to - drag.from) >= LEAST_DRAG;
  return (
    <>
      {isLong && (
        <rect
          class="dragged"
          x={Math.min(drag.from, drag.to)}
          width={Math.abs(drag.to - drag.from)}
          y={top}
          height={bottom - top}
        />
      )}
      <rect
        class="drag-area"
        x={left}
        y={0}
        width={Math.max(0, right - left)}
        height={bottom}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          wasDragged.current = false;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: at(event), to: at(event) });
        }}
        onPointerMove={(event) => drag !== undefined && setDrag({ from: drag.from, to: at(event) })}
        onPointerUp={() => {
          setDrag(undefined);
          if (!isLong) return;
          wasDragged.current = true;
          onZoom(findBar(layout, drag.from), findBar(layout, drag.to));
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
