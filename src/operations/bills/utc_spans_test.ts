import { deepStrictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { readBillMonth, utcDay, utcWeek } from "./utc_spans.ts";

const iso = ({ since, until }: { since: number; until: number }) =>
  [since, until].map((at) => new Date(at).toISOString().slice(0, 16));
const at = (text: string) => Date.parse(text);

Deno.test("days, and weeks from Monday", () => {
  // 2026-11-27 is a Friday, 2026-11-29 a Sunday, 2026-11-30 a Monday.
  deepStrictEqual(iso(utcDay(at("2026-11-27T00:00:00Z"))), ["2026-11-27T00:00", "2026-11-28T00:00"]);
  deepStrictEqual(iso(utcDay(at("2026-11-27T23:59:59.999Z"))), ["2026-11-27T00:00", "2026-11-28T00:00"]);
  for (const time of ["2026-11-23T00:00:00Z", "2026-11-27T04:10:00Z", "2026-11-29T23:59:59Z"]) {
    deepStrictEqual(iso(utcWeek(at(time))), ["2026-11-23T00:00", "2026-11-30T00:00"]);
  }
  deepStrictEqual(iso(utcWeek(at("2026-11-30T00:00:00Z"))), ["2026-11-30T00:00", "2026-12-07T00:00"]);
});

Deno.test("months", () => {
  const now = at("2026-11-27T04:10:00Z");
  const { key, isRunning, ...span } = readBillMonth(undefined, now);
  deepStrictEqual([key, isRunning, ...iso(span)], ["2026-11", true, "2026-11-01T00:00", "2026-12-01T00:00"]);
  const december = readBillMonth("2025-12", now);
  deepStrictEqual([december.isRunning, ...iso(december)], [false, "2025-12-01T00:00", "2026-01-01T00:00"]);
  for (const text of ["2026-13", "2026-1", "November", "", "2026-12"]) {
    throws(() => readBillMonth(text, now), (error) => error instanceof AgentError && error.code === "usage");
  }
});
