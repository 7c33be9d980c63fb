import { deepStrictEqual } from "node:assert/strict";
import type { Run } from "./runs.ts";
import { runTask } from "./run_task.ts";
import type { ToolCall } from "./tool_definition.ts";

Deno.test("a task that ends while its report is made is one that goes on, until it is asked for again", async () => {
  const run: Run = {
    id: "r",
    pid: 1,
    startedAt: 0,
    timeoutMs: 1000,
    status: "running",
    ended: Promise.resolve(),
  };
  const task = runTask({
    titleOf: () => "Pi",
    runs: { findIfAny: () => run, cancel: () => Promise.resolve(run) },
    start: () => Promise.resolve(run),
    report: ({ status }) => {
      Object.assign(run, {
        status: "finished",
        endedAt: 5,
        output: { code: 0, stdout: "", isCut: false, stderr: "" },
      });
      return Promise.resolve({ status, traces: [] });
    },
  });
  const call = {} as ToolCall;
  const [first, second] = [await task.get("r", call), await task.get("r", call)];
  deepStrictEqual([first?.status, first?.result], ["working", undefined]);
  deepStrictEqual([second?.status, second?.result], ["completed", { status: "finished", traces: [] }]);
});
