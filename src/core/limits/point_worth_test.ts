import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { usedPoints, worthOf } from "./point_worth.ts";

const read = (at: number, usedPercent: number, resetsAt: number) =>
  ({ at: at * 1000, usedPercent, resetsAt: resetsAt * 1_000_000, via: "log" }) as const;

Deno.test("points that were used within one run of a window", async (t) => {
  const rows: readonly (readonly [what: string, readings: Parameters<typeof usedPoints>[0], expected: unknown])[] = [
    ["two readings", [read(1, 10, 9), read(2, 15, 9)], [[1000, 2000, 5]]],
    ["first to last", [read(1, 10, 9), read(2, 11, 9), read(3, 19.5, 9)], [[1000, 3000, 9.5]]],
    ["too few", [read(1, 10, 9), read(2, 14.9, 9)], []],
    ["nothing over a reset", [read(1, 10, 9), read(2, 50, 19)], []],
    ["each run by itself", [read(1, 10, 9), read(2, 20, 9), read(10, 0, 19), read(11, 30, 19)], [
      [1000, 2000, 10],
      [10_000, 11_000, 30],
    ]],
    ["it went down", [read(1, 10, 9), read(2, 50, 9), read(3, 20, 9)], []],
    ["it was full, and how far is not known", [read(1, 10, 9), read(2, 100, 9)], []],
  ];
  for (const [what, readings, expected] of rows) {
    await t.step(what, () => {
      deepStrictEqual(usedPoints(readings).map(({ since, until, points }) => [since, until, points]), expected);
    });
  }
});

Deno.test("what a point was worth", () => {
  strictEqual(worthOf([]), undefined);
  strictEqual(worthOf([{ points: 10, usd: 0 }]), undefined);
  // $12 for 30 points; a run at $0.20 each, and one at $0.50.
  deepStrictEqual(worthOf([{ points: 10, usd: 2 }, { points: 20, usd: 10 }, { points: 9, usd: 0 }]), {
    usd: 0.4,
    leastUsd: 0.2,
    mostUsd: 0.5,
    windows: 2,
  });
});
