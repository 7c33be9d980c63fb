import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type TokenUsage } from "./model.ts";
import { rollUpSession } from "../../tests/support/roll_up_session.ts";
import type { SessionTurn } from "./rollup.ts";
import { type CacheReport, CLOCK_SKEW_MS, lossOf, reportSession } from "./session_report.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");
const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };

function reportAt(now: number, usage: Partial<TokenUsage> | undefined, rest: Partial<SessionTurn> = {}): CacheReport {
  const turns: SessionTurn[] = usage === undefined ? [] : [{
    key: "1",
    at: AT,
    model: CLAUDE,
    usage: { ...NO_USAGE, ...usage },
    chain: MAIN_CHAIN,
    basis: "none",
    counted: true,
    ...rest,
  }];
  const rollup = { ...rollUpSession(turns, undefined, undefined), resume: { warm: 0.25, cold: 1.25 } };
  const session = { source: "pi", sessionId: "s", file: "/s.jsonl", files: ["/s.jsonl"], rollup };
  return reportSession(session, now, { lookUp: () => undefined }).cache;
}

Deno.test("reportSession() cache", async (t) => {
  await t.step("nothing billed yet", () => {
    const { state, strategy, reason, resumeUsd } = reportAt(AT, undefined);
    deepStrictEqual([state, strategy, reason, resumeUsd], ["cold", "unknown", "never_written", undefined]);
  });
  await t.step("known as a sum alone", () => {
    const { state, strategy, tokens, reason, note } = reportAt(AT, { cacheWrite: 8000 }, { total: {} });
    deepStrictEqual([state, strategy, tokens, note], ["unknown", "unknown", 0, undefined]);
    strictEqual(reason, "its agent records sums and no single responses");
  });
  await t.step("warm, and cold from expiresAt on", () => {
    const usage = { cacheWrite: 8000 };
    const before = reportAt(AT + 5 * MINUTE - 1, usage);
    strictEqual(before.state, "warm");
    strictEqual(reportAt(before.expiresAt! - 1, usage).state, "warm");
    const after = reportAt(before.expiresAt!, usage);
    deepStrictEqual([after.state, after.reason, after.strategy], ["cold", "expired", "anthropic_ephemeral"]);
    deepStrictEqual(after.resumeUsd, { warm: 0.25, cold: 1.25 });
  });
  await t.step("with the hour's part alone the rest is sent again", () => {
    // 6,000 of 8,000 tokens are left: 0.75 * 0.25 + 0.25 * 1.25 = 0.1875 + 0.3125
    const cache = reportAt(AT + 5 * MINUTE, { cacheWrite: 2000, cacheWrite1h: 6000 });
    deepStrictEqual([cache.state, cache.tokens, cache.resumeUsd], ["warm", 6000, { warm: 0.5, cold: 1.25 }]);
  });
  await t.step("a strategy that has too little to go by is unknown", () => {
    const cache = reportAt(AT, { input: 8000 }, { model: { provider: "deepseek", model: "deepseek-chat" } });
    deepStrictEqual([cache.state, cache.strategy, cache.note], ["unknown", "unknown", undefined]);
    match(cache.reason!, /0 survivals and 0 drops where 3 and 2 are needed/);
  });
});

Deno.test("reportSession() of a request in the future", async (t) => {
  const usage = { cacheWrite: 8000 };
  await t.step("clocks may differ a little", () => {
    strictEqual(reportAt(AT - CLOCK_SKEW_MS, usage).state, "warm");
  });
  await t.step("beyond that its age is unknown", () => {
    const cache = reportAt(AT - CLOCK_SKEW_MS - 1, usage);
    deepStrictEqual([cache.state, cache.tokens, cache.expiresAt], ["unknown", 8000, undefined]);
    match(cache.reason!, /future/);
  });
  await t.step("and OpenRouter's note stays", () => {
    const model = { provider: "openrouter", model: "anthropic/claude-sonnet-4.6" };
    for (const now of [AT - CLOCK_SKEW_MS - 1, AT, AT + 24 * 60 * MINUTE]) {
      ok(reportAt(now, usage, { model }).note?.startsWith("OpenRouter may route"), String(now));
    }
  });
});

Deno.test("lossOf() is never below zero: what costs more to read than to send again is nothing to lose", () => {
  const rows: [warm: number | undefined, cold: number | undefined, loss: number | undefined][] = [
    [0.25, 1, 0.75],
    [1, 1, 0],
    [1, 0.25, 0],
    [undefined, 1, undefined],
    [1, undefined, undefined],
  ];
  for (const [warm, cold, loss] of rows) strictEqual(lossOf({ warm, cold }), loss);
  strictEqual(lossOf(undefined), undefined);
});
