/** Marks of a drawing as paths of SVG: one path has all of a part. Pure. */
// @ts-types="@types/d3-shape"
import { curveLinear, curveStepAfter } from "d3-shape";

/** Where a bar stands, in pixels from the left. */
export interface Place {
  readonly x: number;
  readonly width: number;
}

/** From a value to pixels from the top. */
export type ToY = (value: number) => number;

/** Bars from one height to another: `M10,90V20h5V90z`. In pixels from the top. */
export function barPath({ x, width }: Place, from: number, to: number): string {
  return `M${round(x)},${round(from)}V${round(to)}h${round(width)}V${round(from)}z`;
}

/** Bars upon each other, a path a part. @param parts A part's values, one a place; what is not above zero is left out */
export function stackPaths(
  places: readonly Place[],
  parts: readonly ((index: number) => number)[],
  y: ToY,
): readonly string[] {
  const bases = places.map(() => 0);
  return parts.map((valueOf) =>
    places.map((place, index) => {
      const [base, value] = [bases[index]!, valueOf(index)];
      return value > 0 ? barPath(place, y(base), y(bases[index] = base + value)) : "";
    }).join("")
  );
}

/** The upper edges of bars alone. @param tops In pixels; undefined: there is none */
export function outlinePath(places: readonly Place[], tops: readonly (number | undefined)[]): string {
  return places.map(({ x, width }, index) => {
    const top = tops[index];
    return top === undefined ? "" : `M${round(x)},${round(top)}h${round(width)}`;
  }).join("");
}

/**
 * A line, or steps, with a gap where a point has no height. The curves draw with whatever has these three methods: d3's own
 * path, which its line() brings along, is 1.2 kB of the page.
 */
export function linePath(points: Iterable<readonly [x: number, y: number | undefined]>, isSteps: boolean): string {
  let path = "";
  const draw = (letter: string) => (x: number, y: number) => {
    path += `${letter}${round(x)},${round(y)}`;
  };
  const context = { moveTo: draw("M"), lineTo: draw("L"), closePath: () => path += "Z" };
  const curve = (isSteps ? curveStepAfter : curveLinear)(context as unknown as CanvasRenderingContext2D);
  let isDrawn = false;
  for (const [x, y] of [...points, [0, undefined] as const]) {
    if (isDrawn !== (y !== undefined)) {
      isDrawn = !isDrawn;
      if (isDrawn) curve.lineStart();
      else curve.lineEnd();
    }
    if (y !== undefined) curve.point(x, y);
  }
  return path;
}

/** Finer than a pixel, since bars may be. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
