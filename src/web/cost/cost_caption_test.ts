import { strictEqual } from "node:assert/strict";
import type { CostSum } from "../../operations/usage/cost_output.ts";
import { WHOLE } from "./cost_bars.ts";
import { costCaption } from "./cost_caption.ts";

function sumOfUsd(usd: number, more: Partial<CostSum> = {}): CostSum {
  return {
    turns: 84,
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
    cost: { usd, basis: "computed", unpricedTurns: 0 },
    misses: 0,
    ...more,
  };
}

const SPAN = { since: "2026-10-28T00:00:00.000Z", until: "2026-11-27T00:00:00.000Z" };

Deno.test("costCaption", async (t) => {
  const parts = [{ key: "anthropic/claude-opus-4-6", value: 30 }];
  const look = { period: "30 days", titles: ["claude-opus-4-6"], money: {} };
  const before = (total: CostSum) => ({ ...SPAN, total });
  const rows: [name: string, text: string, caption: string][] = [
    // 30 of 40.
    [
      "a part",
      costCaption({ total: sumOfUsd(40) }, "cost", { parts }, look),
      "30 days: $40.00, 75.0% of it claude-opus-4-6",
    ],
    [
      "no parts",
      costCaption({ total: sumOfUsd(40) }, "turns", { parts: [{ key: WHOLE, value: 84 }] }, { ...look, titles: [""] }),
      "30 days: 84 turns",
    ],
    [
      "beside the span before",
      costCaption({ total: sumOfUsd(40), previous: before(sumOfUsd(32)) }, "cost", { parts }, look),
      "30 days: $40.00, 75.0% of it claude-opus-4-6; +25% on the span before",
    ],
    [
      "beside nothing",
      costCaption({ total: sumOfUsd(40), previous: before(sumOfUsd(0)) }, "cost", { parts: [] }, look),
      "30 days: $40.00; nothing in the span before",
    ],
    [
      "a share",
      costCaption(
        { total: sumOfUsd(40, { cacheHitRatio: 0.9 }), previous: before(sumOfUsd(1, { cacheHitRatio: 0.8 })) },
        "hit",
        { parts },
        look,
      ),
      "30 days: 90.0% of the prompt read from the cache; 80.0% in the span before",
    ],
    [
      "something without a price",
      costCaption(
        { total: sumOfUsd(4, { cost: { usd: 4, basis: "mixed", unpricedTurns: 2 } }) },
        "cost",
        { parts: [] },
        look,
      ),
      "30 days: $4.00+",
    ],
    [
      "no price at all",
      costCaption(
        { total: sumOfUsd(0, { cost: { usd: 0, basis: "none", unpricedTurns: 2 } }) },
        "cost",
        { parts },
        look,
      ),
      "30 days: ?",
    ],
  ];
  for (const [name, text, caption] of rows) await t.step(name, () => strictEqual(text, caption));
});
