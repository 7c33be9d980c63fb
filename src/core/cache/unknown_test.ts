import { deepStrictEqual } from "node:assert/strict";
import type { CacheAnchor } from "./strategy.ts";
import { unknownLifetime } from "./unknown.ts";

const ANCHOR: CacheAnchor = {
  model: { provider: "my-gateway", model: "qwen3-coder" },
  at: 0,
  tokens: 4096,
  oneHourTokens: 0,
};

Deno.test("unknownLifetime.stateAt()", async (t) => {
  const nothingLearned = { lookUp: () => undefined };
  await t.step("gives the reason and the tokens that are at stake", () => {
    deepStrictEqual(unknownLifetime.stateAt(ANCHOR, 1, nothingLearned), {
      state: "unknown",
      tokens: 4096,
      reason:
        "my-gateway documents no lifetime, and this machine's history has 0 survivals and 0 drops where 3 and 2 " +
        "are needed",
    });
  });
  await t.step("knows a lost prefix all the same", () => {
    deepStrictEqual(unknownLifetime.stateAt({ ...ANCHOR, lost: "compacted" }, 1, nothingLearned), {
      state: "cold",
      reason: "compacted",
      tokens: 4096,
    });
  });
});
