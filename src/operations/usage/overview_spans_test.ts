/** Which days the spans of the first screen have, each beside as much of the one before, and what falls into them. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE } from "../../core/model.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import { GrowingSpans, readSpans, type SpanRanges, startOfSpans } from "./overview_spans.ts";

function addUpSpans(ranges: SpanRanges, usage: readonly UsageBucket[], now: number) {
  const spans = new GrowingSpans(ranges);
  for (const bucket of usage) spans.add(bucket);
  return spans.toJson(now);
}

function spansAt(now: string, timezone = "UTC") {
  const reference = { now: Date.parse(now), timezone };
  const ranges = readSpans(reference);
  return { ranges, spans: addUpSpans(ranges, [], reference.now) };
}

Deno.test("each span is whole days up to now, beside as much of the one before", async (t) => {
  type Row = readonly [since: string, until: string, before: string, beforeUntil: string];
  const rows: [now: string, timezone: string, spans: Record<string, Row>][] = [
    // A Thursday. The quarter that 14:07 lies in ends at 14:15.
    ["2026-11-26T14:07:00Z", "UTC", {
      today: ["2026-11-26T00:00", "2026-11-26T14:07", "2026-11-25T00:00", "2026-11-25T14:15"],
      yesterday: ["2026-11-25T00:00", "2026-11-26T00:00", "2026-11-24T00:00", "2026-11-25T00:00"],
      sevenDays: ["2026-11-20T00:00", "2026-11-26T14:07", "2026-11-13T00:00", "2026-11-19T14:15"],
      thirtyDays: ["2026-10-28T00:00", "2026-11-26T14:07", "2026-09-28T00:00", "2026-10-27T14:15"],
      month: ["2026-11-01T00:00", "2026-11-26T14:07", "2026-10-01T00:00", "2026-10-26T14:15"],
    }],
    // A month before that has no such day ends with its last one.
    ["2026-03-31T10:00:00Z", "UTC", {
      month: ["2026-03-01T00:00", "2026-03-31T10:00", "2026-02-01T00:00", "2026-02-28T10:00"],
    }],
    // In Stockholm it is the day after, and its midnight is at 23:00.
    ["2026-11-25T23:30:00Z", "Europe/Stockholm", {
      today: ["2026-11-25T23:00", "2026-11-25T23:30", "2026-11-24T23:00", "2026-11-24T23:30"],
      yesterday: ["2026-11-24T23:00", "2026-11-25T23:00", "2026-11-23T23:00", "2026-11-24T23:00"],
    }],
    // The clock was set back on the 25th of October: noon is noon, and the day had 25 hours.
    ["2026-10-25T11:00:00Z", "Europe/Stockholm", {
      today: ["2026-10-24T22:00", "2026-10-25T11:00", "2026-10-23T22:00", "2026-10-24T10:00"],
    }],
  ];
  for (const [now, timezone, expected] of rows) {
    const { spans } = spansAt(now, timezone);
    for (const [name, row] of Object.entries(expected)) {
      await t.step(`${name} at ${now} in ${timezone}`, () => {
        const { since, until, previous } = spans[name as keyof typeof spans];
        deepStrictEqual([since, until, previous?.since, previous?.until], row.map((time) => `${time}:00.000Z`));
      });
    }
  }
});

Deno.test("one question covers all of them: from the month before, or sixty days ago", () => {
  strictEqual(startOfSpans(spansAt("2026-11-26T14:07:00Z").ranges), Date.parse("2026-09-28T00:00:00Z"));
  // The 31st: the month before began 61 days ago.
  strictEqual(startOfSpans(spansAt("2026-08-31T14:07:00Z").ranges), Date.parse("2026-07-01T00:00:00Z"));
});

Deno.test("what falls into which span", () => {
  const now = Date.parse("2026-11-26T14:07:00Z");
  const bucket = (session: number, at: string, usd: number): UsageBucket => ({
    at: Date.parse(at),
    session,
    source: "pi",
    sessionId: `s${session}`,
    model: { provider: "p", model: "m" },
    turns: 1,
    usage: { ...NO_USAGE, input: 10, cacheRead: 30 },
    cost: { usd, basis: "reported", unpricedTurns: 0 },
    savedUsd: 0,
    unknownSavings: 0,
  });
  const buckets = [
    { ...bucket(1, "2026-11-26T00:00:00Z", 1), lost: { misses: 1, tokens: 5000, usd: 0.5, unpriced: 0 } },
    { ...bucket(1, "2026-11-26T14:00:00Z", 2), lost: { misses: 1, tokens: 5000, usd: 0, unpriced: 1 } },
    // The clock of another machine may be ahead: what it says is of today.
    bucket(2, "2026-11-26T15:00:00Z", 4),
    // Of yesterday, in the quarter that now is in, and in the next.
    { ...bucket(3, "2026-11-25T14:00:00Z", 8), lost: { misses: 1, tokens: 5000, usd: 2, unpriced: 0 } },
    bucket(3, "2026-11-25T14:15:00Z", 16),
    bucket(4, "2026-11-20T00:00:00Z", 32),
    bucket(4, "2026-11-19T23:45:00Z", 64),
    bucket(5, "2026-10-31T23:45:00Z", 128),
    bucket(5, "2026-10-26T14:15:00Z", 256),
    bucket(5, "2026-10-01T00:00:00Z", 512),
  ];
  const { ranges } = spansAt("2026-11-26T14:07:00Z");
  const spans = addUpSpans(ranges, buckets, now);
  const sums = Object.entries(spans).map(([name, { cost, previous }]) => [name, cost.usd, previous!.cost.usd]);
  deepStrictEqual(sums, [
    ["today", 1 + 2 + 4, 8],
    ["yesterday", 8 + 16, 0],
    // The 19th is before the seven days, and after the part of those before that has passed.
    ["sevenDays", 1 + 2 + 4 + 8 + 16 + 32, 0],
    ["thirtyDays", 1 + 2 + 4 + 8 + 16 + 32 + 64 + 128, 256 + 512],
    ["month", 1 + 2 + 4 + 8 + 16 + 32 + 64, 512],
  ]);
  const { turns, sessions, cacheHitRatio, misses: lost, missUsd, previous } = spans.today;
  deepStrictEqual([turns, sessions, cacheHitRatio, lost, missUsd], [3, 2, 0.75, 2, 0.5]);
  deepStrictEqual([previous?.misses, previous?.missUsd], [1, 2]);
});

Deno.test("when a span has only begun there is nothing to compare it with", () => {
  const { spans, ranges } = spansAt("2026-11-01T00:00:00Z");
  strictEqual(spans.today.previous, undefined);
  strictEqual(spans.month.previous, undefined);
  const { since, until } = spans.yesterday.previous!;
  deepStrictEqual([since, until], ["2026-10-30T00:00:00.000Z", "2026-10-31T00:00:00.000Z"]);
  deepStrictEqual([spans.today.since, spans.today.until], ["2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"]);
  strictEqual(Number.isFinite(startOfSpans(ranges)), true);
});
