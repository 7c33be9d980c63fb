/** The room that a drawing has, and what of it is for the drawing itself. Pure. */
import type { ToY } from "./paths.ts";
import { linearScale } from "./scales.ts";

/** The room that a drawing has. */
export interface ChartSize {
  /** CSS pixels: what is drawn is not scaled, so text keeps its size. */
  readonly width: number;
  readonly height: number;
}

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

/** From a value to pixels from the top. @param ticks Values from 0 up to the upper edge */
export function toY({ top, bottom }: Pick<Edges, "top" | "bottom">, ticks: readonly number[]): ToY {
  return linearScale([0, ticks.at(-1)!], [bottom, top]);
}
