/** A run of an agent as a task of the protocol. */
import type { DurationMs } from "../../core/model.ts";
import { countOf } from "../../operations/report/notes.ts";
import { type Run, type Runs, RUNS_KEPT_MS } from "./runs.ts";
import type { JsonObject, TaskState, TaskSupport, ToolCall } from "./tool_definition.ts";

/** How often a client is told to look after a task: a look reads logs. */
const TASK_POLL_MS: DurationMs = 2_000;

/** As much of what run_status says as a task says, too. */
type RunReport = JsonObject & { readonly traces: readonly { readonly turns?: number }[] };

/** What tasks are made of. */
export interface RunTaskParts {
  /** Of the agent, for people. */
  titleOf(run: Run): string;
  readonly runs: Pick<Runs, "findIfAny" | "cancel">;
  start(args: JsonObject, call: ToolCall): Promise<Run>;
  /** What run_status says of it. */
  report(run: Run, call: ToolCall): Promise<RunReport>;
}

export function runTask({ titleOf, runs, start, report }: RunTaskParts): TaskSupport {
  return {
    async begin(args, call) {
      const run = await start(args, call);
      // Nobody hears of a task whose call was cancelled meanwhile.
      if (call.signal.aborted) void runs.cancel(run.id);
      return describe(titleOf(run), run);
    },
    async get(taskId, call) {
      const run = runs.findIfAny(taskId);
      // As it is now: while its report is made it may end, and the two have to agree.
      const seen = run && { ...run };
      return seen && describe(titleOf(seen), seen, await report(seen, call));
    },
    cancel(taskId) {
      const run = runs.findIfAny(taskId);
      if (run !== undefined) void runs.cancel(run.id);
      return run !== undefined;
    },
  };
}

/** @param report Without, it has just begun */
function describe(title: string, run: Run, report?: RunReport): TaskState {
  const { id, startedAt, endedAt, timeoutMs } = run;
  const isEnded = run.output !== undefined;
  const turns = report?.traces.reduce((sum, { turns = 0 }) => sum + turns, 0) ?? 0;
  const said = isEnded ? `${title} ended with status ${run.output!.code}` : `${title} is running`;
  return {
    taskId: id,
    status: !isEnded ? "working" : run.status === "cancelled" ? "cancelled" : "completed",
    statusMessage: turns === 0 ? said : `${said}, ${countOf(turns, "turn")} so far`,
    createdAt: new Date(startedAt).toISOString(),
    lastUpdatedAt: new Date(endedAt ?? startedAt).toISOString(),
    ttlMs: timeoutMs + RUNS_KEPT_MS,
    pollIntervalMs: TASK_POLL_MS,
    ...(isEnded && run.status !== "cancelled" ? { result: report } : {}),
  };
}
