import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { recordedExpiry } from "./recorded_expiry.ts";
import { strategyOf } from "./strategies.ts";
import type { CacheAnchor, LifetimeTable } from "./strategy.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");
const ANCHOR: CacheAnchor = {
  model: { provider: "github-copilot", model: "claude-sonnet-4.6" },
  at: AT,
  tokens: 20_000,
  oneHourTokens: 0,
  expiresAt: AT + 7 * MINUTE,
};
const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

Deno.test("recordedExpiry.stateAt()", async (t) => {
  const rows: [name: string, idleMs: number, state: "warm" | "cold"][] = [
    ["at once", 0, "warm"],
    ["a clock that was set back", -1, "warm"],
    ["past the five minutes that its provider documents", 6 * MINUTE, "warm"],
    ["just before it expires", 7 * MINUTE - 1, "warm"],
    ["when it does", 7 * MINUTE, "cold"],
  ];
  for (const [name, idleMs, state] of rows) {
    await t.step(name, () => {
      const { evidence, ...rest } = recordedExpiry.stateAt(ANCHOR, AT + idleMs, NOTHING_LEARNED);
      match(evidence?.basis ?? "", /^The agent's own log says/);
      deepStrictEqual(rest, {
        state,
        ...(state === "cold" ? { reason: "expired" } : {}),
        tokens: 20_000,
        ttlMs: 7 * MINUTE,
        expiresAt: AT + 7 * MINUTE,
      });
    });
  }
  for (const lost of ["compacted", "model_changed", "never_written"] as const) {
    await t.step(lost, () => {
      const state = recordedExpiry.stateAt({ ...ANCHOR, lost }, AT, NOTHING_LEARNED);
      deepStrictEqual(state, { state: "cold", reason: lost, tokens: 20_000 });
    });
  }
  await t.step("before its request, which is odd", () => {
    const odd = { ...ANCHOR, expiresAt: AT - MINUTE };
    const { state, ttlMs } = { ttlMs: undefined, ...recordedExpiry.stateAt(odd, AT, NOTHING_LEARNED) };
    deepStrictEqual([state, ttlMs, recordedExpiry.coldFrom(odd)], ["cold", 0, AT]);
  });
  await t.step("is cold from then on", () => strictEqual(recordedExpiry.coldFrom(ANCHOR), AT + 7 * MINUTE));
});

Deno.test("what the agent says goes before every rule, whatever the model", () => {
  for (const [provider, model] of [["anthropic", "claude-opus-4-6"], ["openai", "gpt-5.6"], ["x", "y"]] as const) {
    const anchor = { ...ANCHOR, model: { provider, model } };
    strictEqual(strategyOf(anchor).id, "recorded");
    strictEqual(strategyOf({ ...anchor, expiresAt: undefined }).id === "recorded", false);
  }
});
