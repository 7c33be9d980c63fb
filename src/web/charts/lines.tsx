/** Lines, steps and dots over one x axis of numbers: shares over time, curves of survival, a scatter of pauses. */
import type { VNode } from "preact";
import { partClass, rankParts } from "./colours.ts";
import { type ChartSize, edgesOf, toY } from "./edges.ts";
import { ChartFigure, type ChartFigureProps } from "./figure.tsx";
import { Legend } from "./legend.tsx";
import { nearestOf } from "./nearest.ts";
import { linePath, round } from "./paths.ts";
import { Plot } from "./plot.tsx";
import { linearScale, logScale } from "./scales.ts";

/** A point, and what it is called. */
export interface ChartPoint {
  readonly x: number;
  /** Undefined leaves a gap in a line. */
  readonly y: number | undefined;
  /** What the arrows say of it, and where it is named in the table. */
  readonly title: string;
  /** What the arrows say of it. @default its title and its value */
  readonly says?: string;
}

/** Points that belong together. */
export interface ChartSeries<Point extends ChartPoint = ChartPoint> {
  readonly key: string;
  readonly title: string;
  readonly points: readonly Point[];
}

interface AxisTick {
  readonly at: number;
  readonly text: string;
}

export interface LinesProps<Point extends ChartPoint>
  extends Pick<ChartFigureProps, "caption" | "height">, Partial<Pick<ChartFigureProps, "table">> {
  readonly kind: string;
  /** The arrows go through the points of all, from left to right. */
  readonly series: readonly ChartSeries<Point>[];
  /** Dots have a shape a series, and are meant by a pointer that is close. @default "line" */
  readonly as?: "line" | "steps" | "dots";
  readonly x: {
    readonly from: number;
    readonly until: number;
    /** Logarithmic: `from` is above zero. */
    readonly isLog?: boolean;
    /** Of timeTicks or durationTicks (ticks.ts): those that have room in so many pixels. */
    readonly ticks: (width: number) => readonly AxisTick[];
    readonly title: string;
  };
  readonly y: {
    /** From 0. */
    readonly ticks: readonly number[];
    readonly format: (value: number) => string;
    readonly title: string;
  };
  /** Vertical lines with a name: the lifetime that a provider documents. */
  readonly marks?: readonly AxisTick[];
  /** Single events as short strokes above and below the drawing. */
  readonly rugs?: { readonly above: readonly number[]; readonly below: readonly number[] };
  readonly onOpen?: (point: Point) => void;
}

/** Circle, square, triangle, diamond, cross, triangle on its tip: paths from their middle. */
const SHAPES = [
  "m-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z",
  "m-3.2,-3.2h6.4v6.4h-6.4z",
  "m0,-4.2l4.2,7.4h-8.4z",
  "m0,-4.8l4,4.8l-4,4.8l-4,-4.8z",
  "m-1.4,-4.2h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8v-2.8h2.8z",
  "m0,4.2l4.2,-7.4h-8.4z",
] as const;
/** Further away a pointer means no dot. */
const REACH = 24;

export function Lines<Point extends ChartPoint>(props: LinesProps<Point>): VNode {
  const { kind, series, as = "line", x, y: { ticks, format, title }, marks = [], rugs, onOpen, ...figure } = props;
  const areDots = as === "dots";
  rankParts(kind, series.map(({ key }) => key));
  const hasMany = series.length > 1;
  const stops = series.flatMap(({ points, title }) =>
    points.flatMap((point) => point.y === undefined ? [] : [{ point, title, y: point.y }])
  ).sort((a, b) => a.point.x - b.point.x || (areDots ? a.y - b.y : 0));
  const placesOf = (size: ChartSize) => {
    const edges = edgesOf(size, { top: 18, right: 22, bottom: areDots ? 40 : 22, left: 56 });
    const scale = (x.isLog ? logScale : linearScale)([x.from, x.until], [edges.left, edges.right]);
    const toX = (value: number) => round(Math.max(edges.left, Math.min(edges.right, scale(value))));
    return { edges, toX, y: toY(edges, ticks) };
  };
  const shapeAt = (index: number, x = 0, y = 0) => `M${round(x)},${round(y)}${SHAPES[index % SHAPES.length]}`;
  return (
    <ChartFigure
      table={() => ({
        head: [x.title, ...hasMany ? ["What"] : [], title],
        rows: stops.map(({ point, title, y }) => [point.title, ...hasMany ? [title] : [], format(y)]),
      })}
      {...figure}
      count={stops.length}
      say={(place) => {
        const { point, title, y } = stops[place]!;
        return point.says ?? `${point.title}${hasMany ? `, ${title}` : ""}: ${format(y)}`;
      }}
      placeAt={(left, top, size) => {
        const { toX, y } = placesOf(size);
        const places = stops.map((stop) => [toX(stop.point.x), areDots ? y(stop.y) : top] as const);
        return nearestOf(places, [left, top], areDots ? REACH : undefined);
      }}
      onOpen={onOpen && ((place) => onOpen(stops[place]!.point))}
      legend={(hasMany || areDots) && (
        <Legend
          items={series.map(({ key, title }, index) => ({
            class: `${areDots ? "shape " : ""}${partClass(kind, key)}`,
            title,
            mark: areDots && (
              <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
                <path d={shapeAt(index)} />
              </svg>
            ),
          }))}
        />
      )}
    >
      {(size, active) => {
        const { edges, edges: { left, right, top, bottom }, toX } = placesOf(size);
        const labels = x.ticks(right - left).map(({ at, text }) => ({ x: toX(at), text }));
        const strokes = (values: readonly number[], y: number) => values.map((at) => `M${toX(at)},${y}v6`).join("");
        const stop = active === undefined ? undefined : stops[active];
        return (
          <Plot {...{ edges, ticks, format, labels }}>
            {(y) => (
              <>
                {areDots && labels.map(({ x }) => <line key={x} class="grid" x1={x} x2={x} y1={top} y2={bottom} />)}
                {areDots && <text class="tick" text-anchor="end" x={right} y={bottom + 34}>{x.title}</text>}
                {marks.map(({ at, text }) => (
                  <g key={text}>
                    <line class="mark" x1={toX(at)} x2={toX(at)} y1={top} y2={bottom} />
                    <text class="tick" text-anchor="middle" x={toX(at)} y={top - 6}>{text}</text>
                  </g>
                ))}
                {rugs !== undefined && (
                  <>
                    <path class="rug rug-above" d={strokes(rugs.above, top)} />
                    <path class="rug rug-below" d={strokes(rugs.below, bottom - 6)} />
                  </>
                )}
                {series.map(({ key, points }, index) => {
                  const places = points.map((point) =>
                    [toX(point.x), point.y === undefined ? undefined : y(point.y)] as const
                  );
                  return (
                    <path
                      key={key}
                      class={`${partClass(kind, key)} ${areDots ? "dots" : "stroke"}`}
                      d={areDots
                        ? places.map((place) => shapeAt(index, ...place)).join("")
                        : linePath(places, as === "steps")}
                    />
                  );
                })}
                {stop !== undefined && (
                  <circle class="active-point" cx={toX(stop.point.x)} cy={y(stop.y)} r={areDots ? 8 : 5} />
                )}
              </>
            )}
          </Plot>
        );
      }}
    </ChartFigure>
  );
}
