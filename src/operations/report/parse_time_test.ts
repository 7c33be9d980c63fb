/** What people type against the instant it means, in two zones, around both clock changes. */
import { strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { parseTime } from "./parse_time.ts";

const NOW = Date.parse("2025-11-20T01:30:00Z");

Deno.test("parseTime", async (t) => {
  const rows: [text: string, timezone: string, iso: string][] = [
    ["now", "UTC", "2025-11-20T01:30:00.000Z"],
    ["today", "UTC", "2025-11-20T00:00:00.000Z"],
    ["today", "Europe/Stockholm", "2025-11-19T23:00:00.000Z"],
    // In New York it is still the evening of the 19th.
    ["today", "America/New_York", "2025-11-19T05:00:00.000Z"],
    ["Yesterday", "America/New_York", "2025-11-18T05:00:00.000Z"],
    ["90m", "UTC", "2025-11-20T00:00:00.000Z"],
    ["30s", "UTC", "2025-11-20T01:29:30.000Z"],
    ["12h", "UTC", "2025-11-19T13:30:00.000Z"],
    ["1.5h", "UTC", "2025-11-20T00:00:00.000Z"],
    ["7d", "Europe/Stockholm", "2025-11-13T01:30:00.000Z"],
    ["2W", "UTC", "2025-11-06T01:30:00.000Z"],
    ["1mo", "UTC", "2025-10-20T01:30:00.000Z"],
    // By the calendar: the clock of Stockholm was an hour ahead of winter time on October 20.
    ["1mo", "Europe/Stockholm", "2025-10-20T00:30:00.000Z"],
    // In New York it is the 19th, at 20:30.
    ["1mo", "America/New_York", "2025-10-20T00:30:00.000Z"],
    ["9MO", "UTC", "2025-02-20T01:30:00.000Z"],
    ["1y", "UTC", "2024-11-20T01:30:00.000Z"],
    ["0mo", "UTC", "2025-11-20T01:30:00.000Z"],
    // November 20, 2025 is a Thursday.
    ["week", "UTC", "2025-11-17T00:00:00.000Z"],
    ["this week", "Europe/Stockholm", "2025-11-16T23:00:00.000Z"],
    ["month", "UTC", "2025-11-01T00:00:00.000Z"],
    // The first of the month is still in summer time there.
    ["thismonth", "America/New_York", "2025-11-01T04:00:00.000Z"],
    ["Year", "Europe/Stockholm", "2024-12-31T23:00:00.000Z"],
    ["2025-11", "Europe/Stockholm", "2025-10-31T23:00:00.000Z"],
    ["2025-07", "Europe/Stockholm", "2025-06-30T22:00:00.000Z"],
    ["2025", "UTC", "2025-01-01T00:00:00.000Z"],
    ["2025-W47", "UTC", "2025-11-17T00:00:00.000Z"],
    // The first week of 2026 begins in 2025, and 2020 had 53.
    ["2026-w01", "UTC", "2025-12-29T00:00:00.000Z"],
    ["2020-W53", "UTC", "2020-12-28T00:00:00.000Z"],
    ["2025-11-20", "UTC", "2025-11-20T00:00:00.000Z"],
    ["2025-11-20", "Europe/Stockholm", "2025-11-19T23:00:00.000Z"],
    ["2025-07-01", "Europe/Stockholm", "2025-06-30T22:00:00.000Z"],
    ["2025-11-20T14:03", "UTC", "2025-11-20T14:03:00.000Z"],
    ["2025-11-20 14:03", "America/New_York", "2025-11-20T19:03:00.000Z"],
    ["2025-11-20t14:03:05.25", "Europe/Stockholm", "2025-11-20T13:03:05.250Z"],
    ["2025-11-20T14:03Z", "America/New_York", "2025-11-20T14:03:00.000Z"],
    ["2025-11-20T14:03:00+01:00", "America/New_York", "2025-11-20T13:03:00.000Z"],
    ["2025-11-20T14:03-0530", "UTC", "2025-11-20T19:33:00.000Z"],
    ["1763603000", "America/New_York", "2025-11-20T01:43:20.000Z"],
    ["1763603000123", "UTC", "2025-11-20T01:43:20.123Z"],
    ["  2025-11-20  ", "UTC", "2025-11-20T00:00:00.000Z"],
    // Clocks in Stockholm go from 02:00 to 03:00 on 2025-03-30: half past two is half past three.
    ["2025-03-30T02:30", "Europe/Stockholm", "2025-03-30T01:30:00.000Z"],
    // And from 03:00 to 02:00 on 2025-10-26: half past two occurs twice, the first time in summer time.
    ["2025-10-26T02:30", "Europe/Stockholm", "2025-10-26T00:30:00.000Z"],
    ["2025-11-02T01:30", "America/New_York", "2025-11-02T05:30:00.000Z"],
    // Chile skips midnight: 2025-09-07 begins at 01:00, which is 04:00 in UTC.
    ["2025-09-07", "America/Santiago", "2025-09-07T04:00:00.000Z"],
  ];
  for (const [text, timezone, iso] of rows) {
    await t.step(`${text} in ${timezone}`, () => {
      strictEqual(new Date(parseTime(text, { now: NOW, timezone })).toISOString(), iso);
    });
  }
});

Deno.test("yesterday is a calendar day, 23 hours long after the clock went forward", () => {
  const now = Date.parse("2025-03-31T10:00:00Z");
  const timezone = "Europe/Stockholm";
  strictEqual(parseTime("today", { now, timezone }) - parseTime("yesterday", { now, timezone }), 23 * 3_600_000);
});

Deno.test("months and years ago end with the month where it has no such day", async (t) => {
  const rows: [text: string, now: string, timezone: string, iso: string][] = [
    ["1mo", "2025-03-31T12:00:00Z", "UTC", "2025-02-28T12:00:00.000Z"],
    ["1mo", "2024-03-30T12:00:00Z", "UTC", "2024-02-29T12:00:00.000Z"],
    ["1y", "2024-02-29T12:00:00Z", "UTC", "2023-02-28T12:00:00.000Z"],
    ["12mo", "2024-02-29T12:00:00Z", "UTC", "2023-02-28T12:00:00.000Z"],
    // 00:30 on March 31 in Stockholm, when it is still the 30th in UTC.
    ["1mo", "2025-03-30T22:30:00Z", "Europe/Stockholm", "2025-02-27T23:30:00.000Z"],
  ];
  for (const [text, now, timezone, iso] of rows) {
    await t.step(`${text} at ${now} in ${timezone}`, () => {
      strictEqual(new Date(parseTime(text, { now: Date.parse(now), timezone })).toISOString(), iso);
    });
  }
});

Deno.test("parseTime says what was expected", async (t) => {
  const rows: [text: string, message: string][] = [
    ["", `"" is not a time: expected a date, a date and time, or how long ago.`],
    ["soon", `"soon" is not a time: expected a date, a date and time, or how long ago.`],
    ["1925", `"1925" is not a time: expected a date, a date and time, or how long ago.`],
    ["1.5mo", `"1.5mo" is not a time: expected a date, a date and time, or how long ago.`],
    ["lastday", `"lastday" is not a time: expected a date, a date and time, or how long ago.`],
    ["2025-1", `"2025-1" is not a time: expected a date, a date and time, or how long ago.`],
    ["20251120", `"20251120" is not a time: expected a date, a date and time, or how long ago.`],
    ["7", `"7" is not a time: expected a date, a date and time, or how long ago.`],
    ["7 days", `"7 days" is not a time: expected a date, a date and time, or how long ago.`],
    ["-7d", `"-7d" is not a time: expected a date, a date and time, or how long ago.`],
    ["2025-11-20T14", `"2025-11-20T14" is not a time: expected a date, a date and time, or how long ago.`],
    ["999999999w", `"999999999w" ago is before 1970: expected a shorter time.`],
    ["60y", `"60y" ago is before 1970: expected a shorter time.`],
    ["999999999y", `"999999999y" ago is before 1970: expected a shorter time.`],
    ["2025-13", `There is no date or time "2025-13": expected one that exists.`],
    ["2025-W53", `There is no date or time "2025-W53": expected one that exists.`],
    ["2025-W00", `There is no date or time "2025-W00": expected one that exists.`],
    ["lastweek", `"lastweek" is a range of time: expected a point in time.`],
    ["Last Month", `"Last Month" is a range of time: expected a point in time.`],
    ["yesterday..today", `"yesterday..today" is a range of time: expected a point in time.`],
    ["2025-13-01", `There is no date or time "2025-13-01": expected one that exists.`],
    ["2025-02-29", `There is no date or time "2025-02-29": expected one that exists.`],
    ["2025-02-30T10:00", `There is no date or time "2025-02-30T10:00": expected one that exists.`],
    ["2025-11-20T24:30Z", `There is no date or time "2025-11-20T24:30Z": expected one that exists.`],
  ];
  for (const [text, message] of rows) {
    await t.step(JSON.stringify(text), () =>
      throws(
        () => parseTime(text, { now: NOW, timezone: "UTC" }),
        (error) =>
          error instanceof AgentError && error.code === "usage" && error.message === message &&
          error.hint?.includes("2025-11-20T14:03Z") === true,
      ));
  }
});
