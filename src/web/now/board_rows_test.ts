import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { boardRows, boardSum, type CacheEntry, evidenceText, rememberWarm } from "./board_rows.ts";
import { filterCaches } from "./filter_board.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");

function entry(sessionId: string, leftSeconds: number, lossUsd?: number, rest: Partial<CacheEntry["cache"]> = {}) {
  const expiresAt = new Date(NOW + leftSeconds * 1000).toISOString();
  return {
    source: "pi",
    sessionId,
    shortId: sessionId,
    cwd: "/home/kim/src/api",
    lossUsd,
    cache: { state: "warm", strategy: "documented_window", tokens: 1000, ttlMs: 300_000, expiresAt, ...rest },
  } as CacheEntry;
}

Deno.test("boardRows(): soonest first, soon below a minute, cold for a minute, then gone", () => {
  const caches = [entry("b", 150, 1), entry("a", 30, 2), entry("c", -20, 0.5), entry("d", -61)];
  const rows = boardRows(caches, NOW);
  // 150 of 300 seconds are half.
  deepStrictEqual(rows.map(({ entry, state, leftShare }) => [entry.sessionId, state, leftShare]), [
    ["c", "lost", 0],
    ["a", "soon", 0.1],
    ["b", "warm", 0.5],
  ]);
  deepStrictEqual(boardRows(caches, NOW, "stake").map(({ entry }) => entry.sessionId), ["a", "b", "c"]);
  // What is lost is at stake no more: 2 + 1.
  deepStrictEqual(boardSum(rows), { warm: 2, atStakeUsd: 3, unpriced: 0, nextExpiry: NOW + 30_000 });
});

Deno.test("boardSum() of caches without a price is not known, and of none nothing", () => {
  deepStrictEqual(boardSum(boardRows([entry("a", 100)], NOW)).atStakeUsd, undefined);
  deepStrictEqual(boardSum(boardRows([entry("a", 100), entry("b", 90, 1)], NOW)).unpriced, 1);
  deepStrictEqual(boardSum([]), { warm: 0, atStakeUsd: 0, unpriced: 0, nextExpiry: undefined });
});

Deno.test("rememberWarm() keeps what just went cold, and forgets what is gone before its time", () => {
  const known = rememberWarm(new Map(), [entry("a", -10), entry("b", 100), entry("c", -90)], NOW - 120_000);
  strictEqual(known.size, 3);
  // b was compacted; a went cold ten seconds ago, c a minute and a half ago.
  deepStrictEqual([...rememberWarm(known, [], NOW).keys()], ["pi a"]);
  // Somebody went on with a.
  const again = rememberWarm(known, [entry("a", 300)], NOW);
  deepStrictEqual(boardRows([...again.values()], NOW).map(({ state }) => state), ["warm"]);
  // One that may be warm is in another list.
  deepStrictEqual(rememberWarm(new Map(), [entry("m", 100, 1, { state: "maybe" })], NOW).size, 0);
});

Deno.test("evidenceText()", () => {
  strictEqual(evidenceText(entry("a", 1).cache), "documented");
  const learned = { strategy: "empirical_dropoff", evidence: { basis: "b", samples: 41 } } as const;
  strictEqual(evidenceText(entry("a", 1, 1, learned).cache), "learned from 41 pauses");
});

Deno.test("filterCaches() lets through what the operations would", () => {
  const caches = [entry("a", 1, 1, { provider: "anthropic", model: "claude-opus-4-6" }), entry("b", 1)];
  const ids = (filters: Parameters<typeof filterCaches>[1]) =>
    filterCaches(caches, filters).map((each) => each.sessionId);
  deepStrictEqual(ids({}), ["a", "b"]);
  deepStrictEqual(ids({ provider: "Anthropic" }), ["a"]);
  deepStrictEqual(ids({ model: "OPUS", project: "src" }), ["a"]);
  deepStrictEqual(ids({ source: "claude,pi" }), ["a", "b"]);
  deepStrictEqual(ids({ source: "claude" }), []);
});
