import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { movePeriod, type Period, periodOfKey } from "./period.ts";

const NAMED = ["today", "7d", "30d", "month", "year"];
/** A Thursday, 05:27 in Stockholm. */
const REFERENCE = { now: Date.parse("2026-11-26T04:27:00Z"), timezone: "Europe/Stockholm" };

Deno.test("movePeriod", async (t) => {
  const rows: [from: Period, direction: "earlier" | "later", to: string | undefined][] = [
    [{ since: "today" }, "earlier", "2026-11-25..2026-11-25"],
    [{ since: "today" }, "later", undefined],
    [{ since: "2026-11-25..2026-11-25" }, "later", "today"],
    // 7d is November 20 to 26.
    [{ since: "7d" }, "earlier", "2026-11-13..2026-11-19"],
    [{ since: "2026-11-13..2026-11-19" }, "later", "7d"],
    [{ since: "2026-11-13", until: "2026-11-20" }, "later", "7d"],
    [{ since: "month" }, "earlier", "2026-10"],
    [{ since: "2026-10" }, "later", "month"],
    [{ since: "2026-10" }, "earlier", "2026-09"],
    [{ since: "2026-08..2026-10" }, "earlier", "2026-05..2026-07"],
    [{ since: "year" }, "earlier", "2025-01..2025-12"],
    [{ since: "week" }, "earlier", "2026-11-16..2026-11-22"],
    // Over the end of summer time, whose day has 25 hours.
    [{ since: "2026-10-25..2026-10-25" }, "earlier", "2026-10-24..2026-10-24"],
    [
      { since: "2026-11-25T14:00+01:00..2026-11-25T15:00+01:00" },
      "later",
      "2026-11-25T15:00+01:00..2026-11-25T16:00+01:00",
    ],
    [{ since: "12h" }, "earlier", "2026-11-25T05:27+01:00..2026-11-25T17:27+01:00"],
    [{ since: "..2026-10" }, "earlier", undefined],
  ];
  for (const [from, direction, to] of rows) {
    await t.step(`${from.since} ${direction}`, () => {
      strictEqual(movePeriod(from, direction, REFERENCE, NAMED)?.since, to);
    });
  }

  await t.step("by the hour, 7d is a week to the minute", () => {
    strictEqual(
      movePeriod({ since: "7d" }, "earlier", { ...REFERENCE, wholeDays: false }, NAMED)?.since,
      "2026-11-12T05:27+01:00..2026-11-19T05:27+01:00",
    );
  });
});

Deno.test("periodOfKey", () => {
  const rows: [by: string, key: string, since: string | undefined, finer?: string][] = [
    ["hour", "2026-11-25T23:00+01:00", "2026-11-25T23:00+01:00..2026-11-26T00:00+01:00", "hour"],
    // The first of two hours that the clock calls 02:00.
    ["hour", "2026-10-25T02:00+02:00", "2026-10-25T02:00+02:00..2026-10-25T02:00+01:00", "hour"],
    ["day", "2026-11-25", "2026-11-25..2026-11-25", "hour"],
    ["week", "2026-W47", "2026-W47", "day"],
    ["month", "2026-11", "2026-11", "day"],
    ["weekday", "monday", undefined],
    ["model", "openai/gpt-5.4", undefined],
  ];
  for (const [by, key, since, finer] of rows) {
    deepStrictEqual(
      periodOfKey(by, key, REFERENCE.timezone),
      since === undefined ? undefined : { period: { since }, by: finer },
    );
  }
});
