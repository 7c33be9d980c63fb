import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { periodTitle, periodTitles } from "./period_title.ts";
import type { UsageKey } from "./usage_keys.ts";

const ROWS: readonly (readonly [by: UsageKey, key: string, title: string])[] = [
  ["hour", "2026-11-26T02:00+00:00", "Nov 26 02:00"],
  ["hour", "2025-11-26T02:00+01:00", "2025 Nov 26 02:00"],
  ["day", "2026-11-26", "2026-11-26"],
  // The fourth of January 2026 is a Sunday: week 1 began on December 29, week 47 on November 16.
  ["week", "2026-W47", "2026-W47 (Nov 16)"],
  ["week", "2026-W01", "2026-W01 (Dec 29)"],
  ["month", "2026-11", "2026-11"],
  ["weekday", "monday", "Monday"],
  ["hourOfDay", "14:00", "14:00"],
  ["model", "anthropic/claude", "anthropic/claude"],
];

Deno.test("periodTitle()", async (t) => {
  for (const [by, key, title] of ROWS) await t.step(key, () => strictEqual(periodTitle(key, by, "2026"), title));
});

Deno.test("periodTitles() tells the two hours apart of a clock that is set back", () => {
  const keys = ["2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"];
  deepStrictEqual([...periodTitles(keys, "hour", "2026").values()], [
    "Oct 25 01:00",
    "Oct 25 02:00 +02:00",
    "Oct 25 02:00 +01:00",
  ]);
});
