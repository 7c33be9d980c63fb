/** What a screen shows of sessions at a time, and how it shares its rows among caches and sessions. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { SessionReport } from "../../core/session_report.ts";
import { NO_USAGE } from "../../core/model.ts";
import { NO_COST } from "../../core/cost/cost.ts";
import { type LiveSessions, liveView } from "./live_sessions.ts";
import type { Block } from "../contract/view.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const MINUTE = 60_000;

/** Wrote to its five minutes' cache so long ago. */
function reportOf(index: number, agoMs: number): SessionReport {
  return {
    source: "pi",
    sessionId: `session-${index}`,
    file: `/logs/${index}.jsonl`,
    files: [`/logs/${index}.jsonl`],
    cwd: "/home/u/app",
    lastActivityAt: NOW - agoMs,
    turns: 1,
    models: [],
    usage: NO_USAGE,
    cost: { usd: 0.5, basis: "reported", unpricedTurns: 0 },
    subagents: 0,
    chains: [],
    // As it was at the scan; what is shown follows from the anchor.
    cache: { state: "unknown", strategy: "unknown", tokens: 0 },
    cacheBasis: {
      anchor: { model: { provider: "anthropic", model: "claude-x" }, at: NOW - agoMs, tokens: 5000, oneHourTokens: 0 },
      resume: { warm: 0.25, cold: 1 },
    },
  };
}

function liveOf(sessions: readonly SessionReport[]): LiveSessions {
  return {
    takenAt: NOW,
    timezone: "UTC",
    since: NOW - 720 * MINUTE,
    today: {
      turns: 3,
      sessions: 2,
      cost: { usd: 1.5, basis: "mixed", unpricedTurns: 1 },
      cacheHitRatio: 0.5,
    },
    total: sessions.length,
    sessions,
    shortIds: new Map(),
    lifetimes: [],
    limits: [],
  };
}

function tablesOf(live: LiveSessions, now: number, rows: number) {
  const view = liveView(live, { now, home: "/home/u", rows, columns: 80 });
  return view.filter((block): block is Extract<Block, { kind: "table" }> => block.kind === "table");
}

Deno.test("the clock alone moves what is shown", () => {
  const live = liveOf([reportOf(1, 30_000), reportOf(2, 4 * MINUTE), reportOf(3, 90 * MINUTE)]);
  const textsAt = (now: number) =>
    tablesOf(live, now, 40).map(({ rows }) => rows.map((cells) => [cells[0]!.text, cells[1]!.text, cells[0]!.tone]));
  deepStrictEqual(textsAt(NOW), [
    [["warm 1m 00s", "session-2", "good"], ["warm 4m 30s", "session-1", "good"]],
    [["30s ago", "session-1", "good"], ["4m ago", "session-2", undefined], ["1h ago", "session-3", undefined]],
  ]);
  deepStrictEqual(textsAt(NOW + MINUTE), [
    [["warm 3m 30s", "session-1", "good"]],
    [["1m ago", "session-1", undefined], ["5m ago", "session-2", undefined], ["1h ago", "session-3", undefined]],
  ]);
});

Deno.test("what a cache is worth, and where it is", () => {
  const [caches] = tablesOf(liveOf([reportOf(1, MINUTE)]), NOW, 40);
  // 1 - 0.25
  strictEqual(caches!.title, "Warm caches, $0.750 at stake");
  deepStrictEqual(caches!.rows[0]!.map(({ text }) => text), [
    "warm 4m 00s",
    "session-1",
    "pi",
    "~/app",
    "claude-x",
    "anthropic",
    "$0.750",
  ]);
});

Deno.test("amounts have as many decimals as are set", () => {
  const view = liveView(liveOf([reportOf(1, MINUTE)]), { now: NOW, home: "/", rows: 40, columns: 80, digits: 1 });
  const texts = view.flatMap((block) =>
    block.kind === "table" ? block.rows.flatMap((cells) => cells.map(({ text }) => text)) : []
  );
  // What the cache is worth, and what its session cost.
  deepStrictEqual(texts.filter((text) => text.startsWith("$")), ["$0.8", "$0.5"]);
});

Deno.test("each session has the state of its cache, and what may be warm stands below what is", () => {
  const promise = reportOf(3, 60 * MINUTE);
  const anchor = { ...promise.cacheBasis.anchor!, model: { provider: "openai", model: "gpt-5.6" } };
  const live = liveOf([reportOf(1, MINUTE), reportOf(2, 10 * MINUTE), {
    ...promise,
    cacheBasis: { anchor, resume: {} },
  }]);
  const [caches, sessions] = tablesOf(live, NOW, 40);
  // Thirty minutes are promised, and a day is the longest that is documented.
  deepStrictEqual(caches!.rows.map(([cache]) => cache!.text), ["warm 4m 00s", "maybe, until Nov 21 11:00"]);
  deepStrictEqual(sessions!.rows.map((cells) => cells.at(-1)!.text), ["warm 4m 00s", "cold", "maybe"]);
  strictEqual(caches!.title, "Warm caches, $0.750 at stake");
});

Deno.test("the sums of today", async (t) => {
  const live = liveOf([]);
  const textOf = (live: LiveSessions) => {
    const [first] = liveView(live, { now: NOW, home: "/home/u", rows: 40, columns: 80 });
    return first!.kind === "text" ? first!.text : undefined;
  };
  const rows: [name: string, live: LiveSessions, text: string][] = [
    ["a lower bound", live, "Today $1.50+ | 3 turns in 2 sessions | 50.0% from cache"],
    ["nothing yet", { ...live, today: { turns: 0, sessions: 0, cost: NO_COST } }, "Today $0.00"],
  ];
  for (const [name, live, text] of rows) await t.step(name, () => strictEqual(textOf(live), text));
});

Deno.test("rows are shared, and never more than there are", async (t) => {
  const many = (warm: number, cold: number) =>
    liveOf([
      ...Array.from({ length: warm }, (_, index) => reportOf(index, MINUTE)),
      ...Array.from({ length: cold }, (_, index) => reportOf(warm + index, 60 * MINUTE)),
    ]);
  // Eight rows are sums, blanks, titles and heads.
  const rows: [name: string, live: LiveSessions, rows: number, caches: number, sessions: number, titles: string[]][] = [
    ["room for all", many(2, 3), 40, 2, 5, ["Warm caches, $1.50 at stake", "Sessions"]],
    ["half of it for caches", many(30, 30), 28, 10, 10, [
      "Warm caches (10 of 30), $22.50 at stake",
      "Sessions (10 of 60)",
    ]],
    ["more for sessions where few are warm", many(1, 60), 28, 1, 19, [
      "Warm caches, $0.750 at stake",
      "Sessions (19 of 61)",
    ]],
    ["a line says that none is warm", many(0, 60), 28, 0, 19, ["Warm caches", "Sessions (19 of 60)"]],
    ["a low window", many(5, 5), 4, 1, 1, ["Warm caches (1 of 5), $3.75 at stake", "Sessions (1 of 10)"]],
  ];
  for (const [name, live, height, caches, sessions, titles] of rows) {
    await t.step(name, () => {
      const tables = tablesOf(live, NOW, height);
      deepStrictEqual(tables.map(({ rows }) => rows.length), [caches, sessions]);
      deepStrictEqual(tables.map(({ title }) => title), titles);
    });
  }
});
