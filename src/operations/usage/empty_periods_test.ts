import { deepStrictEqual } from "node:assert/strict";
import { emptyPeriods, type ListedPeriods } from "./empty_periods.ts";

/** Noon of a Thursday in UTC. */
const NOON = "2026-11-26T12:00:00Z";

interface Row extends Partial<ListedPeriods> {
  readonly keys: readonly string[];
  /** Before each row, and behind the last. */
  readonly missing: readonly (readonly string[])[];
}

const ROWS: readonly (readonly [name: string, row: Row])[] = [
  ["days without a gap", { keys: ["2026-11-20", "2026-11-21"], missing: [[], [], []] }],
  ["a day between", { keys: ["2026-11-20", "2026-11-22"], missing: [[], ["2026-11-21"], []] }],
  ["before and behind, of a span", {
    keys: ["2026-11-24"],
    since: "2026-11-23T00:00:00Z",
    missing: [["2026-11-23"], ["2026-11-25", "2026-11-26"]],
  }],
  ["up to where the span ends", {
    keys: ["2026-11-20"],
    since: "2026-11-20T00:00:00Z",
    until: "2026-11-22T00:00:00Z",
    missing: [[], ["2026-11-21"]],
  }],
  ["not before a list that was cut", {
    keys: ["2026-11-26"],
    since: "2026-11-01T00:00:00Z",
    totalRows: 9,
    missing: [[], []],
  }],
  ["many are one", { keys: ["2026-10-01", "2026-11-01"], missing: [[], ["…"], []] }],
  ["weeks", { by: "week", keys: ["2026-W45", "2026-W47"], missing: [[], ["2026-W46"], []] }],
  ["months over a year", { by: "month", keys: ["2025-11", "2026-01"], missing: [[], ["2025-12"], []] }],
  ["what is no span of the calendar", { by: "model", keys: ["a", "b"], missing: [[], [], []] }],
  // In Auckland the 26th ended at 11:00 UTC.
  ["days of a zone", {
    keys: ["2026-11-25"],
    timezone: "Pacific/Auckland",
    since: "2026-11-24T11:00:00Z",
    missing: [[], ["2026-11-26", "2026-11-27"]],
  }],
  ["nothing at all", { keys: [], since: "2026-11-20T00:00:00Z", missing: [[]] }],
];

Deno.test("emptyPeriods() is what a list leaves out", async (t) => {
  for (const [name, { keys, missing, ...more }] of ROWS) {
    await t.step(name, () => {
      const rows = keys.map((key) => ({ key }));
      const list = { by: "day" as const, rows, totalRows: rows.length, timezone: "UTC", asOf: NOON, ...more };
      deepStrictEqual(Array.from({ length: rows.length + 1 }, (_, index) => emptyPeriods(list, index)), missing);
    });
  }
});
