import { strictEqual } from "node:assert/strict";
import { CALENDAR_UNITS, calendarKey, calendarKeys, type CalendarUnit } from "./calendar.ts";

Deno.test("calendarKey()", async (t) => {
  const rows: [instant: string, unit: CalendarUnit, timezone: string, key: string][] = [
    ["2026-11-20T23:30:00Z", "day", "UTC", "2026-11-20"],
    ["2026-11-20T23:30:00Z", "day", "Europe/Stockholm", "2026-11-21"],
    ["2026-11-20T23:30:00Z", "hour", "Asia/Kolkata", "2026-11-21T05:00+05:30"],
    ["2026-11-20T23:30:00Z", "month", "UTC", "2026-11"],
    ["2026-11-30T23:30:00Z", "month", "Europe/Stockholm", "2026-12"],
    // 2027-01-01 is a Friday: it belongs to the last ISO week of 2026.
    ["2027-01-01T12:00:00Z", "week", "UTC", "2026-W53"],
    // And 2024-12-30 is a Monday of the first week of 2025.
    ["2024-12-30T12:00:00Z", "week", "UTC", "2025-W01"],
    // Sunday evening in New York is Monday in Stockholm: another week.
    ["2026-11-23T00:30:00Z", "week", "America/New_York", "2026-W47"],
    ["2026-11-23T00:30:00Z", "week", "Europe/Stockholm", "2026-W48"],
    ["2026-11-20T18:20:00Z", "hour", "Asia/Kathmandu", "2026-11-21T00:00+05:45"],
    // New York skips the hour from 02:00 to 03:00 when summer time begins.
    ["2026-03-08T06:59:59Z", "hour", "America/New_York", "2026-03-08T01:00-05:00"],
    ["2026-03-08T07:00:00Z", "hour", "America/New_York", "2026-03-08T03:00-04:00"],
    // The hour between 02:00 and 03:00 comes twice when Stockholm leaves summer time.
    ["2026-10-25T00:30:00Z", "hour", "Europe/Stockholm", "2026-10-25T02:00+02:00"],
    ["2026-10-25T01:30:00Z", "hour", "Europe/Stockholm", "2026-10-25T02:00+01:00"],
  ];
  for (const [instant, unit, timezone, key] of rows) {
    await t.step(`${instant} ${unit} ${timezone}`, () => {
      strictEqual(calendarKey(Date.parse(instant), unit, timezone), key);
    });
  }
});

Deno.test("calendarKeys() says what calendarKey() says, whatever was asked before", async (t) => {
  // Days of 23, 25 and 24.5 hours, a midnight that comes twice, a day that never was, an offset with seconds.
  const zones: [timezone: string, around: string][] = [
    ["UTC", "2026-11-20T00:00:00Z"],
    ["+05:30", "2026-11-20T18:30:00Z"],
    ["Europe/Stockholm", "2026-03-29T01:00:00Z"],
    ["Europe/Stockholm", "2026-10-25T01:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["America/Sao_Paulo", "2018-02-18T02:00:00Z"],
    ["Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["Africa/Monrovia", "1972-01-07T00:44:30Z"],
  ];
  for (const [timezone, around] of zones) {
    for (const unit of CALENDAR_UNITS) {
      await t.step(`${unit} ${timezone} ${around}`, () => {
        const keyOf = calendarKeys(unit, timezone);
        const middle = Date.parse(around);
        const near = [-1.5, -1, -0.5, 0, 0.5, 1].map((step) => middle + step);
        const quarters = Array.from({ length: 600 }, (_, place) => middle + (place - 300) * 900_000);
        const mixed = quarters.map((_, place) => quarters[(place * 77) % quarters.length]!);
        for (const at of [...near, ...quarters, ...mixed, ...near]) {
          strictEqual(keyOf(at), calendarKey(at, unit, timezone), String(at));
        }
      });
    }
  }
});
