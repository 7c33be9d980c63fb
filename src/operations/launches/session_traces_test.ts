/** Which session, and which part of it, a trace is of. */
import { deepStrictEqual } from "node:assert/strict";
import type { Cost, TokenUsage } from "../../core/model.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import { tracedFigures, type TracedRecord, TraceJoin } from "./session_traces.ts";

const usageOf = (input: number): TokenUsage => ({ input, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 });
const costOf = (usd: number): Cost => ({ usd, basis: "computed", unpricedTurns: 0 });

/** Chains with as many turns and tokens as they have dollars. */
function sessionOf(source: string, sessionId: string, chains: Record<string, number> = { main: 1 }): IndexedSession {
  const sum = Object.values(chains).reduce((a, b) => a + b, 0);
  const session: Partial<IndexedSession> = {
    source,
    sessionId,
    files: [`/logs/${sessionId}`],
    turns: sum,
    usage: usageOf(sum),
    cost: costOf(sum),
    chains: Object.entries(chains).map(([chain, usd]) => ({
      chain,
      turns: usd,
      usage: usageOf(usd),
      cost: costOf(usd),
      lastAt: 0,
    })),
  };
  return session as IndexedSession;
}

const ALL = [
  sessionOf("claude", "a", { main: 1, x: 2, y: 4 }),
  sessionOf("claude", "b"),
  sessionOf("codex", "a"),
  sessionOf("codex", "root", { main: 1, child: 2, grandchild: 4 }),
  sessionOf("codex", "fork"),
  sessionOf("pi", "p"),
];

const RECORDS: readonly TracedRecord[] = [
  { traceId: "a", source: "claude", sessionId: "a" },
  { traceId: "a/x", source: "claude", sessionId: "a", subagentId: "x", parentTraceId: "a" },
  { traceId: "b", source: "claude", sessionId: "b" },
  { traceId: "root", source: "codex", sessionId: "root" },
  { traceId: "child", source: "codex", sessionId: "child", parentTraceId: "root" },
  { traceId: "grandchild", source: "codex", sessionId: "grandchild", parentTraceId: "child" },
  { traceId: "fork", source: "codex", sessionId: "fork", parentTraceId: "root" },
  { traceId: "gone", source: "claude", sessionId: "gone" },
  { traceId: "circle", source: "codex", sessionId: "circle", parentTraceId: "circle" },
  { traceId: "launch", sessionId: "launch" },
  { traceId: "p", sessionId: "p", sessionFile: "/logs/p" },
];

Deno.test("a trace is of its own session, and of a sub-agent its own part of it", async (t) => {
  const join = new TraceJoin(ALL, RECORDS, (path) => [path]);
  const rows: Record<string, [session: string, usd: number] | undefined> = {
    // 1 + 2 + 4, without x, which has a trace of its own; y has none.
    "a": ["a", 5],
    "a/x": ["a", 2],
    "b": ["b", 1],
    "root": ["root", 1],
    "child": ["root", 2],
    "grandchild": ["root", 4],
    "fork": ["fork", 1],
    "gone": undefined,
    "circle": undefined,
    "launch": undefined,
    "p": ["p", 1],
  };
  for (const [traceId, expected] of Object.entries(rows)) {
    await t.step(traceId, () => {
      const record = RECORDS.find((record) => record.traceId === traceId)!;
      const traced = join.find(record);
      deepStrictEqual(traced && [traced.session.sessionId, tracedFigures(traced).cost.usd], expected);
      deepStrictEqual(traced && tracedFigures(traced).turns, expected?.[1]);
      deepStrictEqual(traced?.session.source, expected && (record.source ?? "pi"));
    });
  }
});
