/** Which traces are asked for, what is kept of them, and how a run ends. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { writeLog } from "../../../tests/support/logs.ts";
import { AgentError } from "../../core/errors.ts";
import type { FoundTrace } from "../../evidence/opper_evidence.ts";
import type { AskedTrace, TraceAsker } from "./ask_traces.ts";
import { enrichTraces, pendingTraces } from "./enrich_traces.ts";

const AT = Date.UTC(2026, 10, 20, 10);
const HOST = "https://api.opper.ai";

/** Traces `t0` and on, a minute apart, each in a launch of its own that ends 30 seconds later. */
async function writeLaunches(stateDirectory: string, count: number, running: readonly number[] = []): Promise<void> {
  for (let index = 0; index < count; index++) {
    const at = AT + index * 60_000;
    const launchId = `launch-${index}`;
    const launch = { type: "launch", launchId, launcher: "pi", at, cwd: "/srv", pid: 1, host: HOST, tags: {} };
    const session = {
      type: "session",
      at,
      traceId: `t${index}`,
      sessionId: `s${index}`,
      pid: 1,
      reason: "startup",
      cwd: "/",
    };
    await writeLog(join(stateDirectory, "launches", launchId, "ledger.jsonl"), [
      launch,
      session,
      ...(running.includes(index) ? [] : [{ type: "exit", at: at + 30_000, status: 0 }]),
    ]);
  }
}

function found(traceId: string, askedAt: number): FoundTrace {
  return { trace: { traceId, spans: [] }, askedAt, key: "k" };
}

Deno.test("asked for are traces that are not known, or were asked for too early", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    await writeLaunches(directory, 4, [3]);
    const settled = AT + 90_000;
    const known = new Map([
      ["t0", found("t0", settled)],
      // t1 ended at 10:01:30: asked for at 10:02:00, half a minute later, and so once more.
      ["t1", found("t1", AT + 120_000)],
      // Still running, or killed: nobody knows.
      ["t3", found("t3", AT + 3_600_000)],
    ]);
    const traces = { find: (id: string) => known.get(id) };
    const ids = (options: Parameters<typeof pendingTraces>[1]) =>
      pendingTraces(directory, options).map(({ record }) => record.traceId);
    await t.step(
      "of which nothing is known: all, newest first",
      () => deepStrictEqual(ids({}), ["t3", "t2", "t1", "t0"]),
    );
    await t.step("of which some are", () => deepStrictEqual(ids({ traces }), ["t3", "t2", "t1"]));
    await t.step("since", () => deepStrictEqual(ids({ traces, since: AT + 120_000 }), ["t3", "t2"]));
    await t.step("at most", () => deepStrictEqual(ids({ traces, limit: 1 }), ["t3"]));
    await t.step("no launches", () => deepStrictEqual(pendingTraces(join(directory, "none")), []));
  });
});

/** Answers from a table, as openTraceAsker would. */
function askerOf(answer: (traceId: string) => AskedTrace): TraceAsker {
  return {
    host: HOST,
    origin: "OPPER_API_KEY",
    keyFingerprint: "f00d",
    ended: undefined,
    ask: (traceId) => Promise.resolve().then(() => answer(traceId)),
  };
}

Deno.test("each answer is kept, and what is left is said", async () => {
  await withTemporaryDirectory(async (directory) => {
    await writeLaunches(directory, 5);
    const saved: FoundTrace[] = [];
    const progress: number[] = [];
    const answers: Record<string, AskedTrace> = {
      t0: { trace: { traceId: "t0", usd: 0.1, spans: [] } },
      t1: { trace: { traceId: "t1", usd: 0.2, spans: [] } },
      t2: { trace: { traceId: "t2", spans: [] } },
      t3: { problem: "not known", isMissing: true },
      t4: { problem: "did not answer" },
    };
    const run = await enrichTraces({
      pending: pendingTraces(directory),
      asker: askerOf((id) => answers[id]!),
      traces: { save: (one) => void saved.push(one) },
      now: () => AT,
      onProgress: ({ left }) => void progress.push(left),
    });
    deepStrictEqual(run, { problem: "did not answer", found: 3, billed: 2, usd: 0.3, missing: 1, left: 1 });
    deepStrictEqual(saved.map(({ trace, askedAt, key }) => [trace.traceId, askedAt, key]).sort(), [
      ["t0", AT, "f00d"],
      ["t1", AT, "f00d"],
      ["t2", AT, "f00d"],
    ]);
    strictEqual(progress.at(-1), 1);
  });
});

Deno.test("a run that is ended keeps what it found, and begins nothing more", async () => {
  await withTemporaryDirectory(async (directory) => {
    await writeLaunches(directory, 12);
    const end = new AbortController();
    const saved: string[] = [];
    const run = await enrichTraces({
      pending: pendingTraces(directory),
      asker: askerOf((traceId) => ({ trace: { traceId, spans: [] } })),
      traces: {
        save({ trace }) {
          saved.push(trace.traceId);
          if (saved.length === 5) end.abort();
        },
      },
      now: () => AT,
      signal: end.signal,
    });
    // Four are under way at a time: at most three more than the fifth had been begun.
    strictEqual(run.found + run.left, 12);
    strictEqual(run.found, saved.length);
    strictEqual(run.left >= 4, true);
  });
});

Deno.test("a key that is refused ends it", async () => {
  await withTemporaryDirectory(async (directory) => {
    await writeLaunches(directory, 2);
    const asker = askerOf(() => {
      throw new AgentError("failed", "refused");
    });
    const options = { pending: pendingTraces(directory), asker, traces: { save: () => {} }, now: () => AT };
    await rejects(enrichTraces(options), AgentError);
  });
});
