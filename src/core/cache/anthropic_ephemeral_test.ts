import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { anthropicEphemeral } from "./anthropic_ephemeral.ts";
import type { CacheAnchor, CacheState } from "./strategy.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");
const SHORT: CacheAnchor = {
  model: { provider: "anthropic", model: "claude-sonnet-4-5" },
  at: AT,
  tokens: 10_000,
  oneHourTokens: 0,
};
const LONG: CacheAnchor = { ...SHORT, oneHourTokens: 10_000 };
const MIXED: CacheAnchor = { ...SHORT, oneHourTokens: 8000 };

function stateAt(anchor: CacheAnchor, now: number): CacheState {
  return anthropicEphemeral.stateAt(anchor, now, { lookUp: () => undefined });
}

Deno.test("anthropicEphemeral.stateAt()", async (t) => {
  type Expected = [state: string, tokens: number, ttlMinutes: number];
  const rows: [name: string, anchor: CacheAnchor, idleMs: number, expected: Expected][] = [
    ["five minutes, at once", SHORT, 0, ["warm", 10_000, 5]],
    ["five minutes, just before", SHORT, 5 * MINUTE - 1, ["warm", 10_000, 5]],
    ["five minutes, exactly", SHORT, 5 * MINUTE, ["cold", 10_000, 5]],
    ["five minutes, a clock that was set back", SHORT, -MINUTE, ["warm", 10_000, 5]],
    ["an hour, past five minutes", LONG, 5 * MINUTE, ["warm", 10_000, 60]],
    ["an hour, just before", LONG, 60 * MINUTE - 1, ["warm", 10_000, 60]],
    ["an hour, exactly", LONG, 60 * MINUTE, ["cold", 10_000, 60]],
    ["mixed, all of it", MIXED, 5 * MINUTE - 1, ["warm", 10_000, 5]],
    ["mixed, the hour's part alone", MIXED, 5 * MINUTE, ["warm", 8000, 60]],
    ["mixed, just before the end", MIXED, 60 * MINUTE - 1, ["warm", 8000, 60]],
    ["mixed, over", MIXED, 60 * MINUTE, ["cold", 10_000, 60]],
  ];
  for (const [name, anchor, idleMs, [state, tokens, ttlMinutes]] of rows) {
    await t.step(name, () => {
      const { evidence, ...rest } = stateAt(anchor, AT + idleMs);
      match(evidence?.basis ?? "", /^Anthropic documents .*2026-11-20/);
      const lifetime = { tokens, ttlMs: ttlMinutes * MINUTE, expiresAt: AT + ttlMinutes * MINUTE };
      deepStrictEqual(rest, state === "cold" ? { state, reason: "expired", ...lifetime } : { state, ...lifetime });
    });
  }
});

Deno.test("anthropicEphemeral.stateAt() through OpenRouter, which keeps to one host for ten minutes", async (t) => {
  const routed = (anchor: CacheAnchor) => ({
    ...anchor,
    model: { provider: "openrouter", model: "anthropic/claude-sonnet-4.6" },
  });
  const rows: [name: string, anchor: CacheAnchor, idleMs: number, state: string, tokens: number][] = [
    ["five minutes, just before", SHORT, 5 * MINUTE - 1, "warm", 10_000],
    ["five minutes, exactly", SHORT, 5 * MINUTE, "cold", 10_000],
    ["an hour, just before ten minutes", LONG, 10 * MINUTE - 1, "warm", 10_000],
    ["an hour, ten minutes", LONG, 10 * MINUTE, "maybe", 10_000],
    ["an hour, just before its end", LONG, 60 * MINUTE - 1, "maybe", 10_000],
    ["an hour, exactly", LONG, 60 * MINUTE, "cold", 10_000],
    ["mixed, the hour's part", MIXED, 9 * MINUTE, "warm", 8000],
    ["mixed, the hour's part after ten minutes", MIXED, 11 * MINUTE, "maybe", 8000],
  ];
  for (const [name, anchor, idleMs, state, tokens] of rows) {
    await t.step(name, () => {
      const found = stateAt(routed(anchor), AT + idleMs);
      deepStrictEqual([found.state, found.tokens], [state, tokens]);
      match(found.note ?? "", /^OpenRouter may route/);
    });
  }
});

Deno.test("anthropicEphemeral.stateAt() of a lost prefix", async (t) => {
  for (const lost of ["never_written", "model_changed", "compacted"] as const) {
    await t.step(lost, () => {
      deepStrictEqual(stateAt({ ...SHORT, lost }, AT), { state: "cold", reason: lost, tokens: 10_000 });
    });
  }
  await t.step("no tokens", () => {
    const state = stateAt({ ...SHORT, tokens: 0 }, AT);
    strictEqual(state.state === "cold" && state.reason, "never_written");
  });
});
