import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_COST } from "../../core/cost/cost.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { ListedSession } from "./read_sessions.ts";
import { readPicked, sumSessions, switchPicked } from "./sum_sessions.ts";

function session(rest: Partial<ListedSession> = {}): ListedSession {
  return {
    source: "pi",
    sessionId: "a",
    shortId: "a",
    isDeleted: false,
    subagents: 0,
    models: [],
    usage: NO_USAGE,
    cost: NO_COST,
    cache: { state: "cold", tokens: 0 },
    text: "",
    ...rest,
  };
}

Deno.test("sumSessions()", async (t) => {
  await t.step("what is known, and what lacks a price", () => {
    const sum = sumSessions([
      session({
        turns: 2,
        usage: { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 },
        cost: { usd: 1.5, basis: "computed", unpricedTurns: 0 },
        misses: 2,
        missUsd: 0.25,
      }),
      session({ usage: { ...NO_USAGE, input: 10 }, cost: { usd: 0.5, basis: "computed", unpricedTurns: 3 } }),
      session({ turns: 1, misses: 1 }),
    ]);
    // 1.5 + 0.5 dollars, of which three turns are missing; 2 + 1 misses, one session's without a price.
    deepStrictEqual(sum, {
      sessions: 3,
      turns: 3,
      usage: { input: 11, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 },
      cost: { usd: 2, basis: "computed", unpricedTurns: 3 },
      misses: 3,
      missUsd: 0.25,
    });
  });
  await t.step("misses without any price have none", () => {
    strictEqual(sumSessions([session({ misses: 2 })]).missUsd, undefined);
    strictEqual(sumSessions([session({ misses: 0 })]).missUsd, 0);
  });
});

Deno.test("rows that are selected, in the address and back", async (t) => {
  const rows: [pick: string, clicked: string[], next: string][] = [
    ["", ["a"], "a"],
    ["a", ["b"], "a,b"],
    ["a,b", ["a"], "b"],
    ["a", ["a", "b", "c"], "a,b,c"],
    ["a,b,c", ["b", "c"], "a"],
    ["", ["a, b"], "a%2C b"],
    ["a%2C b", ["a, b"], ""],
  ];
  for (const [pick, clicked, next] of rows) {
    await t.step(`${pick} + ${clicked}`, () => strictEqual(switchPicked(readPicked({ pick }), clicked), next));
  }
  strictEqual(readPicked({}).size, 0);
});
