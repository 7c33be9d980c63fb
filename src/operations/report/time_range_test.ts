/** Ranges as people type them against both ends and the span before, in two zones, around both clock changes. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { readRange, type TimeRange, type TypedRange } from "./time_range.ts";

const iso = (at: number | undefined) =>
  at === undefined ? undefined : new Date(at).toISOString().replace(":00.000Z", "Z");

/** `2026-11-20T00:00Z to 2026-11-27T00:00Z`; an open end is `-`. */
const ends = ({ since, until }: { since?: number; until?: number }) => `${iso(since) ?? "-"} to ${iso(until) ?? "-"}`;

// A Thursday, the 48th week of the year, at 14:02.
const NOW = Date.parse("2026-11-26T14:02:00Z");

Deno.test("readRange(): ends, and the span before", async (t) => {
  const rows: [typed: TypedRange, range: string, previous: string | undefined][] = [
    [{}, "- to -", undefined],
    // Days of the calendar, that of today among them.
    [{ since: "7d", wholeDays: true }, "2026-11-20T00:00Z to -", "2026-11-13T00:00Z to 2026-11-19T14:02Z"],
    [{ since: "1w", wholeDays: true }, "2026-11-20T00:00Z to -", "2026-11-13T00:00Z to 2026-11-19T14:02Z"],
    [{ since: "2w", wholeDays: true }, "2026-11-13T00:00Z to -", "2026-10-30T00:00Z to 2026-11-12T14:02Z"],
    [{ since: "1d", wholeDays: true }, "2026-11-26T00:00Z to -", "2026-11-25T00:00Z to 2026-11-25T14:02Z"],
    [{ since: "1mo", wholeDays: true }, "2026-10-27T00:00Z to -", "2026-09-27T00:00Z to 2026-10-26T14:02Z"],
    [{ since: "1y", wholeDays: true }, "2025-11-27T00:00Z to -", "2024-11-27T00:00Z to 2025-11-26T14:02Z"],
    // Exact, with and without whole days.
    [{ since: "12h", wholeDays: true }, "2026-11-26T02:02Z to -", "2026-11-25T14:02Z to 2026-11-26T02:02Z"],
    [{ since: "90m" }, "2026-11-26T12:32Z to -", "2026-11-26T11:02Z to 2026-11-26T12:32Z"],
    [{ since: "1.5d", wholeDays: true }, "2026-11-25T02:02Z to -", "2026-11-23T14:02Z to 2026-11-25T02:02Z"],
    [{ since: "7d" }, "2026-11-19T14:02Z to -", "2026-11-12T14:02Z to 2026-11-19T14:02Z"],
    [{ since: "1mo" }, "2026-10-26T14:02Z to -", "2026-09-26T14:02Z to 2026-10-26T14:02Z"],
    [{ since: "0d", wholeDays: true }, "2026-11-26T14:02Z to -", undefined],
    // From then on.
    [{ since: "today" }, "2026-11-26T00:00Z to -", "2026-11-25T00:00Z to 2026-11-25T14:02Z"],
    [{ since: "yesterday" }, "2026-11-25T00:00Z to -", "2026-11-23T00:00Z to 2026-11-24T14:02Z"],
    [{ since: "2026-11-20" }, "2026-11-20T00:00Z to -", "2026-11-13T00:00Z to 2026-11-19T14:02Z"],
    [{ since: "2026-11-26T10:02Z" }, "2026-11-26T10:02Z to -", "2026-11-26T06:02Z to 2026-11-26T10:02Z"],
    // All of it; what still runs is compared with the same part of the one before.
    [{ since: "week" }, "2026-11-23T00:00Z to 2026-11-30T00:00Z", "2026-11-16T00:00Z to 2026-11-19T14:02Z"],
    [{ since: "month" }, "2026-11-01T00:00Z to 2026-12-01T00:00Z", "2026-10-01T00:00Z to 2026-10-26T14:02Z"],
    [{ since: "year" }, "2026-01-01T00:00Z to 2027-01-01T00:00Z", "2025-01-01T00:00Z to 2025-11-26T14:02Z"],
    [{ since: "2026-11" }, "2026-11-01T00:00Z to 2026-12-01T00:00Z", "2026-10-01T00:00Z to 2026-10-26T14:02Z"],
    [{ since: "2026-10" }, "2026-10-01T00:00Z to 2026-11-01T00:00Z", "2026-09-01T00:00Z to 2026-10-01T00:00Z"],
    [{ since: "2025" }, "2025-01-01T00:00Z to 2026-01-01T00:00Z", "2024-01-01T00:00Z to 2025-01-01T00:00Z"],
    [{ since: "2026-W47" }, "2026-11-16T00:00Z to 2026-11-23T00:00Z", "2026-11-09T00:00Z to 2026-11-16T00:00Z"],
    [{ since: "lastweek" }, "2026-11-16T00:00Z to 2026-11-23T00:00Z", "2026-11-09T00:00Z to 2026-11-16T00:00Z"],
    [{ since: "last-month" }, "2026-10-01T00:00Z to 2026-11-01T00:00Z", "2026-09-01T00:00Z to 2026-10-01T00:00Z"],
    [{ since: "lastyear" }, "2025-01-01T00:00Z to 2026-01-01T00:00Z", "2024-01-01T00:00Z to 2025-01-01T00:00Z"],
    // Both ends: the last day, week or month is in it.
    [{ since: "yesterday..today" }, "2026-11-25T00:00Z to 2026-11-27T00:00Z", "2026-11-23T00:00Z to 2026-11-24T14:02Z"],
    [
      { since: "yesterday..yesterday" },
      "2026-11-25T00:00Z to 2026-11-26T00:00Z",
      "2026-11-24T00:00Z to 2026-11-25T00:00Z",
    ],
    [
      { since: "2026-11-01..2026-11-15" },
      "2026-11-01T00:00Z to 2026-11-16T00:00Z",
      "2026-10-17T00:00Z to 2026-11-01T00:00Z",
    ],
    [
      { since: "2026-09 .. 2026-10" },
      "2026-09-01T00:00Z to 2026-11-01T00:00Z",
      "2026-07-01T00:00Z to 2026-09-01T00:00Z",
    ],
    [{ since: "lastweek..week" }, "2026-11-16T00:00Z to 2026-11-30T00:00Z", "2026-11-02T00:00Z to 2026-11-12T14:02Z"],
    [
      { since: "14d..7d", wholeDays: true },
      "2026-11-13T00:00Z to 2026-11-20T00:00Z",
      "2026-11-06T00:00Z to 2026-11-13T00:00Z",
    ],
    [
      { since: "7d..now", wholeDays: true },
      "2026-11-20T00:00Z to 2026-11-26T14:02Z",
      "2026-11-13T00:00Z to 2026-11-19T14:02Z",
    ],
    [
      { since: "2026-11-26T08:00..2026-11-26T10:00" },
      "2026-11-26T08:00Z to 2026-11-26T10:00Z",
      "2026-11-26T06:00Z to 2026-11-26T08:00Z",
    ],
    // A day and a time of day: as long as it is.
    [
      { since: "2026-11-20..2026-11-20T12:00" },
      "2026-11-20T00:00Z to 2026-11-20T12:00Z",
      "2026-11-19T12:00Z to 2026-11-20T00:00Z",
    ],
    // Open at one end.
    [{ since: "2026-10.." }, "2026-10-01T00:00Z to -", "2026-08-01T00:00Z to 2026-09-26T14:02Z"],
    [{ since: "lastweek.." }, "2026-11-16T00:00Z to -", "2026-11-05T00:00Z to 2026-11-15T14:02Z"],
    [{ since: "..2026-10" }, "- to 2026-11-01T00:00Z", undefined],
    // `until` is where it ends.
    [
      { since: "2026-11-01", until: "2026-11-15" },
      "2026-11-01T00:00Z to 2026-11-15T00:00Z",
      "2026-10-18T00:00Z to 2026-11-01T00:00Z",
    ],
    [
      { since: "2026-09", until: "2026-11" },
      "2026-09-01T00:00Z to 2026-11-01T00:00Z",
      "2026-07-01T00:00Z to 2026-09-01T00:00Z",
    ],
    [
      { since: "lastmonth", until: "today" },
      "2026-10-01T00:00Z to 2026-11-26T00:00Z",
      "2026-08-06T00:00Z to 2026-10-01T00:00Z",
    ],
    [
      { since: "14d", until: "7d", wholeDays: true },
      "2026-11-13T00:00Z to 2026-11-20T00:00Z",
      "2026-11-06T00:00Z to 2026-11-13T00:00Z",
    ],
    [{ until: "2026-11" }, "- to 2026-11-01T00:00Z", undefined],
    // Nothing, or still to come: there is nothing to compare it with.
    [{ since: "today", until: "today" }, "2026-11-26T00:00Z to 2026-11-26T00:00Z", undefined],
    [{ since: "2026-12" }, "2026-12-01T00:00Z to 2027-01-01T00:00Z", undefined],
  ];
  for (const [typed, range, previous] of rows) {
    await t.step(JSON.stringify(typed), () => {
      const read = readRange(typed, { now: NOW, timezone: "UTC" });
      deepStrictEqual([ends(read), read.previous && ends(read.previous)], [range, previous]);
      strictEqual(read.shift === undefined, previous === undefined);
    });
  }
});

Deno.test("readRange() goes by the calendar of the zone", async (t) => {
  const rows: [typed: string, timezone: string, now: string, range: string, previous: string][] = [
    // Clocks in Stockholm went forward on March 29, 2026: the seven days have 167 hours.
    ["7d", "Europe/Stockholm", "2026-04-01T12:02Z", "2026-03-25T23:00Z to -", "2026-03-18T23:00Z to 2026-03-25T13:02Z"],
    // And back on October 25: that day has 25, the one before 24.
    ["1d", "Europe/Stockholm", "2026-10-25T13:02Z", "2026-10-24T22:00Z to -", "2026-10-23T22:00Z to 2026-10-24T12:02Z"],
    [
      "month",
      "Europe/Stockholm",
      "2026-11-26T13:02Z",
      "2026-10-31T23:00Z to 2026-11-30T23:00Z",
      "2026-09-30T22:00Z to 2026-10-26T13:02Z",
    ],
    // In New York it is the evening of October 31: the month, the week and the day are those before.
    [
      "month",
      "America/New_York",
      "2026-11-01T03:00Z",
      "2026-10-01T04:00Z to 2026-11-01T04:00Z",
      "2026-09-01T04:00Z to 2026-10-01T03:00Z",
    ],
    ["7d", "America/New_York", "2026-11-05T15:00Z", "2026-10-30T04:00Z to -", "2026-10-23T04:00Z to 2026-10-29T14:00Z"],
    [
      "lastweek",
      "America/New_York",
      "2026-11-05T15:00Z",
      "2026-10-26T04:00Z to 2026-11-02T05:00Z",
      "2026-10-19T04:00Z to 2026-10-26T04:00Z",
    ],
    // Hours are hours.
    [
      "24h",
      "America/New_York",
      "2026-11-01T15:00Z",
      "2026-10-31T15:00Z to -",
      "2026-10-30T15:00Z to 2026-10-31T15:00Z",
    ],
    // Chile skips midnight on September 6, 2026: that day begins at 01:00.
    ["1d", "America/Santiago", "2026-09-06T15:00Z", "2026-09-06T04:00Z to -", "2026-09-05T05:00Z to 2026-09-05T16:00Z"],
    // A month without a 31st is compared up to its end.
    [
      "month",
      "UTC",
      "2026-03-31T14:02Z",
      "2026-03-01T00:00Z to 2026-04-01T00:00Z",
      "2026-02-01T00:00Z to 2026-02-28T14:02Z",
    ],
    ["1mo", "UTC", "2026-03-31T14:02Z", "2026-03-01T00:00Z to -", "2026-02-01T00:00Z to 2026-02-28T14:02Z"],
    ["1mo", "UTC", "2026-05-30T14:02Z", "2026-05-01T00:00Z to -", "2026-04-01T00:00Z to 2026-04-30T14:02Z"],
    [
      "lastmonth",
      "UTC",
      "2026-03-31T14:02Z",
      "2026-02-01T00:00Z to 2026-03-01T00:00Z",
      "2026-01-01T00:00Z to 2026-02-01T00:00Z",
    ],
    [
      "2028-02",
      "UTC",
      "2028-02-29T14:02Z",
      "2028-02-01T00:00Z to 2028-03-01T00:00Z",
      "2028-01-01T00:00Z to 2028-01-29T14:02Z",
    ],
    [
      "year",
      "UTC",
      "2028-02-29T14:02Z",
      "2028-01-01T00:00Z to 2029-01-01T00:00Z",
      "2027-01-01T00:00Z to 2027-02-28T14:02Z",
    ],
  ];
  for (const [since, timezone, now, range, previous] of rows) {
    await t.step(`${since} at ${now} in ${timezone}`, () => {
      const read = readRange({ since, wholeDays: true }, { now: Date.parse(now), timezone });
      deepStrictEqual([ends(read), ends(read.previous!)], [range, previous]);
    });
  }
});

Deno.test("readRange() says how far it moves back", async (t) => {
  const rows: [typed: TypedRange, shift: TimeRange["shift"]][] = [
    [{ since: "7d", wholeDays: true }, { days: 7 }],
    [{ since: "week" }, { days: 7 }],
    [{ since: "month" }, { months: 1 }],
    [{ since: "year" }, { months: 12 }],
    [{ since: "1y", wholeDays: true }, { months: 12 }],
    [{ since: "2026-09..2026-11" }, { months: 3 }],
    [{ since: "2026-09..2026-11-15" }, { days: 76 }], // 30 + 31 + 15
    [{ since: "2h" }, { milliseconds: 7_200_000 }],
  ];
  for (const [typed, shift] of rows) {
    await t.step(JSON.stringify(typed), () => {
      deepStrictEqual(readRange(typed, { now: NOW, timezone: "UTC" }).shift, shift);
    });
  }
});

Deno.test("readRange() says what is wrong", async (t) => {
  const rows: [typed: TypedRange, message: string][] = [
    [{ since: "2026-11-15..2026-11-01" }, `The range ends before it begins: "2026-11-01" is before "2026-11-15".`],
    // All of the 19th counts, which is over where the 20th begins.
    [{ since: "2026-11-20..2026-11-19" }, `The range ends before it begins: "2026-11-19" is before "2026-11-20".`],
    [{ since: "month..2026-10" }, `The range ends before it begins: "2026-10" is before "month".`],
    [{ since: "7d", until: "14d" }, `The range ends before it begins: "14d" is before "7d".`],
    [{ since: "now..yesterday" }, `The range ends before it begins: "yesterday" is before "now".`],
    [{ since: ".." }, `".." has no end: expected a time on one side at least.`],
    [{ since: "a..b" }, `"a" is not a time: expected a date, a date and time, or how long ago.`],
    [
      { since: "2025-11-01...2025-11-03" },
      `".2025-11-03" is not a time: expected a date, a date and time, or how long ago.`,
    ],
    [
      { since: "yesterday..today", until: "now" },
      `"yesterday..today" is a range, and "now" another end: expected one of them.`,
    ],
    [{ since: "7d", until: "lastweek" }, `"lastweek" is a range of time: expected a point in time.`],
    [{ until: "yesterday..today" }, `"yesterday..today" is a range of time: expected a point in time.`],
    [{ since: "2026-02-30..today" }, `There is no date or time "2026-02-30": expected one that exists.`],
  ];
  for (const [typed, message] of rows) {
    await t.step(JSON.stringify(typed), () => {
      throws(
        () => readRange(typed, { now: NOW, timezone: "UTC" }),
        (error) =>
          error instanceof AgentError && error.code === "usage" && error.message === message &&
          error.hint !== undefined,
      );
    });
  }
});
