import { deepStrictEqual, ok } from "node:assert/strict";
import { durationTicks, labelledColumns, timeTicks } from "./ticks.ts";

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

Deno.test("timeTicks() where the clock is changed", async (t) => {
  const rows: [name: string, from: string, until: string, most: number, expected: string][] = [
    // March 29, 2026: 02:00 becomes 03:00. From midnight to 06:00 it is five hours.
    [
      "forward, each six hours",
      "2026-03-28T23:00Z",
      "2026-03-29T22:00Z",
      5,
      "Mar 29@0 06:00@5 12:00@11 18:00@17 Mar 30@23",
    ],
    // October 25, 2026: 03:00 becomes 02:00. From midnight to 06:00 it is seven hours.
    [
      "back, each six hours",
      "2026-10-24T22:00Z",
      "2026-10-25T23:00Z",
      5,
      "Oct 25@0 06:00@7 12:00@13 18:00@19 Oct 26@25",
    ],
    // 02:00 is not there: 03:00 is the same instant.
    ["forward, each hour", "2026-03-28T23:00Z", "2026-03-29T03:00Z", 4, "Mar 29@0 01:00@1 03:00@2 04:00@3 05:00@4"],
    // Days: the one of the change is 23 hours long.
    ["days", "2026-03-27T23:00Z", "2026-03-30T22:00Z", 4, "Mar 28@0 Mar 29@24 Mar 30@47 Mar 31@71"],
  ];
  for (const [name, from, until, most, expected] of rows) {
    await t.step(name, () => {
      const ticks = timeTicks(at(from), at(until), "Europe/Berlin", most);
      deepStrictEqual(ticks.map((tick) => `${tick.text}@${(tick.at - at(from)) / HOUR}`).join(" "), expected);
    });
  }
});

Deno.test("timeTicks() of any length: few, in order, within, and each once", () => {
  const from = at("2026-02-10T13:37:11Z");
  for (const length of [1, 40, 3 * 60, 26 * 60, 8 * 1440, 45 * 1440, 500 * 1440, 4000 * 1440]) {
    const until = from + length * 60_000;
    const ticks = timeTicks(from, until, "America/New_York");
    ok(ticks.length <= 10, `${length}: ${ticks.length}`);
    ok(length < 15 || ticks.length >= 1, `${length}: none`);
    ticks.forEach((tick, place) => {
      ok(tick.at >= from && tick.at <= until);
      if (place > 0) ok(tick.at > ticks[place - 1]!.at, `${length}: ${tick.text} twice`);
    });
  }
  deepStrictEqual(timeTicks(from, from, "UTC"), []);
});

Deno.test("labelledColumns() has the last, and no two that touch", () => {
  // 400 pixels have room for four labels of 100: of 30 columns every eighth, from the last.
  deepStrictEqual(labelledColumns(30, 400, 100), [5, 13, 21, 29]);
  deepStrictEqual(labelledColumns(3, 400, 100), [0, 1, 2]);
  deepStrictEqual(labelledColumns(0, 400, 100), []);
});

Deno.test("durationTicks() are those within", () => {
  deepStrictEqual(durationTicks(60_000, 4 * HOUR).map(({ text }) => text), ["1m", "5m", "15m", "1h", "4h"]);
});
