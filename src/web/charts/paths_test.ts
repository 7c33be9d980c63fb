import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { linePath, outlinePath, stackPaths } from "./paths.ts";

const PLACES = [{ x: 10, width: 4 }, { x: 20.123, width: 4 }] as const;
const y = (value: number) => 100 - value;

Deno.test("stackPaths(): a part stands upon those before it, and what is nothing is left out", () => {
  const values = [[30, 0], [10, 5]] as const;
  deepStrictEqual(stackPaths(PLACES, values.map((part) => (index) => part[index]!), y), [
    "M10,100V70H14V100H10z",
    "M10,70V60H14V70H10zM20.12,100V95H24.12V100H20.12z",
  ]);
});

Deno.test("stackPaths(): bars that touch are one edge, there above and back below", () => {
  const touching = [{ x: 0, width: 2.5 }, { x: 2.5, width: 2.5 }, { x: 5, width: 2.5 }, { x: 9, width: 2.5 }];
  const values = [[30, 40, 40, 1], [5, 6, 7, 0]] as const;
  deepStrictEqual(stackPaths(touching, values.map((part) => (index) => part[index]!), y), [
    "M0,100V70H2.5V60H5V60H7.5V100H0zM9,100V99H11.5V100H9z",
    "M0,70V65H2.5V54H5V53H7.5V60H2.5V70H0z",
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
