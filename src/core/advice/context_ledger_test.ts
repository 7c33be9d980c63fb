import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, NO_USAGE, type TokenUsage } from "../model.ts";
import { ContextLedger } from "./context_ledger.ts";
import type { ReplayTurn } from "./follow_chain.ts";
import { ModelLedger } from "./model_ledger.ts";

const MINUTE = 60_000;
const RATES = { input: 5e-6, read: 0.5e-6, write5m: 6.25e-6, write1h: 10e-6, output: 25e-6 };
const OPUS = { provider: "anthropic", model: "claude-opus-4-8" };
const HAIKU = { provider: "anthropic", model: "claude-haiku-4-5" };

function turn(minutes: number, usage: Partial<TokenUsage>, more: Partial<ReplayTurn> = {}): ReplayTurn {
  return {
    key: `${minutes}`,
    at: minutes * MINUTE,
    model: OPUS,
    usage: { ...NO_USAGE, ...usage },
    chain: MAIN_CHAIN,
    rates: RATES,
    isAsked: true,
    isCopy: false,
    ...more,
  };
}

const PLACE = { project: "/p", source: "pi" };

function isUsd(found: number, expected: number): void {
  ok(Math.abs(found - expected) < 1e-9, `expected ${expected}, found ${found}`);
}

Deno.test("context: what cold returns, long prompts and an agent's own pings cost", () => {
  const ledger = new ContextLedger();
  ledger.add(PLACE, [
    turn(0, { cacheWrite: 20_000 }),
    turn(1, { cacheRead: 20_000, cacheWrite: 280_000 }),
    turn(5.5, { cacheRead: 300_000, output: 1 }, { keepsWarm: true }),
    turn(8, { cacheRead: 300_000 }),
    // Cold: 300,000 are written again, and read once more.
    turn(30, { cacheWrite: 300_000 }),
    turn(31, { cacheRead: 300_000 }),
    turn(32, { cacheWrite: 30_000 }, { afterCompaction: true }),
  ]);
  const [figures] = ledger.figures();
  deepStrictEqual(figures!.firstPrompts, { count: 1, medianTokens: 20_000 });
  strictEqual(figures!.coldReturns.count, 1);
  // 280,000 beyond the first prompt, at 6.25 and 0.5 a million.
  isUsd(figures!.coldReturns.atMostUsd, 0.28 * 6.75);
  // Five prompts of 300,000, the ping's among them: 100,000 beyond, at 0.5 a million.
  strictEqual(figures!.longPrompts.turns, 5);
  isUsd(figures!.longPrompts.usd, 0.25);
  deepStrictEqual(figures!.compactions, { count: 1, medianBefore: 300_000, medianAfter: 30_000 });
  deepStrictEqual([figures!.warming!.pings, figures!.warming!.followed], [1, 1]);
  isUsd(figures!.warming!.usd, 0.150025);
});

Deno.test("context: since when first prompts are longer", () => {
  const ledger = new ContextLedger();
  // The third one is an exception.
  for (const [day, tokens] of [10_000, 11_000, 25_000, 10_000, 20_000, 21_000, 19_000].entries()) {
    ledger.add(PLACE, [turn(day * 1440, { cacheWrite: tokens })]);
  }
  deepStrictEqual(ledger.figures()[0]!.grew, { at: 4 * 1440 * MINUTE, fromTokens: 10_000, toTokens: 20_000 });
  const steady = new ContextLedger();
  for (let day = 0; day < 10; day++) steady.add(PLACE, [turn(day * 1440, { cacheWrite: 10_000 + 100 * day })]);
  strictEqual(steady.figures()[0]!.grew, undefined);
});

Deno.test("models: the cheapest of one's own of the same provider, for what is not the conversation", () => {
  const book = { costOf: () => 0.001 };
  const ledger = new ModelLedger([OPUS, HAIKU, { provider: "openai", model: "gpt-5.5-nano" }], book);
  const sub = { chain: "agent-1" };
  ledger.add("claude", [turn(0, { input: 1000 }), turn(1, { input: 1000 }, sub), turn(2, { input: 1000 }, sub)]);
  ledger.add("claude", [turn(3, { input: 1000 }, { chain: "compaction", model: HAIKU })]);
  const found = ledger.cheaper();
  // 0.005 each; Haiku's own 0.005 would have been 0.001 with Opus here.
  deepStrictEqual(found.map(({ kind, model, turns, cheaper }) => [kind, model, turns, cheaper.model]), [
    ["sub-agents", OPUS.model, 2, HAIKU.model],
    ["compaction", HAIKU.model, 1, OPUS.model],
  ]);
  isUsd(found[0]!.usd, 0.01);
  isUsd(found[0]!.cheaper.usd, 0.002);
});
