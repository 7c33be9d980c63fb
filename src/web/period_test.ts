import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { movePeriod, periodOfKey } from "./period.ts";

/** A Thursday, 05:27 in Stockholm. */
const REFERENCE = { now: Date.parse("2026-11-26T04:27:00Z"), timezone: "Europe/Stockholm" };

Deno.test("movePeriod", async (t) => {
  /** As an answer says it: midnight in Stockholm is 23:00 in winter, and 22:00 in summer. */
  const at = (text: string) =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(REFERENCE.timezone).toInstant().toString();
  const rows: [name: string, since: string, until: string | undefined, "earlier" | "later", to: string | undefined][] =
    [
      ["today", "2026-11-26", undefined, "earlier", "2026-11-25..2026-11-25"],
      ["today", "2026-11-26", undefined, "later", undefined],
      ["yesterday", "2026-11-25", "2026-11-26", "later", "today"],
      ["7d", "2026-11-20", undefined, "earlier", "2026-11-13..2026-11-19"],
      ["the week before 7d", "2026-11-13", "2026-11-20", "later", "7d"],
      ["month", "2026-11-01", "2026-12-01", "earlier", "2026-10"],
      ["last month", "2026-10-01", "2026-11-01", "later", "month"],
      ["last month", "2026-10-01", "2026-11-01", "earlier", "2026-09"],
      ["three months", "2026-08-01", "2026-11-01", "earlier", "2026-05..2026-07"],
      ["year", "2026-01-01", "2027-01-01", "earlier", "2025"],
      ["last year", "2025-01-01", "2026-01-01", "later", "year"],
      ["a week", "2026-11-16", "2026-11-23", "earlier", "2026-11-09..2026-11-15"],
      // The end of summer time: that day has 25 hours.
      ["October 25", "2026-10-25", "2026-10-26", "earlier", "2026-10-24..2026-10-24"],
      ["October 24", "2026-10-24", "2026-10-25", "later", "2026-10-25..2026-10-25"],
      ["an hour", "2026-11-25T14:00", "2026-11-25T15:00", "later", "2026-11-25T15:00+01:00..2026-11-25T16:00+01:00"],
      ["12h", "2026-11-25T17:27", undefined, "earlier", "2026-11-25T05:27+01:00..2026-11-25T17:27+01:00"],
    ];
  for (const [name, since, until, direction, to] of rows) {
    await t.step(`${name}, ${direction}`, () => {
      const span = { since: at(since), until: until && at(until) };
      strictEqual(movePeriod(span, direction, REFERENCE)?.since, to);
    });
  }
  await t.step("what has no beginning", () => {
    strictEqual(movePeriod({ until: at("2026-11-01") }, "earlier", REFERENCE), undefined);
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
