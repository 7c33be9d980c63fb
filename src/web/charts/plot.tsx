/** What drawings have in common: lines across with their values, the chosen column, a base line, and names below. */
import type { ComponentChildren, VNode } from "preact";
import type { ChartSize } from "./figure.tsx";
import type { Place, ToY } from "./paths.ts";
import { linearScale } from "./scales.ts";

/** The sides of what is drawn in, in pixels from the left and from the top; of a margin, from each side. */
export interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What a margin leaves of a drawing. */
export function edgesOf({ width, height }: ChartSize, { left, right, top, bottom }: Edges): Edges {
  return { left, right: width - right, top, bottom: height - bottom };
}

/** A name below the drawing, and its middle in pixels from the left. */
export interface PlotLabel {
  readonly x: number;
  readonly text: string;
}

export interface PlotProps {
  readonly edges: Edges;
  /** Values from 0 up to the upper edge. */
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  readonly labels: readonly PlotLabel[];
  readonly chosen?: Place;
  /** Behind the chosen column. */
  readonly behind?: ComponentChildren;
  /** @param y Pixels from the top, of a value */
  readonly children: (y: ToY) => ComponentChildren;
}

export function Plot(props: PlotProps): VNode {
  const { edges: { left, right, top, bottom }, ticks, format, labels, chosen, behind, children } = props;
  const y = toY(props);
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" text-anchor="end" x={left - 6} y={y(tick) + 4}>{tick === 0 ? "0" : format(tick)}</text>
        </g>
      ))}
      {behind}
      {chosen !== undefined && <rect class="active-column" {...chosen} y={top} height={bottom - top} />}
      {children(y)}
      <line class="axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      {labels.map(({ x, text }) => <text key={x} class="tick" text-anchor="middle" x={x} y={bottom + 16}>{text}</text>)}
    </>
  );
}

/** From a value to pixels from the top. */
export function toY({ edges: { top, bottom }, ticks }: Pick<PlotProps, "edges" | "ticks">): ToY {
  return linearScale([0, ticks.at(-1)!], [bottom, top]);
}
