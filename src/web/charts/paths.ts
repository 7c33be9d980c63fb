/** Marks of a drawing as paths of SVG: one path has all of a part. Pure. */
// @ts-types="@types/d3-shape"
import { curveStepAfter } from "d3-shape";

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

/** A line, or steps, with a gap where a point has no height. One that stands alone is a dot, by closing it. */
export function linePath(points: readonly (readonly [x: number, y: number | undefined])[], isSteps: boolean): string {
  const runs: [x: number, y: number][][] = [[]];
  for (const [x, y] of points) {
    if (y === undefined) runs.push([]);
    else runs.at(-1)!.push([x, y]);
  }
  return runs.filter(({ length }) => length > 0).map((run) =>
    `M${(isSteps ? stepsOf(run) : run).map((at) => at.map(round)).join("L")}${run.length === 1 ? "Z" : ""}`
  ).join("");
}

/** Corners that d3's curve goes through. It draws with whatever has these: its own path is 1.2 kB of the page. */
function stepsOf(run: readonly (readonly [x: number, y: number])[]): readonly (readonly [x: number, y: number])[] {
  const corners: (readonly [x: number, y: number])[] = [];
  const add = (...at: readonly [x: number, y: number]) => void corners.push(at);
  const curve = curveStepAfter({ moveTo: add, lineTo: add, closePath() {} } as unknown as CanvasRenderingContext2D);
  curve.lineStart();
  for (const at of run) curve.point(...at);
  curve.lineEnd();
  return corners;
}

/** Finer than a pixel, since bars may be. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
