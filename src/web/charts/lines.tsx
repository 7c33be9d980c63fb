/** Lines, steps and dots over one x axis of numbers: shares over time, curves of survival, a scatter of pauses. */
// @ts-types="@types/d3-shape"
import { curveStepAfter, line } from "d3-shape";
import type { VNode } from "preact";
import { partClass, rankParts } from "./colours.ts";
import { ChartFigure, type ChartFigureProps, type ChartSize } from "./figure.tsx";
import { linearScale, logScale } from "./scales.ts";
import { ValueAxis } from "./stacked_bars.tsx";

/** A point, and what it is called. */
export interface ChartPoint {
  readonly x: number;
  /** Undefined leaves a gap in a line. */
  readonly y: number | undefined;
  /** What the arrows say of it, and where it is named in the table. */
  readonly title: string;
}

/** Points that belong together. */
export interface ChartSeries {
  readonly key: string;
  readonly title: string;
  readonly points: readonly ChartPoint[];
  /** @default "line" */
  readonly as?: "line" | "steps" | "dots";
  /** A class that sets `--part`. @default a colour by rank, see colours.ts */
  readonly class?: string;
}

interface AxisTick {
  readonly at: number;
  readonly text: string;
}

export interface LinesProps extends Pick<ChartFigureProps, "caption" | "height" | "selected" | "onSelect"> {
  readonly kind: string;
  /** The arrows go through the points of all, from left to right. */
  readonly series: readonly ChartSeries[];
  readonly x: {
    readonly from: number;
    readonly until: number;
    /** Logarithmic: `from` is above zero. */
    readonly isLog?: boolean;
    /** Of timeTicks or durationTicks (ticks.ts), or those that have room in so many pixels. */
    readonly ticks: readonly AxisTick[] | ((width: number) => readonly AxisTick[]);
    readonly title: string;
  };
  readonly y: {
    readonly ticks: readonly number[];
    readonly format: (value: number) => string;
    readonly title: string;
  };
  /** Vertical lines with a name: the lifetime that a provider documents. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
  /** Single events as short strokes above and below the drawing. */
  readonly rugs?: { readonly above: readonly number[]; readonly below: readonly number[] };
  readonly onOpen?: (point: ChartPoint, series: ChartSeries) => void;
}

const MARGIN = { top: 18, right: 22, bottom: 24, left: 52 } as const;

export function Lines(props: LinesProps): VNode {
  const { kind, series, x, y, marks, rugs, onOpen, ...figure } = props;
  rankParts(kind, series.filter((each) => each.class === undefined).map(({ key }) => key));
  const classOf = (each: ChartSeries) => each.class === undefined ? partClass(kind, each.key) : `part ${each.class}`;
  const stops = series.flatMap((each) => each.points.map((point) => ({ point, each })))
    .filter(({ point }) => point.y !== undefined).sort((a, b) => a.point.x - b.point.x);
  const sayPoint = ({ point, each }: (typeof stops)[number]) =>
    `${point.title}${series.length > 1 ? `, ${each.title}` : ""}: ${y.format(point.y!)}`;
  return (
    <ChartFigure
      {...figure}
      says={stops.map(sayPoint)}
      table={{
        head: [x.title, ...series.length > 1 ? ["What"] : [], y.title],
        rows: stops.map(({ point, each }) => [
          point.title,
          ...series.length > 1 ? [each.title] : [],
          y.format(point.y!),
        ]),
      }}
      placeAt={(at, width) => nearestTo(stops.map(({ point }) => xOf(x, width)(point.x)), at)}
      onOpen={onOpen && ((place) => onOpen(stops[place]!.point, stops[place]!.each))}
      legend={series.length > 1 && (
        <ul class="legend">
          {series.map((each) => (
            <li key={each.key} class={classOf(each)}>
              <span class="swatch-text">{each.title}</span>
            </li>
          ))}
        </ul>
      )}
    >
      {(size, active) => (
        <Drawn
          {...{ size, series, x, y, marks, rugs, classOf }}
          active={active === undefined ? undefined : stops[active]?.point}
        />
      )}
    </ChartFigure>
  );
}

interface DrawnProps extends Pick<LinesProps, "series" | "x" | "y" | "marks" | "rugs"> {
  readonly size: ChartSize;
  readonly active: ChartPoint | undefined;
  readonly classOf: (series: ChartSeries) => string;
}

function Drawn({ size: { width, height }, active, series, x, y, marks = [], rugs, classOf }: DrawnProps): VNode {
  const toX = xOf(x, width);
  const bottom = height - MARGIN.bottom;
  const toY = linearScale([y.ticks[0] ?? 0, y.ticks.at(-1) ?? 1], [bottom, MARGIN.top]);
  const ticks = typeof x.ticks === "function" ? x.ticks(width - MARGIN.left - MARGIN.right) : x.ticks;
  const strokes = (values: readonly number[], at: number) =>
    values.map((value) => `M${Math.round(toX(value) * 10) / 10},${at}v6`).join("");
  return (
    <>
      <ValueAxis ticks={y.ticks} y={toY} left={MARGIN.left} right={width - MARGIN.right} format={y.format} />
      {ticks.map(({ at, text }) => (
        <text key={at} class="tick" text-anchor={toX(at) > width - 20 ? "end" : "middle"} x={toX(at)} y={height - 6}>
          {text}
        </text>
      ))}
      {marks.map(({ at, text }) => (
        <g key={text}>
          <line class="mark" x1={toX(at)} x2={toX(at)} y1={MARGIN.top} y2={bottom} />
          <text class="tick" text-anchor="middle" x={toX(at)} y={MARGIN.top - 6}>{text}</text>
        </g>
      ))}
      {rugs !== undefined && <path class="rug rug-above" d={strokes(rugs.above, MARGIN.top)} />}
      {rugs !== undefined && <path class="rug rug-below" d={strokes(rugs.below, bottom - 6)} />}
      {series.map((each) => (
        <path key={each.key} class={`${classOf(each)} ${shapeClass(each)}`} d={pathOf(each, toX, toY)} />
      ))}
      {active?.y !== undefined && <circle class="active-point" cx={toX(active.x)} cy={toY(active.y)} r={5} />}
    </>
  );
}

function pathOf({ points, as = "line" }: ChartSeries, toX: (x: number) => number, toY: (y: number) => number): string {
  if (as === "dots") {
    return points.filter(({ y }) => y !== undefined).map(({ x, y }) => {
      const [cx, cy] = [toX(x), toY(y!)].map((value) => Math.round(value * 10) / 10);
      return `M${cx! - 3},${cy}a3,3 0 1,0 6,0a3,3 0 1,0 -6,0`;
    }).join("");
  }
  const drawn = line<ChartPoint>().x(({ x }) => toX(x)).y(({ y }) => toY(y!)).defined(({ y }) => y !== undefined)
    .digits(1);
  return (as === "steps" ? drawn.curve(curveStepAfter) : drawn)([...points]) ?? "";
}

function shapeClass({ as = "line" }: ChartSeries): string {
  return as === "dots" ? "dots" : "stroke";
}

function xOf({ from, until, isLog = false }: LinesProps["x"], width: number): (x: number) => number {
  const range = [MARGIN.left, width - MARGIN.right] as const;
  const scale = (isLog ? logScale : linearScale)([from, until], range);
  return (value) => Math.max(range[0], Math.min(range[1], scale(value)));
}

function nearestTo(values: readonly number[], wanted: number): number | undefined {
  let best: number | undefined;
  values.forEach((value, place) => {
    if (best === undefined || Math.abs(value - wanted) < Math.abs(values[best]! - wanted)) best = place;
  });
  return best;
}
