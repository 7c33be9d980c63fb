import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { findBar, layOutByClock, layOutInTurn, numberedBars, pauseWidth } from "./lay_out_turns.ts";

const MINUTE = 60_000;

Deno.test("pauseWidth() goes by the logarithm", async (t) => {
  const rows: [minutes: number, width: number][] = [
    [1, 8],
    [5, 8],
    [10, 14],
    [20, 20],
    // 8 + 6 × log2(60 / 5), log2(12) being 3.585.
    [60, 29.5],
    // 8 + 6 × log2(288), which is 8.17.
    [24 * 60, 57],
    [365 * 24 * 60, 72],
  ];
  for (const [minutes, width] of rows) {
    await t.step(`${minutes} min`, () => strictEqual(Math.round(pauseWidth(minutes * MINUTE) * 10) / 10, width));
  }
});

Deno.test("layOutInTurn(): bars of one width, and pauses between them", () => {
  // 14 pixels of 100 are a pause of ten minutes; the other 86 are two bars.
  deepStrictEqual(layOutInTurn(2, [{ bar: 1, ms: 10 * MINUTE }], 100), {
    bars: [{ x: 0, width: 43 }, { x: 57, width: 43 }],
    strips: [{ x: 43, width: 14 }],
  });
  deepStrictEqual(layOutInTurn(2, [], 500).bars, [{ x: 0, width: 48 }, { x: 48, width: 48 }]);
  deepStrictEqual(layOutInTurn(0, [], 100), { bars: [], strips: [] });
});

Deno.test("layOutInTurn(): many pauses leave most of the room to turns, and all end at the edge", () => {
  const pauses = Array.from({ length: 99 }, (_, place) => ({ bar: place + 1, ms: 60 * MINUTE }));
  const { bars, strips } = layOutInTurn(100, pauses, 500);
  strictEqual(strips.length, 99);
  strictEqual(Math.round(strips.reduce((sum, { width }) => sum + width, 0)), 150);
  strictEqual(Math.round(bars.at(-1)!.x + bars.at(-1)!.width), 500);
});

Deno.test("layOutByClock(): where the clock has them", () => {
  const { bars, strips } = layOutByClock([0, 10, undefined, 100], [{ bar: 3, ms: 90 }], 101.5);
  deepStrictEqual(bars.map(({ x }) => x), [0, 10, 10, 100]);
  deepStrictEqual(strips, [{ x: 11.5, width: 88.5 }]);
  // Of one moment, or of none.
  deepStrictEqual(layOutByClock([5, 5], [], 100).bars.map(({ x }) => x), [0, 0]);
  deepStrictEqual(layOutByClock([undefined], [], 100).bars.map(({ x }) => x), [0]);
});

Deno.test("numberedBars() stand at round numbers", async (t) => {
  const from = (first: number, last: number, step = 1) =>
    Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, place) => first + place * step);
  const rows: [name: string, numbers: number[], most: number, shown: number[]][] = [
    ["all", from(1, 5), 10, [1, 2, 3, 4, 5]],
    ["every second", from(1, 9), 5, [1, 2, 4, 6, 8]],
    ["every twentieth", from(1, 100), 5, [1, 20, 40, 60, 80, 100]],
    ["zoomed in", from(119, 160), 5, [119, 130, 140, 150, 160]],
    ["groups of three stand where the number was passed", from(1, 100, 3), 5, [1, 22, 40, 61, 82, 100]],
    ["none", [], 5, []],
  ];
  for (const [name, numbers, most, shown] of rows) {
    await t.step(name, () => deepStrictEqual(numberedBars(numbers, most).map((bar) => numbers[bar]), shown));
  }
});

Deno.test("findBar(): the nearest one, also in a pause", async (t) => {
  const layout = layOutInTurn(2, [{ bar: 1, ms: 10 * MINUTE }], 100);
  const rows: [x: number, bar: number][] = [[-5, 0], [0, 0], [42, 0], [45, 0], [55, 1], [60, 1], [500, 1]];
  for (const [x, bar] of rows) await t.step(String(x), () => strictEqual(findBar(layout, x), bar));
  strictEqual(findBar({ bars: [], strips: [] }, 5), -1);
  ok(findBar(layOutInTurn(4000, [], 1000), 999) === 3996);
});
