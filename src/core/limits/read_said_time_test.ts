import { strictEqual } from "node:assert/strict";
import { readSaidTime } from "./read_said_time.ts";

Deno.test("times of readings", async (t) => {
  const at = Date.parse("2026-11-25T12:00:00Z");
  const rows: readonly (readonly [said: unknown, expected: number | undefined])[] = [
    ["2026-11-25T12:00:00.000Z", at],
    ["2026-11-25T12:00:00Z", at],
    ["2026-11-25T17:30:00+05:30", at],
    ["2026-11-25T12:00:00.123456+00:00", at + 123],
    [at, at],
    [at / 1000, at],
    // In which zone?
    ["2026-11-25T12:00:00", undefined],
    ["2026-11-25", undefined],
    ["2026-13-25T12:00:00Z", undefined],
    ["1999-11-25T12:00:00Z", undefined],
    ["", undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [-1, undefined],
    [at * 1000, undefined],
    [null, undefined],
    [[at], undefined],
  ];
  for (const [said, expected] of rows) {
    await t.step(JSON.stringify(said), () => strictEqual(readSaidTime(said), expected));
  }
});
