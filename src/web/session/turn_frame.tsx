/** What both charts of a session have in common: axis, pauses, flags, the chosen bar, and zooming by drag. */
import type { ComponentChildren, VNode } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { formatCount, formatDuration } from "../../operations/report/format.ts";
import type { ChartSize } from "../charts/figure.tsx";
import { linearScale } from "../charts/scales.ts";
import { ValueAxis } from "../charts/stacked_bars.tsx";
import { timeTicks, valueTicks } from "../charts/ticks.ts";
import type { FlagKind } from "./find_flags.ts";
import { findBar, type Layout, layOutByClock, layOutInTurn, numberedBars } from "./lay_out_turns.ts";
import type { TurnView } from "./view_turns.ts";

export const MARGIN = { top: 22, right: 6, bottom: 22, left: 54 } as const;

/** How the axis is, beside what is drawn on it. */
export interface AxisChoice {
  readonly isByClock: boolean;
  readonly timezone: string;
}

/** @param width Of the whole drawing */
export function layOut({ turns, zoom, bars, pauses }: TurnView, { isByClock }: AxisChoice, width: number): Layout {
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  return isByClock
    ? layOutByClock(bars.map(({ from }) => turns[zoom.from + from]!.at), pauses, inner)
    : layOutInTurn(bars.length, pauses, inner);
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
  /** What is drawn, behind pauses and before the chosen bar. @param y Pixels from the top, of a value */
  readonly children: (y: (value: number) => number) => ComponentChildren;
}

export function TurnFrame(props: TurnFrameProps): VNode {
  const { size: { width, height }, layout, view, axis, active, most, format, hasFlags = false, children } = props;
  const id = useId();
  const ticks = valueTicks(most);
  const bottom = height - MARGIN.bottom;
  const y = linearScale([0, ticks.at(-1)!], [bottom, MARGIN.top]);
  const chosen = active === undefined ? undefined : layout.bars[active];
  return (
    <>
      <defs>
        <Hatch id={`${id}-lost`} lineClass="hatch-lost" />
        <Hatch id={`${id}-kept`} lineClass="hatch-kept" />
      </defs>
      <ValueAxis ticks={ticks} y={y} left={MARGIN.left} right={width - MARGIN.right} format={format} />
      {view.pauses.map((pause, place) => (
        <PauseStrip
          key={pause.before}
          strip={layout.strips[place]!}
          text={formatDuration(pause.ms)}
          isLost={pause.cache === "lost"}
          fill={`url(#${id}-${pause.cache === "lost" ? "lost" : "kept"})`}
          bottom={bottom}
        />
      ))}
      <Flags {...{ view, layout, bottom, hasFlags }} />
      {chosen !== undefined && (
        <rect
          class="active-column"
          x={MARGIN.left + chosen.x - Math.max(0, 3 - chosen.width) / 2}
          width={Math.max(3, chosen.width)}
          y={MARGIN.top}
          height={bottom - MARGIN.top}
        />
      )}
      {children(y)}
      <line class="axis" x1={MARGIN.left} x2={width - MARGIN.right} y1={bottom} y2={bottom} />
      <Ticks {...{ view, layout, axis, width, height }} />
      <DragArea {...{ layout, width, bottom }} onZoom={props.onZoom} />
    </>
  );
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

function PauseStrip({ strip: { x, width }, text, isLost, fill, bottom }: {
  readonly strip: Layout["strips"][number];
  readonly text: string;
  readonly isLost: boolean;
  readonly fill: string;
  readonly bottom: number;
}): VNode {
  const left = MARGIN.left + x;
  const middle = left + width / 2;
  const name = isLost ? "pause-text pause-lost" : "pause-text";
  return (
    <>
      <rect x={left} y={MARGIN.top} width={width} height={bottom - MARGIN.top} fill={fill}>
        <title>{`${text}, cache ${isLost ? "lost" : "not lost"} over it`}</title>
      </rect>
      {width >= LEAST_FOR_UPRIGHT && (
        <text class={name} text-anchor="middle" x={middle} y={MARGIN.top + 14}>{text}</text>
      )}
      {width >= LEAST_FOR_TEXT && width < LEAST_FOR_UPRIGHT && (
        <text class={name} transform={`translate(${middle + 4},${bottom - 6}) rotate(-90)`}>{text}</text>
      )}
    </>
  );
}

const LETTERS: Readonly<Record<FlagKind, string>> = { compaction: "C", model: "M", fork: "F", subagent: "S" };
/** Flags that would touch are one, with their number. */
const FLAG_WIDTH = 18;

function Flags({ view, layout, bottom, hasFlags }: {
  readonly view: TurnView;
  readonly layout: Layout;
  readonly bottom: number;
  readonly hasFlags: boolean;
}): VNode {
  const places: { readonly x: number; readonly labels: string[]; readonly letters: Set<string> }[] = [];
  for (const { kind, bar, label } of view.flags) {
    const x = MARGIN.left + (layout.bars[bar]?.x ?? 0);
    const last = places.at(-1);
    if (last !== undefined && x - last.x < FLAG_WIDTH) {
      last.labels.push(label);
      last.letters.add(LETTERS[kind]);
    } else places.push({ x, labels: [label], letters: new Set([LETTERS[kind]]) });
  }
  return (
    <>
      {places.map(({ x, labels, letters }) => (
        <g key={x} class="flag">
          <line x1={x} x2={x} y1={hasFlags ? 4 : MARGIN.top} y2={bottom} />
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

function Ticks({ view: { bars, turns, zoom }, layout, axis, width, height }: {
  readonly view: TurnView;
  readonly layout: Layout;
  readonly axis: AxisChoice;
  readonly width: number;
  readonly height: number;
}): VNode {
  const label = (x: number, text: string) => (
    <text key={text} class="tick" text-anchor="middle" x={Math.min(x, width - 14)} y={height - 6}>{text}</text>
  );
  const numberOf = (bar: number) => turns[zoom.from + bars[bar]!.from]!;
  if (axis.isByClock) {
    const times = bars.map((_, bar) => numberOf(bar).at).filter((at) => at !== undefined);
    const [from = 0, until = 0] = [times[0], times.at(-1)];
    const x = linearScale([from, until], [MARGIN.left, width - MARGIN.right]);
    const most = Math.max(2, Math.floor(width / 90));
    return <>{timeTicks(from, until, axis.timezone, most).map(({ at, text }) => label(x(at), text))}</>;
  }
  return (
    <>
      {numberedBars(bars.map((_, bar) => numberOf(bar).turn), (width - MARGIN.left) / 60).map((bar) => {
        const { x, width: step } = layout.bars[bar]!;
        return label(MARGIN.left + x + step / 2, formatCount(numberOf(bar).turn));
      })}
    </>
  );
}

/** Less is a click. */
const LEAST_DRAG = 8;

function DragArea({ layout, width, bottom, onZoom }: {
  readonly layout: Layout;
  readonly width: number;
  readonly bottom: number;
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
          y={MARGIN.top}
          height={bottom - MARGIN.top}
        />
      )}
      <rect
        class="drag-area"
        x={MARGIN.left}
        y={0}
        width={Math.max(0, width - MARGIN.left - MARGIN.right)}
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
          onZoom(findBar(layout, drag.from - MARGIN.left), findBar(layout, drag.to - MARGIN.left));
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
