/** What Claude Code itself added up. */
import assert from "node:assert/strict";
import type { ToolTotal } from "../../core/model.ts";
import { foldClaude, type Json, MAIN, responseLine, SESSION, SUBAGENT } from "../../../tests/support/claude_lines.ts";
import { claudeSource } from "./source.ts";
import type { ToolModelCost } from "../../core/cost/compare_costs.ts";
import { NO_USAGE, type TokenUsage } from "../../core/model.ts";
import { readToolCosts } from "./cost_state.ts";

function costState(fields: Json = {}): Json {
  return {
    type: "cost-state",
    sessionId: SESSION,
    totalCostUSD: 0.0689,
    totalDuration: 1404,
    startTime: 1795218618952,
    modelUsage: {},
    hasUnknownModelCost: false,
    ...fields,
  };
}

const PLAIN: ToolTotal = { usd: 0.0689, countedSince: 1795218618952 };

Deno.test("claude: the tool's own total", async (t) => {
  const rows: [name: string, path: string, lines: Json[], total: ToolTotal | undefined][] = [
    ["none", MAIN, [], undefined],
    ["one", MAIN, [costState()], PLAIN],
    ["the latest", MAIN, [costState(), costState({ totalCostUSD: 0.5 })], { ...PLAIN, usd: 0.5 }],
    [
      "the latest, though it is less",
      MAIN,
      [costState(), costState({ totalCostUSD: 0.01, startTime: 1795218700000 })],
      {
        usd: 0.01,
        countedSince: 1795218700000,
      },
    ],
    ["guessed", MAIN, [costState({ hasUnknownModelCost: true })], { ...PLAIN, guessed: true }],
    ["without a start", MAIN, [costState({ startTime: undefined })], { usd: 0.0689 }],
    ["a start as a text", MAIN, [costState({ startTime: "2026-11-20T23:50:18.952Z" })], PLAIN],
    ["a start that is none", MAIN, [costState({ startTime: -1 })], { usd: 0.0689 }],
    ["nothing", MAIN, [costState({ totalCostUSD: 0 })], undefined],
    ["negative", MAIN, [costState({ totalCostUSD: -1 })], undefined],
    ["absurd", MAIN, [costState({ totalCostUSD: 1e308 })], undefined],
    ["a text", MAIN, [costState({ totalCostUSD: "0.0689" })], undefined],
    ["an object", MAIN, [costState({ totalCostUSD: { toString: 1 } })], undefined],
    ["what cannot be does not undo what was", MAIN, [costState(), costState({ totalCostUSD: null })], PLAIN],
    ["another session's", MAIN, [costState({ sessionId: "1f2e3d4c" })], undefined],
    ["no session named", MAIN, [costState({ sessionId: undefined })], PLAIN],
    ["of a sub-agent's log", SUBAGENT, [costState()], undefined],
  ];
  // What cannot be is named.
  const ODD = new Set(["negative", "absurd", "a text", "an object"]);
  for (const [name, path, lines, total] of rows) {
    await t.step(name, () => {
      for (const reload of [false, true]) {
        const folded = foldClaude(path, [responseLine(), ...lines], reload);
        assert.deepEqual(claudeSource.session(folded.state)?.toolTotal, total);
        assert.deepEqual([folded.turns.length, folded.problems.length], [1, ODD.has(name) ? 1 : 0]);
      }
    });
  }
  await t.step("is no session by itself", () => {
    assert.equal(claudeSource.session(foldClaude(MAIN, [costState()]).state), undefined);
  });
});

Deno.test("claude: the parts of the tool's total", async (t) => {
  const part = (model: string, usage: Partial<TokenUsage>, webSearches = 0, usd = 0): ToolModelCost => ({
    model,
    usage: { ...NO_USAGE, ...usage },
    webSearches,
    usd,
  });
  const line = (modelUsage: unknown) => ({ type: "cost-state", modelUsage });
  const rows: [name: string, record: unknown, parts: ToolModelCost[] | undefined][] = [
    [
      "as 2.1.329 writes them",
      costState({
        modelUsage: {
          "claude-opus-4-6": {
            inputTokens: 65,
            outputTokens: 515,
            thinkingTokens: 0,
            cacheReadInputTokens: 80015,
            cacheCreationInputTokens: 2515,
            cacheCreationEphemeral5mInputTokens: 2000,
            cacheCreationEphemeral1hInputTokens: 515,
            webSearchRequests: 2,
            costUSD: 0.0689,
          },
          "claude-haiku-4-5": { inputTokens: 1 },
        },
      }),
      [
        part(
          "claude-opus-4-6",
          { input: 65, output: 515, cacheRead: 80015, cacheWrite: 2000, cacheWrite1h: 515 },
          2,
          0.0689,
        ),
        part("claude-haiku-4-5", { input: 1 }),
      ],
    ],
    [
      "lifetimes alone",
      line({ m: { cacheCreationEphemeral5mInputTokens: 3, cacheCreationEphemeral1hInputTokens: 4 } }),
      [
        part("m", { cacheWrite: 3, cacheWrite1h: 4 }),
      ],
    ],
    ["no lifetimes", line({ m: { cacheCreationInputTokens: 7 } }), [part("m", { cacheWrite: 7 })]],
    [
      "lifetimes above the total",
      line({ m: { cacheCreationInputTokens: 7, cacheCreationEphemeral1hInputTokens: 9 } }),
      [part("m", { cacheWrite1h: 7 })],
    ],
    ["what cannot be", line({ m: { inputTokens: -1, outputTokens: "x", costUSD: NaN } }), [part("m", {})]],
    ["no counts", line({ m: null }), [part("m", {})]],
    ["no models", line([]), []],
    ["another line", { type: "assistant", modelUsage: {} }, undefined],
    ["no line", null, undefined],
    ["a text", "x", undefined],
  ];
  for (const [name, record, parts] of rows) {
    await t.step(name, () => assert.deepEqual(readToolCosts(record), parts));
  }
});
