import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_COST } from "../../core/cost/cost.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { briefSessions, type BriefValue } from "./brief_sessions.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");

function report(sessionId: string, rest: Partial<SessionReport> = {}): SessionReport {
  return {
    source: "pi",
    sessionId,
    file: `/logs/${sessionId}.jsonl`,
    files: [`/logs/${sessionId}.jsonl`],
    turns: 3,
    models: [],
    usage: NO_USAGE,
    cost: NO_COST,
    subagents: 0,
    chains: [],
    cache: { state: "unknown", strategy: "unknown", tokens: 0 },
    cacheBasis: { resume: {} },
    ...rest,
  };
}

const SHORT = new Map([["one", "o"]]);

function rowsOf(reports: readonly SessionReport[]): Record<string, BriefValue>[] {
  const columns = Object.entries(briefSessions(reports, SHORT).columns);
  for (const [, values] of columns) strictEqual(values.length, reports.length);
  return reports.map((_, place) => Object.fromEntries(columns.map(([name, values]) => [name, values[place]!])));
}

Deno.test("briefSessions() has the figures of a session, and null for what is not known", () => {
  const [row] = rowsOf([report("one", {
    cwd: "/srv/app",
    title: "Fix it",
    startedAt: AT,
    lastActivityAt: AT + 1500,
    models: [{ provider: "anthropic", model: "claude-opus-4-6", turns: 3, usage: NO_USAGE, cost: NO_COST }],
    usage: { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 },
    cost: { usd: 0.25, basis: "mixed", unpricedTurns: 1, credits: { x: 2 } },
    largestPrompt: 156_000,
    misses: 2,
    missUsd: 0.125,
    cache: {
      state: "warm",
      strategy: "anthropic_ephemeral",
      provider: "anthropic",
      model: "claude-opus-4-6",
      tokens: 900,
      ttlMs: 300_000,
      expiresAt: AT + 300_000,
      evidence: { basis: "said so" },
      resumeUsd: { warm: 0.5, cold: 5 },
    },
  })]);
  deepStrictEqual(row, {
    source: "pi",
    sessionId: "one",
    shortIdLength: 1,
    cwd: "/srv/app",
    title: "Fix it",
    parentSessionId: null,
    traceId: null,
    deleted: null,
    lastActivityAt: "2026-11-20T12:00:01.500Z",
    startedMs: -1500,
    turns: 3,
    subagents: 0,
    models: ["anthropic/claude-opus-4-6"],
    input: 1,
    cacheRead: 2,
    cacheWrite: 3,
    cacheWrite1h: 4,
    output: 5,
    usd: 0.25,
    basis: "mixed",
    unpricedTurns: 1,
    credits: { x: 2 },
    unloggedUsd: null,
    largestPrompt: 156_000,
    misses: 2,
    missUsd: 0.125,
    cache: "warm",
    cacheModel: "anthropic/claude-opus-4-6",
    cacheTokens: 900,
    // Five minutes after it began.
    expiresMs: 298_500,
    warmUsd: 0.5,
    coldUsd: 5,
    evidence: 0,
  });
});

Deno.test("briefSessions() of what is known as sums has no count of turns, and one without a short id its own", () => {
  const [row] = rowsOf([report("two", { turns: 0, totals: { count: 1 } })]);
  deepStrictEqual([row!["turns"], row!["shortIdLength"], row!["misses"], row!["startedMs"], row!["evidence"]], [
    null,
    3,
    null,
    null,
    null,
  ]);
});

Deno.test("briefSessions() says each evidence once, by number", () => {
  const cacheWith = (basis: string): SessionReport["cache"] => ({
    state: "warm",
    strategy: "empirical_dropoff",
    tokens: 1,
    evidence: { basis, samples: 3 },
  });
  const reports = ["a", "b", "a", undefined].map((basis, index) =>
    report(String(index), basis === undefined ? {} : { cache: cacheWith(basis) })
  );
  deepStrictEqual(rowsOf(reports).map((row) => row["evidence"]), [0, 1, 0, null]);
  deepStrictEqual(briefSessions(reports, SHORT).evidence.map(({ basis }) => basis), ["a", "b"]);
});

Deno.test("briefSessions() of none still names its columns", () => {
  const { columns, evidence } = briefSessions([], SHORT);
  deepStrictEqual([columns["source"], evidence], [[], []]);
});
