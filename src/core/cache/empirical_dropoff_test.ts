import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { empiricalDropoff } from "./empirical_dropoff.ts";
import type { CacheAnchor, LearnedLifetime } from "./strategy.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");
const ANCHOR: CacheAnchor = {
  model: { provider: "deepseek", model: "deepseek-chat" },
  at: AT,
  tokens: 9984,
  oneHourTokens: 0,
};
const ROUTED: CacheAnchor = { ...ANCHOR, model: { provider: "openrouter", model: "deepseek/deepseek-chat" } };
const SOLID: LearnedLifetime = {
  pool: "model",
  provider: "deepseek",
  model: "deepseek-chat",
  samples: 10,
  survivals: 7,
  drops: 3,
  fit: { warmUntilMs: 10 * MINUTE, coldFromMs: 30 * MINUTE, ttlMs: 20 * MINUTE },
};
const THIN: LearnedLifetime = { ...SOLID, samples: 9, survivals: 6, pool: "provider", model: undefined };

function stateAt(anchor: CacheAnchor, idleMs: number, learned: LearnedLifetime | undefined) {
  return empiricalDropoff.stateAt(anchor, AT + idleMs, { lookUp: () => learned });
}

Deno.test("empiricalDropoff.stateAt()", async (t) => {
  const rows: [name: string, learned: LearnedLifetime, idleMs: number, state: "warm" | "maybe" | "cold"][] = [
    ["a clock that was set back", SOLID, -MINUTE, "warm"],
    ["at the longest pause that nine in ten survived", SOLID, 10 * MINUTE, "warm"],
    ["past it", SOLID, 10 * MINUTE + 1, "maybe"],
    ["past the estimate", SOLID, 20 * MINUTE, "maybe"],
    ["before the shortest pause that half did not survive", SOLID, 30 * MINUTE - 1, "maybe"],
    ["at it", SOLID, 30 * MINUTE, "cold"],
    ["thin evidence is never warm", THIN, 0, "maybe"],
    ["thin evidence, cold", THIN, 30 * MINUTE, "cold"],
  ];
  for (const [name, learned, idleMs, state] of rows) {
    await t.step(name, () => {
      const { evidence, ...rest } = stateAt(ANCHOR, idleMs, learned);
      deepStrictEqual(rest, {
        state,
        ...(state === "cold" ? { reason: "expired" } : {}),
        tokens: 9984,
        ttlMs: 20 * MINUTE,
        expiresAt: AT + 20 * MINUTE,
      });
      const { basis, ...figures } = evidence!;
      deepStrictEqual(figures, {
        samples: learned.samples,
        survivals: learned.survivals,
        drops: 3,
        warmUntilMs: 10 * MINUTE,
        coldFromMs: 30 * MINUTE,
        pool: learned.pool,
      });
      match(
        basis,
        new RegExp(`from ${learned.samples} pauses with .* deepseek: ${learned.survivals} survived, 3 did not`),
      );
    });
  }
});

Deno.test("empiricalDropoff.stateAt() without a fit says what there is", async (t) => {
  const counts = (survivals: number, drops: number): LearnedLifetime => ({
    pool: "provider",
    provider: "deepseek",
    samples: survivals + drops,
    survivals,
    drops,
  });
  const rows: [name: string, learned: LearnedLifetime | undefined, reason: RegExp][] = [
    ["no samples", undefined, /^deepseek .*0 survivals and 0 drops where 3 and 2 are needed$/],
    ["too few drops", counts(40, 1), /40 survivals and 1 drops where 3 and 2 are needed$/],
    ["too few survivals", counts(2, 9), /2 survivals and 9 drops where 3 and 2 are needed$/],
    ["enough, but no end", counts(40, 2), /40 survivals and 2 drops that show no end/],
  ];
  for (const [name, learned, reason] of rows) {
    await t.step(name, () => {
      const state = stateAt(ANCHOR, 0, learned);
      strictEqual(state.state, "unknown");
      strictEqual(state.tokens, 9984);
      match(state.state === "unknown" ? state.reason : "", reason);
    });
  }
});

Deno.test("empiricalDropoff.stateAt() notes in every state that OpenRouter may re-route", async (t) => {
  const rows: [name: string, anchor: CacheAnchor, idleMs: number, learned: LearnedLifetime | undefined][] = [
    ["warm", ROUTED, 0, SOLID],
    ["maybe", ROUTED, 20 * MINUTE, SOLID],
    ["cold", ROUTED, 30 * MINUTE, SOLID],
    ["unknown", ROUTED, 0, undefined],
    ["cold", { ...ROUTED, lost: "model_changed" }, 0, SOLID],
    ["cold", { ...ROUTED, tokens: 0 }, 0, undefined],
  ];
  for (const [expected, anchor, idleMs, learned] of rows) {
    await t.step(`${expected}, ${anchor.lost ?? `${anchor.tokens} tokens`}`, () => {
      const { state, note } = stateAt(anchor, idleMs, learned);
      strictEqual(state, expected);
      match(note ?? "", /another inference provider, which local logs cannot show/);
    });
  }
  await t.step("no other provider does", () => strictEqual(stateAt(ANCHOR, 0, SOLID).note, undefined));
});

Deno.test("empiricalDropoff.stateAt() of a lost prefix asks no history", async (t) => {
  const rows: [anchor: CacheAnchor, reason: string][] = [
    [{ ...ANCHOR, lost: "model_changed" }, "model_changed"],
    [{ ...ANCHOR, lost: "compacted" }, "compacted"],
    [{ ...ANCHOR, tokens: 0 }, "never_written"],
  ];
  for (const [anchor, reason] of rows) {
    await t.step(reason, () => {
      deepStrictEqual(stateAt(anchor, 0, SOLID), { state: "cold", reason, tokens: anchor.tokens });
      deepStrictEqual(stateAt(anchor, 0, undefined), { state: "cold", reason, tokens: anchor.tokens });
    });
  }
});
