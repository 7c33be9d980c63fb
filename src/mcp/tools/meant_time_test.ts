import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { readRange } from "../../operations/report/time_range.ts";
import { meantTime } from "./meant_time.ts";

/** A Friday. */
const REFERENCE = { now: Date.parse("2026-11-20T12:00:00Z"), timezone: "Europe/Stockholm" };

Deno.test("meantTime() writes a time as operations read it", async (t) => {
  const rows: [said: unknown, meant: string][] = [
    ["7d", "7d"],
    ["7D", "7d"],
    ["7 days", "7d"],
    ["7 days ago", "7d"],
    ["last 7 days", "7d"],
    ["Last_7_Days", "7d"],
    ["the past 7 days", "7d"],
    ["in the last 7 days", "7d"],
    ["-7d", "7d"],
    ["now-7d", "7d"],
    ["now - 7 days", "7d"],
    ["P7D", "7d"],
    ["past 24 hours", "24h"],
    ["24hrs", "24h"],
    ["PT12H", "12h"],
    ["90 minutes ago", "90m"],
    ["90 min", "90m"],
    ["PT90M", "90m"],
    ["30 s", "30s"],
    ["2 weeks", "2w"],
    ["P2W", "2w"],
    ["last 3 months", "3mo"],
    ["P1M", "1mo"],
    ["1 year ago", "1y"],
    ["1.5 hours", "1.5h"],
    ["`today`", "today"],
    ["NOW", "NOW"],
    ["now()", "now"],
    ["last week", "last week"],
    ["2026/11/20", "2026-11-20"],
    ["2026/11/20 14:03", "2026-11-20 14:03"],
    ["2026-11-20 14:03 UTC", "2026-11-20 14:03Z"],
    ["2026-11-20T14:03:00 GMT", "2026-11-20T14:03:00Z"],
    ["2026-11-20T14:03:00.000Z", "2026-11-20T14:03:00.000Z"],
    ["2026-11-20T14:03:00.000+01:00", "2026-11-20T14:03:00.000+01:00"],
    ["2026-11-01 to 2026-11-15", "2026-11-01..2026-11-15"],
    ["2026-11-01 until 2026-11-15", "2026-11-01..2026-11-15"],
    ["2026-11-01/2026-11-15", "2026-11-01..2026-11-15"],
    ["2026/11/01 to 2026/11/15", "2026-11-01..2026-11-15"],
    ["2026-11-01 08:00 UTC to 2026-11-01 12:00 UTC", "2026-11-01 08:00Z..2026-11-01 12:00Z"],
    ["2026/11/01..2026/11/15", "2026-11-01..2026-11-15"],
    ["14 days ago .. 7 days ago", "14d..7d"],
    ["14 days ago to now", "14d..now"],
    ["2026-11-01 ..", "2026-11-01.."],
    ["2026-11-01 08:00 to 2026-11-01 12:00", "2026-11-01 08:00..2026-11-01 12:00"],
    ["2026-11-01..2026-11-15", "2026-11-01..2026-11-15"],
    [1763640000, "1763640000"],
    [1763640000000, "1763640000000"],
    [2026, "2026"],
  ];
  for (const [said, meant] of rows) {
    await t.step(JSON.stringify(said), () => {
      strictEqual(meantTime(said), meant);
      readRange({ since: meant }, REFERENCE);
    });
  }
});

Deno.test("meantTime() leaves what may be another time", async (t) => {
  for (
    const said of [
      "past week",
      "last Tuesday",
      "20/11/2026",
      "11/20/2026",
      "7 sins",
      "7",
      "20 Nov",
      "P1Y2M",
      "soon",
    ]
  ) {
    await t.step(said, () => {
      strictEqual(meantTime(said), said);
      throws(() => readRange({ since: said }, REFERENCE), /is not a time/);
    });
  }
  deepStrictEqual([1.5, true, null, ["7d"]].map(meantTime), [1.5, true, null, ["7d"]]);
});
