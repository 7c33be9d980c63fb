import { strictEqual } from "node:assert/strict";
import { isoTime } from "./iso_time.ts";

Deno.test("isoTime()", async (t) => {
  const rows: [at: number | undefined, expected: string | undefined][] = [
    [undefined, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [8.64e15 + 2, undefined],
    [8.64e15, "+275760-09-13T00:00:00.000Z"],
    [-8.64e15, "-271821-04-20T00:00:00.000Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [-0.5, "1970-01-01T00:00:00.000Z"],
    [1_795_219_543_145.9, "2026-11-21T00:05:43.145Z"],
  ];
  for (const [at, expected] of rows) await t.step(String(at), () => strictEqual(isoTime(at), expected));

  await t.step("each time by itself", () => {
    for (let step = -200; step < 200; step++) {
      const at = step * 43_197_531_642.5;
      strictEqual(isoTime(at), new Date(at).toISOString());
    }
  });
});
