/** Prices in a file of Claude Code's, which may hold anything. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { parseClaudeCosts } from "./prices.ts";
import { cpuMsOf } from "../../../tests/support/cpu_time.ts";

Deno.test("only that one member of the file is read", () => {
  const costs = {
    "claude-next-7": {
      inputTokens: 1,
      outputTokens: 5,
      promptCacheWriteTokens: 1.25,
      promptCacheReadTokens: 0.1,
      webSearchRequests: 0.02,
      longPrompt: { abovePromptTokens: 100_000, inputTokens: 2, outputTokens: 10 },
      fast: { inputTokens: 3, outputTokens: 15 },
    },
    "}{": { inputTokens: "1" },
  };
  const text = JSON.stringify({
    history: ['"additionalModelCostsCache": {'],
    additionalModelCostsCache: costs,
    projects: {},
  });
  const tier = (base: number, usdPerMillion: number) => ({ base, tiers: [{ above: 100_000, usdPerMillion }] });
  deepStrictEqual(parseClaudeCosts(text, []), [
    {
      provider: "anthropic",
      model: "claude-next-7",
      table: { input: tier(1, 2), output: tier(5, 10), cacheRead: 0.1, cacheWrite: 1.25, webSearch: 0.02 },
    },
    { provider: "anthropic", model: "claude-next-7-fast", table: { input: 3, output: 15 } },
  ]);
});

Deno.test("a file that is broken has no prices", () => {
  for (const text of ["", "{", "[]", "null", '"x"', '{"additionalModelCostsCache":{', "\0\xff"]) {
    deepStrictEqual(parseClaudeCosts(text, []), [], text);
  }
});

Deno.test("a file that is huge or was cut off takes no time", async (t) => {
  const entries = "\\".repeat(300_000) + '"\\'.repeat(200_000);
  const rows: [name: string, read: () => unknown[]][] = [
    ["braces", () => parseClaudeCosts(`{"additionalModelCostsCache":${"{".repeat(5_000_000)}`, [])],
    ["a text", () => parseClaudeCosts(`{"additionalModelCostsCache":{"${"x".repeat(5_000_000)}`, [])],
    ["quotes", () => parseClaudeCosts(`{"additionalModelCostsCache":{"${entries}`, [])],
  ];
  for (const [name, read] of rows) {
    await t.step(name, () => {
      ok(cpuMsOf(() => deepStrictEqual(read(), [])) < 5000);
    });
  }
});

Deno.test("what looks like a price elsewhere in a file is none", () => {
  const price = { provider: "anthropic", model: "m", table: { input: 3, output: 15 } };
  const own = '"additionalModelCostsCache": {"m": {"inputTokens": 3, "outputTokens": 15}}';
  const others = [
    '"typed": "\\"additionalModelCostsCache\\": {\\"m\\": {\\"inputTokens\\": 1, \\"outputTokens\\": 1}}"',
    '"seen": ["additionalModelCostsCache"]',
    '"project": {"additionalModelCostsCache": {}}',
    '"old": {"additionalModelCostsCache": null}',
  ];
  for (const other of others) deepStrictEqual(parseClaudeCosts(`{${other}, ${own}}`, []), [price], other);
  // A zero is no price of Anthropic's.
  deepStrictEqual(parseClaudeCosts('{"additionalModelCostsCache":{"m":{"inputTokens":0,"outputTokens":0}}}', []), []);
});

Deno.test("what no price can be is left out and named", () => {
  const problems: string[] = [];
  const models = {
    odd: { inputTokens: -1, outputTokens: 5 },
    search: {
      inputTokens: 1,
      outputTokens: 2,
      webSearchRequests: 1e300,
      longPrompt: { abovePromptTokens: 1, inputTokens: [] },
    },
  };
  const text = JSON.stringify({ additionalModelCostsCache: models });
  deepStrictEqual(parseClaudeCosts(text, problems), [
    { provider: "anthropic", model: "search", table: { input: 1, output: 2 } },
  ]);
  deepStrictEqual(problems.map((problem) => problem.replace(/, expected .*/, "")), [
    'The price "inputTokens" of "odd" is -1',
    'The price "inputTokens" of "search" is an array',
    'The price "webSearchRequests" of "search" is 1e+300',
  ]);
});
