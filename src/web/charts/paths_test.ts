import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { barPath, linePath, outlinePath, stackPaths } from "./paths.ts";

const PLACES = [{ x: 10, width: 4 }, { x: 20.123, width: 4 }] as const;
const y = (value: number) => 100 - value;

Deno.test("barPath()", () => strictEqual(barPath(PLACES[1], 100, 40), "M20.12,100V40h4V100z"));

Deno.test("stackPaths(): a part stands upon those before it, and what is nothing is left out", () => {
  const values = [[30, 0], [10, 5]] as const;
  deepStrictEqual(stackPaths(PLACES, values.map((part) => (index) => part[index]!), y), [
    "M10,100V70h4V100z",
    "M10,70V60h4V70zM20.12,100V95h4V100z",
  ]);
});

Deno.test("outlinePath()", () => {
  strictEqual(outlinePath(PLACES, [undefined, 93]), "M20.12,93h4");
});

Deno.test("linePath(): lines and steps, with gaps; a point alone is closed, so that it is seen", () => {
  const points = [[0, 5], [10, 6.005], [20, undefined], [30, 1]] as const;
  strictEqual(linePath(points, false), "M0,5L10,6.01M30,1Z");
  strictEqual(linePath(points.slice(0, 2), true), "M0,5L10,5L10,6.01");
  strictEqual(linePath([], false), "");
});
