/** What is kept of Opper's traces: found again as it was, written anew as a whole, and there after a step from version 1. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import type { TraceEvidence } from "../core/trace_evidence.ts";
import { migrateEvidence, MIGRATIONS } from "./evidence_schema.ts";
import { EvidenceStore } from "./evidence_store.ts";
import { openEvidence } from "./open_evidence.ts";
import { OpperEvidence } from "./opper_evidence.ts";

const TRACE: TraceEvidence = {
  traceId: "9b2f0c0e-0000-5000-8000-000000000001",
  status: "ok",
  spanCount: 3,
  startedAt: Date.UTC(2026, 10, 20, 10),
  endedAt: Date.UTC(2026, 10, 20, 11),
  durationMs: 3_600_000,
  usd: 0.1 + 0.2,
  inputTokens: 100,
  spans: [
    { id: "root", type: "session", status: "ok" },
    {
      id: "b",
      parentId: "root",
      type: "llm",
      usd: 0.2,
      model: "anthropic/claude-sonnet-4.6",
      upstream: "bedrock",
      inputTokens: 100,
      cacheReadTokens: 40,
      cacheWriteTokens: 10,
      outputTokens: 20,
      reasoningTokens: 0,
      totalTokens: 120,
    },
    { id: "a", parentId: "root" },
  ],
};
const BY = { askedAt: Date.UTC(2026, 10, 26), key: "a1b2c3d4e5f60718" };

Deno.test("a trace is found again as it was, and later answers take its place", async () => {
  await withTemporaryDirectory(async (directory) => {
    const stateDirectory = join(directory, "agent");
    const store = EvidenceStore.openToWrite(stateDirectory, () => {});
    store.traces.save({ trace: TRACE, ...BY });
    store.traces.save({ trace: { traceId: "other", startedAt: 1, spans: [] }, ...BY });
    const evidence = (await openEvidence({ stateDirectory }))!;
    deepStrictEqual(evidence.traces.find(TRACE.traceId), { trace: TRACE, ...BY });
    deepStrictEqual([evidence.traces.find("unknown"), evidence.traces.count()], [undefined, 2]);
    deepStrictEqual(evidence.traces.list().map(({ trace }) => trace.traceId), ["other", TRACE.traceId]);
    evidence.close();

    const shorter = { traceId: TRACE.traceId, usd: 0, spans: TRACE.spans.slice(0, 1) };
    store.traces.save({ trace: shorter, ...BY, askedAt: BY.askedAt + 1 });
    deepStrictEqual(store.traces.find(TRACE.traceId), { trace: shorter, ...BY, askedAt: BY.askedAt + 1 });
    store.close();
  });
});

Deno.test("a file from before traces were kept gets their tables", () => {
  const database = new DatabaseSync(":memory:");
  migrateEvidence(database, MIGRATIONS.slice(0, 1));
  migrateEvidence(database);
  const traces = new OpperEvidence(database);
  traces.save({ trace: TRACE, ...BY });
  deepStrictEqual(traces.list(), [{ trace: TRACE, ...BY }]);
  database.close();
});

Deno.test("who reads a file that lost its tables is told, and gets none", () => {
  const database = new DatabaseSync(":memory:");
  const faults: string[] = [];
  const traces = new OpperEvidence(database, ({ message }) => void faults.push(message));
  deepStrictEqual([traces.find("a"), traces.list(), faults.length], [undefined, [], 2]);
  database.close();
});
