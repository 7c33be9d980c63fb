/** What drawings have in common: lines across with their values, the chosen column, a base line, and names below. */
import type { ComponentChildren, VNode } from "preact";
import { type Edges, toY } from "./edges.ts";
import type { Place, ToY } from "./paths.ts";

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
  const { edges, ticks, format, labels, chosen, behind, children } = props;
  const { left, right, top, bottom } = edges;
  const y = toY(edges, ticks);
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
