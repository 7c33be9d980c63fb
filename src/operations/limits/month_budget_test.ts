/** How much of a month's budget is spent. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cost, EpochMs } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { budgetBlocks, readMonthBudget } from "./month_budget.ts";

type Turn = readonly [at: string, usd: number, provider?: string, unpricedTurns?: number];

/** Adds up what it is given, of the range that is asked for. */
function scanOf(turns: readonly Turn[]): Pick<UsageIndex, "foldUsage"> {
  return {
    foldUsage({ since = 0, asOf = Infinity }, empty, add) {
      const sums = empty();
      for (const [time, usd, provider = "anthropic", unpricedTurns = 0] of turns) {
        const at = Date.parse(time);
        if (at < since || at > asOf) continue;
        const cost: Cost = { usd, basis: "computed", unpricedTurns };
        add(sums, { model: { provider, model: "m" }, turns: 1, cost } as Parameters<typeof add>[1]);
      }
      return Promise.resolve(sums);
    },
  };
}

interface Asked {
  readonly now: string;
  readonly timezone?: string;
  readonly usdPerMonth?: number;
  readonly plans?: Parameters<typeof readMonthBudget>[2]["plans"];
}

async function read(turns: readonly Turn[], { now, timezone = "UTC", usdPerMonth = 200, plans }: Asked) {
  const clock = { now: Date.parse(now), timezone };
  const rows = await readMonthBudget(scanOf(turns), clock, { budget: { usdPerMonth }, plans });
  return {
    row: rows[0]!,
    text: rows.flatMap((row) => budgetBlocks(row, clock)).map((block) => "text" in block && block.text),
  };
}

const NOW = "2026-11-11T00:00:00Z";

Deno.test("without a budget there is no row", async () => {
  const clock = { now: 0 as EpochMs, timezone: "UTC" };
  deepStrictEqual(await readMonthBudget(scanOf([]), clock, { budget: {} }), []);
  deepStrictEqual(await readMonthBudget(scanOf([]), clock, {}), []);
});

Deno.test("what is spent of a month", async (t) => {
  await t.step("of the calendar's month alone", async () => {
    const { row, text } = await read([["2026-10-31T23:59:59Z", 50], ["2026-11-01T00:00:00Z", 20], [NOW, 30], [
      "2026-11-11T00:00:01Z",
      70,
    ]], { now: NOW });
    // 50 of 200, in 10 of 30 days: 25 in 240 hours. The average spends 200 in 40 days.
    deepStrictEqual([row.usedPercent, row.level, row.windowMinutes, row.resetsAt], [
      25,
      "normal",
      43_200,
      "2026-12-01T00:00:00.000Z",
    ]);
    strictEqual(row.averagePerHour!.toFixed(6), (25 / 240).toFixed(6));
    strictEqual(row.budget!.spentAt, "2026-12-11T00:00:00.000Z");
    deepStrictEqual(text, ["budget, month: $50.00 of $200.00. At this month's average it lasts until the month ends."]);
  });
  await t.step("by the month of the zone, with an hour more of winter", async () => {
    const turns: readonly Turn[] = [["2026-09-30T21:59:59Z", 5], ["2026-09-30T22:00:00Z", 10], [
      "2026-10-31T22:59:59Z",
      10,
    ]];
    const { row } = await read(turns, { now: "2026-10-31T22:59:59Z", timezone: "Europe/Stockholm" });
    deepStrictEqual([row.budget!.spentUsd, row.windowMinutes, row.resetsAt], [
      20,
      31 * 24 * 60 + 60,
      "2026-10-31T23:00:00.000Z",
    ]);
  });
  await t.step("February", async () => {
    strictEqual((await read([], { now: "2026-02-28T23:00:00Z" })).row.windowMinutes, 28 * 24 * 60);
  });
  await t.step("more than that is spent before it ends", async () => {
    // 100 in 10 days: 200 on the 21st.
    const { row, text } = await read([["2026-11-05T00:00:00Z", 100]], { now: NOW });
    strictEqual(row.level, "normal");
    deepStrictEqual(text, [
      "budget, month: $100.00 of $200.00. At this month's average it is spent on Nov 21 00:00, before the month ends.",
    ]);
  });
  await t.step("levels", async () => {
    const rows: [usd: number, percent: number, level: string][] = [
      [0, 0, "normal"],
      [150, 75, "high"],
      [180, 90, "nearly_full"],
      [200, 100, "full"],
      [250, 125, "full"],
    ];
    for (const [usd, percent, level] of rows) {
      const { row } = await read([["2026-11-05T00:00:00Z", usd]], { now: NOW });
      deepStrictEqual([row.usedPercent, row.level], [percent, level]);
    }
  });
  await t.step("the first hours say nothing of the rest", async () => {
    const { row, text } = await read([["2026-11-01T00:10:00Z", 10]], { now: "2026-11-01T00:30:00Z" });
    deepStrictEqual([row.averagePerHour, row.budget!.spentAt], [null, null]);
    deepStrictEqual(text, ["budget, month: $10.00 of $200.00."]);
  });
  await t.step("what is not known, and what a plan pays", async () => {
    const turns: readonly Turn[] = [["2026-11-05T00:00:00Z", 10, "openai", 1], [
      "2026-11-05T00:00:00Z",
      40,
      "anthropic",
    ]];
    const plans = { anthropic: { name: "Max 20x", usdPerMonth: 200 } };
    const { row, text } = await read(turns, { now: NOW, plans });
    deepStrictEqual([row.budget!.spentUsd, row.budget!.unpricedTurns, row.budget!.planTurns], [10, 1, 1]);
    deepStrictEqual(text, [
      "budget, month: $10.00 of $200.00, without 1 turn of unknown price and 1 turn that a plan pays. " +
      "At this month's average it lasts until the month ends.",
    ]);
  });
});
