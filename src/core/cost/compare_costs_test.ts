import { deepStrictEqual } from "node:assert/strict";
import { explainDifference, type LoggedCost, type ToolModelCost } from "./compare_costs.ts";
import { NO_USAGE } from "../model.ts";
import type { TotalDoubt } from "./tool_total.ts";

const LOGGED: LoggedCost = {
  usd: 0.04,
  unpricedTurns: 0,
  webSearches: 1,
  models: [{ model: "claude-opus-5", usage: { ...NO_USAGE, input: 1000, output: 100 } }],
};

function row(model: string, input: number, output: number, webSearches = 0): ToolModelCost {
  return { model, usage: { ...NO_USAGE, input, output }, webSearches, usd: 0 };
}

Deno.test("explainDifference()", async (t) => {
  const opus = row("claude-opus-5", 1000, 100, 1);
  const rows: [
    name: string,
    toolUsd: number,
    rows: readonly ToolModelCost[] | undefined,
    doubt: TotalDoubt | undefined,
    expected: ReturnType<typeof explainDifference>,
    logged?: Partial<LoggedCost>,
  ][] = [
    ["nothing differs", 0.04, [opus], undefined, { cause: "equal" }],
    ["nothing differs, doubted or not", 0.04, [opus], "fork", { cause: "equal" }],
    ["a fork", 0.08, [opus], "fork", { cause: "fork" }],
    ["a process with two sessions", 0.08, [opus], "counted_with_others", { cause: "counted_with_others" }],
    [
      "a title by another model",
      0.041,
      [opus, row("claude-haiku-5-5-20261001", 300, 20)],
      undefined,
      { cause: "requests_without_lines", detail: "320 tokens of claude-haiku-5-5" },
    ],
    [
      "more of the same model, under its dated name",
      0.05,
      [row("claude-opus-5-20260701", 1500, 120, 1)],
      undefined,
      { cause: "requests_without_lines", detail: "520 tokens of claude-opus-5" },
    ],
    ["searches", 0.06, [row("claude-opus-5", 1000, 100, 3)], undefined, { cause: "web_searches", detail: "2 more" }],
    ["the same tokens at other prices", 0.05, [opus], undefined, { cause: "other_prices" }],
    ["the same tokens without a price here", 0.05, [opus], undefined, { cause: "unpriced" }, { unpricedTurns: 1 }],
    ["the log went on", 0.03, [row("claude-opus-5", 500, 50)], undefined, { cause: "older_total" }],
    ["cheaper prices", 0.03, [opus], undefined, { cause: "other_prices" }],
    ["nothing by model", 0.05, undefined, undefined, { cause: "requests_without_lines" }],
  ];
  for (const [name, toolUsd, toolRows, doubt, expected, logged] of rows) {
    await t.step(name, () => {
      deepStrictEqual(explainDifference(toolUsd, { ...LOGGED, ...logged }, toolRows, doubt), expected);
    });
  }
});
