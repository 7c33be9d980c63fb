import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cost } from "../../core/model.ts";
import { comparePlans, planLine, type Plans, type PlanSpan } from "./plans.ts";

const at = (iso: string) => Date.parse(iso);
// A Thursday in a month of 30 days.
const NOW = at("2026-11-26T14:02:00Z");
const PLANS: Plans = { anthropic: { name: "Max 20x", usdPerMonth: 200 }, openai: { name: "Plus", usdPerMonth: 20 } };

const cost = (usd: number, unpricedTurns = 0): Cost => ({
  usd,
  basis: usd === 0 && unpricedTurns > 0 ? "none" : "computed",
  unpricedTurns,
});

Deno.test("planLine(): what the turns cost at list prices, and the plan in that time", async (t) => {
  const rows: [name: string, span: Partial<PlanSpan>, line: string][] = [
    // 200 / 30 * 7 = 46.67
    ["seven days, that of today among them", { since: at("2026-11-20T00:00Z") }, "$46.67 for these 7 days."],
    ["today", { since: at("2026-11-26T00:00Z") }, "$6.67 for this day."],
    // 26 of 30 days
    [
      "a month that runs",
      { since: at("2026-11-01T00:00Z"), until: at("2026-12-01T00:00Z") },
      "$173.33 for these 26 days.",
    ],
    ["a whole month", { since: at("2026-10-01T00:00Z"), until: at("2026-11-01T00:00Z") }, "$200.00 for these 31 days."],
    // 2 of 31 and 3 of 30: 200 * (2 / 31 + 3 / 30) = 32.90
    [
      "over the end of a month",
      { since: at("2026-10-30T00:00Z"), until: at("2026-11-04T00:00Z") },
      "$32.90 for these 5 days.",
    ],
    [
      "a whole year",
      { since: at("2025-01-01T00:00Z"), until: at("2026-01-01T00:00Z") },
      "$2,400.00 for these 365 days.",
    ],
    // 12 hours: 200 / 30 / 2 = 3.33
    ["hours", { since: at("2026-11-26T02:02Z") }, "$3.33 for these 12h 00m."],
    // October 1 to November 26: 200 * (1 + 26 / 30) = 373.33
    ["all there is", { first: at("2026-10-01T09:30Z") }, "$373.33 for these 57 days."],
    [
      "all there is before a day",
      { first: at("2026-10-30T09:30Z"), until: at("2026-11-01T00:00Z") },
      "$12.90 for these 2 days.", // 200 * 2 / 31
    ],
  ];
  for (const [name, span, end] of rows) {
    await t.step(name, () => {
      const [worth] = comparePlans([{ provider: "anthropic", cost: cost(638.11) }], PLANS, {
        now: NOW,
        timezone: "UTC",
        ...span,
      });
      strictEqual(
        planLine(worth!, "UTC"),
        `anthropic: $638.11 at list prices; Max 20x costs $200.00 a month, ${end}`,
      );
    });
  }
});

Deno.test("a time that is not known is said to be so, and never guessed", async (t) => {
  const spans: [name: string, span: Partial<PlanSpan>][] = [
    ["no turn has a time", {}],
    ["an end alone", { until: at("2026-11-01T00:00Z") }],
    ["a first turn at no time", { first: -Infinity }],
    ["still to come", { since: at("2026-12-01T00:00Z") }],
  ];
  for (const [name, span] of spans) {
    await t.step(name, () => {
      const [worth] = comparePlans([{ provider: "openai", cost: cost(3) }], PLANS, {
        now: NOW,
        timezone: "UTC",
        ...span,
      });
      deepStrictEqual([worth!.planUsd, worth!.since, worth!.until], [undefined, undefined, undefined]);
      strictEqual(
        planLine(worth!, "UTC"),
        "openai: $3.00 at list prices; Plus costs $20.00 a month. How many months these are is not known.",
      );
    });
  }
});

Deno.test("comparePlans() has providers with a plan alone, the dearest first", () => {
  const sums = [
    { provider: "openai", cost: cost(1) },
    { provider: "anthropic", cost: cost(2) },
    { provider: "opper", cost: cost(99) },
    { provider: "anthropic", cost: cost(3, 4) },
    { provider: "constructor", cost: cost(1) },
  ];
  const october = { since: at("2026-10-01T00:00Z"), until: at("2026-11-01T00:00Z") };
  deepStrictEqual(comparePlans(sums, PLANS, { now: NOW, timezone: "UTC", ...october }), [
    {
      provider: "anthropic",
      name: "Max 20x",
      usdPerMonth: 200,
      listUsd: 5,
      unpricedTurns: 4,
      since: "2026-10-01T00:00:00.000Z",
      until: "2026-11-01T00:00:00.000Z",
      planUsd: 200,
    },
    {
      provider: "openai",
      name: "Plus",
      usdPerMonth: 20,
      listUsd: 1,
      unpricedTurns: 0,
      since: "2026-10-01T00:00:00.000Z",
      until: "2026-11-01T00:00:00.000Z",
      planUsd: 20,
    },
  ]);
  deepStrictEqual(comparePlans(sums, {}, { now: NOW, timezone: "UTC" }), []);
});

Deno.test("what has no price is a lower bound, or unknown, and amounts are in the currency asked for", () => {
  const span = { now: NOW, timezone: "UTC", since: at("2026-11-20T00:00Z") };
  const lineOf = (own: Cost, money = {}) =>
    planLine(comparePlans([{ provider: "anthropic", cost: own }], PLANS, span)[0]!, "UTC", money);
  strictEqual(
    lineOf(cost(638.11, 2)),
    "anthropic: $638.11+ at list prices; Max 20x costs $200.00 a month, $46.67 for these 7 days.",
  );
  strictEqual(
    lineOf(cost(0, 2)),
    "anthropic: ? at list prices; Max 20x costs $200.00 a month, $46.67 for these 7 days.",
  );
  // 100 * 0.92 = 92; 200 * 0.92 = 184; 46.67 * 0.92 = 42.93
  strictEqual(
    lineOf(cost(100), { currency: { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" } }),
    "anthropic: €92.00 at list prices; Max 20x costs €184.00 a month, €42.93 for these 7 days.",
  );
});

Deno.test("days are those of the zone, however many hours they have", () => {
  // October 25, 2026 has 25 hours in Stockholm: 200 / 31 for it as for any other day of October.
  const timezone = "Europe/Stockholm";
  const [worth] = comparePlans([{ provider: "anthropic", cost: cost(1) }], PLANS, {
    now: at("2026-10-25T13:02Z"),
    timezone,
    since: at("2026-10-24T22:00Z"),
  });
  strictEqual(
    planLine(worth!, timezone),
    "anthropic: $1.00 at list prices; Max 20x costs $200.00 a month, $6.45 for this day.",
  );
});
