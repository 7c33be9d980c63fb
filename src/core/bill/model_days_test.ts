import { strictEqual } from "node:assert/strict";
import { groupByModel } from "./model_days.ts";

Deno.test("names that mean one model", async (t) => {
  const cases: readonly (readonly [a: string, b: string, isOne: boolean])[] = [
    ["anthropic/claude-sonnet-4.6", "anthropic/claude-4.6-sonnet-20260217", true],
    ["~anthropic/claude-sonnet-4.6", "Anthropic/Claude-Sonnet-4.6", true],
    ["openai/gpt-5.5", "openai/gpt-5.5-20260514", true],
    ["openai/gpt-5.5", "openai/gpt-5.5-mini", false],
    ["openai/gpt-5.5", "openai/gpt-5", false],
    ["openai/gpt-5.5", "acme/gpt-5.5", false],
    ["qwen/qwen3-coder", "qwen/qwen3-coder:free", false],
    ["gpt-5.5", "gpt-5.5", true],
  ];
  for (const [a, b, isOne] of cases) {
    await t.step(`${a} and ${b}`, () => {
      const groupOf = groupByModel([]);
      strictEqual(groupOf([a]) === groupOf([b]), isOne);
    });
  }
  await t.step("what some line says of itself", () => {
    const groupOf = groupByModel([["acme/new", "acme/old"], ["acme/old", "acme/older"], ["acme/other"]]);
    strictEqual(groupOf(["acme/new"]), groupOf(["acme/older"]));
    strictEqual(groupOf(["acme/new"]) === groupOf(["acme/other"]), false);
    strictEqual(groupOf([]), "?");
  });
});
