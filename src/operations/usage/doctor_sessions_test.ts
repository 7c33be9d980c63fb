import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { CacheReport } from "../../core/session_report.ts";
import { countTurns, evidenceFacts, gatherEvidence, turnsText } from "./doctor_sessions.ts";

Deno.test("countTurns() and turnsText()", async (t) => {
  const rows: [read: number, sessions: { turns: number; totals?: { count: number } }[], text: string][] = [
    [51_440, [{ turns: 50_000 }, { turns: 5 }], "51,440 read, 50,005 counted (1,435 copies in forks)"],
    [4, [{ turns: 3 }], "4 read, 3 counted (1 copy in a fork)"],
    [3, [{ turns: 3 }], "3"],
    [0, [], "0"],
    // Sums are no turns: ten records are 2 of them, 7 turns, and a copy.
    [10, [{ turns: 7, totals: { count: 2 } }], "8 read, 7 counted (1 copy in a fork)"],
    // Deleted, and still counted.
    [3, [{ turns: 3 }, { turns: 2 }], "5"],
  ];
  for (const [read, sessions, text] of rows) {
    await t.step(text, () => strictEqual(turnsText(countTurns(read, sessions)), text));
  }
});

Deno.test("gatherEvidence() has each once, the most used first", () => {
  const cache = (strategy: CacheReport["strategy"], evidence?: CacheReport["evidence"]): { cache: CacheReport } => ({
    cache: { state: "cold", strategy, model: "m-1", tokens: 1, evidence },
  });
  const evidence = gatherEvidence([
    cache("empirical_dropoff", { basis: "Learned.", pool: "model" }),
    cache("anthropic_ephemeral", { basis: "Documented." }),
    cache("unknown"),
    cache("anthropic_ephemeral", { basis: "Documented." }),
  ]);
  deepStrictEqual(evidence, [
    { strategy: "anthropic_ephemeral", model: undefined, basis: "Documented.", sessions: 2 },
    { strategy: "empirical_dropoff", model: "m-1", basis: "Learned.", sessions: 1 },
  ]);
  deepStrictEqual(evidenceFacts(evidence), [
    ["anthropic ephemeral", { text: "Documented. (2 sessions)" }],
    ["empirical dropoff", { text: "m-1: Learned. (1 session)" }],
  ]);
});
