import { deepStrictEqual, match } from "node:assert/strict";
import { documentedWindow } from "./documented_window.ts";
import type { CacheAnchor, LifetimeTable } from "./strategy.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");
const ANCHOR: CacheAnchor = {
  model: { provider: "openai", model: "gpt-5.6" },
  at: AT,
  tokens: 20_480,
  oneHourTokens: 0,
};
const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

Deno.test("documentedWindow.stateAt()", async (t) => {
  const rows: [name: string, idleMs: number, state: "warm" | "maybe" | "cold"][] = [
    ["at once", 0, "warm"],
    ["a clock that was set back", -1, "warm"],
    ["just before 30 minutes", 30 * MINUTE - 1, "warm"],
    ["at 30 minutes", 30 * MINUTE, "maybe"],
    ["just before 24 hours", 24 * 60 * MINUTE - 1, "maybe"],
    ["at 24 hours", 24 * 60 * MINUTE, "cold"],
  ];
  for (const [name, idleMs, state] of rows) {
    await t.step(name, () => {
      const { evidence, note, ...rest } = documentedWindow.stateAt(ANCHOR, AT + idleMs, NOTHING_LEARNED);
      match(evidence?.basis ?? "", /^OpenAI documents .*2026-11-20/);
      match(note ?? "", state === "maybe" ? /30 minutes/ : /^$/);
      deepStrictEqual(rest, {
        state,
        ...(state === "cold" ? { reason: "expired" } : {}),
        tokens: 20_480,
        ttlMs: 30 * MINUTE,
        expiresAt: AT + 30 * MINUTE,
      });
    });
  }
  await t.step("lost", () => {
    deepStrictEqual(documentedWindow.stateAt({ ...ANCHOR, lost: "compacted" }, AT, NOTHING_LEARNED), {
      state: "cold",
      reason: "compacted",
      tokens: 20_480,
    });
  });
});
