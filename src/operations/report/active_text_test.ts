import { strictEqual } from "node:assert/strict";
import { activeText } from "./active_text.ts";

Deno.test("activeText()", async (t) => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const rows: [from: string | undefined, to: string | undefined, expected: string][] = [
    ["2026-11-26T03:52:10Z", "2026-11-26T03:58:40Z", "today 03:52 to 03:58 (6 min)"],
    ["2026-11-26T03:52:10Z", "2026-11-26T03:52:40Z", "today 03:52 to 03:52 (<1 min)"],
    ["2026-11-26T03:52:10Z", "2026-11-26T03:52:10Z", "today 03:52 to 03:52 (<1 min)"],
    ["2026-11-25T23:50:00Z", "2026-11-26T00:10:00Z", "yesterday 23:50 to today 00:10 (20 min)"],
    ["2026-11-25T01:00:00Z", "2026-11-25T04:05:59Z", "yesterday 01:00 to 04:05 (3 h 5 min)"],
    ["2026-11-20T11:00:00Z", "2026-11-20T11:20:00Z", "Nov 20 11:00 to 11:20 (20 min)"],
    ["2026-11-18T11:00:00Z", "2026-11-20T15:20:00Z", "Nov 18 11:00 to Nov 20 15:20 (2 d 4 h)"],
    ["2025-12-31T23:00:00Z", "2025-12-31T23:30:00Z", "2025-12-31 23:00 to 23:30 (30 min)"],
    ["2025-12-31T23:00:00Z", "2026-01-01T00:30:00Z", "2025-12-31 23:00 to Jan 01 00:30 (1 h 30 min)"],
    // The clock was set back between the two: how long that was nobody knows.
    ["2026-11-26T04:00:00Z", "2026-11-26T03:58:00Z", "today 04:00 to 03:58"],
    [undefined, "2026-11-26T03:58:00Z", "? to today 03:58"],
    ["2026-11-26T03:52:00Z", undefined, "today 03:52 to ?"],
    [undefined, undefined, "? to ?"],
  ];
  for (const [from, to, expected] of rows) {
    await t.step(expected, () => {
      const [start, end] = [from, to].map((text) => text === undefined ? undefined : Date.parse(text));
      const length = start === undefined || end === undefined || end < start ? undefined : end - start;
      strictEqual(activeText(start, end, length, { now, timezone: "UTC" }), expected);
    });
  }
  await t.step("days are those of the zone", () => {
    const at = Date.parse("2026-11-25T23:30:00Z");
    strictEqual(
      activeText(at, at + 60_000, 60_000, { now, timezone: "Europe/Stockholm" }),
      "today 00:30 to 00:31 (1 min)",
    );
  });
});
