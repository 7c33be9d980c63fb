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

/** A bar that is drawn, in pixels from the top. */
interface Bar extends Place {
  readonly from: number;
  readonly to: number;
}

/** Bars upon each other, a path a part. @param parts A part's values, one a place; what is not above zero is left out */
export function stackPaths(
  places: readonly Place[],
  parts: readonly ((index: number) => number)[],
  y: ToY,
): readonly string[] {
  const bases = places.map(() => 0);
  return parts.map((valueOf) => {
    const runs: Bar[][] = [];
    let run: Bar[] = [];
    let end = NaN;
    for (const [index, { x, width }] of places.entries()) {
      const [base, value] = [bases[index]!, valueOf(index)];
      if (!(value > 0)) continue;
      const bar = { x, width, from: y(base), to: y(bases[index] = base + value) };
      if (Math.abs(end - x) < 0.01) run.push(bar);
      else runs.push(run = [bar]);
      end = x + width;
    }
    return runs.map(edgePath).join("");
  });
}

/** A bar, or several that touch by the edge around them: half of what a browser has to read of thousands, and no seams. */
function edgePath(run: readonly Bar[]): string {
  let [there, back] = ["", "z"];
  let low = NaN;
  for (const { x, width, from, to } of run) {
    there += `V${round(to)}H${round(x + width)}`;
    if (from !== low) back = `V${round(from)}H${round(x)}${back}`;
    low = from;
  }
  return `M${round(run[0]!.x)},${round(run[0]!.from)}${there}${back}`;
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
