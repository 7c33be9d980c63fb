/** Tools that start agents on a prompt, look after them and end them. */
import type * as z from "zod";
import type { DurationMs } from "../../core/model.ts";
import { launchesSoFar, startedTraces } from "../../operations/launches/started_launch.ts";
import { type LaunchToolOptions, startRun, titleOf } from "./headless_run.ts";
import { reportRun } from "./run_report.ts";
import { cancelInput, launchAnyInput, launchInput, type RunOutput, runOutput, statusInput } from "./run_schemas.ts";
import { runTask } from "./run_task.ts";
import { type Run, Runs } from "./runs.ts";
import { describeArguments, describeResult, readToolArguments } from "./tool_arguments.ts";
import type { JsonObject, ToolCall, ToolDefinition } from "./tool_definition.ts";

/** How long an agent may take until it is known which session it opened, before the caller is answered without. */
const SESSION_PATIENCE_MS: DurationMs = 15_000;
const POLL_MS: DurationMs = 100;

const OPENED = new Set<Runs>();

/** Ends all that the tools started, with everything below it, within half a second; they start nothing any more. */
export async function closeRuns(): Promise<void> {
  await Promise.all([...OPENED].map((runs) => runs.close()));
}

export function launchTools(options: LaunchToolOptions): readonly ToolDefinition[] {
  const begun = new BegunRuns(options);
  return [
    launchTool(begun, {
      name: "launch_traced",
      title: "Run an agent on a prompt, traced",
      description:
        "Starts a coding agent on a prompt, without a terminal, its model calls routed through Opper, one trace a session. " +
        "It may change files below its directory, and it costs money. A run that takes longer than wait_seconds goes on, " +
        "and is answered with status running: ask run_status with its run_id, or end it with cancel_run. At most two run " +
        "at once.",
      inputSchema: describeArguments(launchAnyInput),
      read(args) {
        const { agent, ...input } = readToolArguments(launchAnyInput, args, "launch_traced");
        return { agent, input };
      },
    }),
    launchTool(begun, {
      name: "launch_pi_traced",
      title: "Run Pi on a prompt, traced",
      description: "Starts Pi on a prompt: launch_traced with agent pi, by an earlier name.",
      inputSchema: describeArguments(launchInput),
      read: (args) => ({ agent: "pi", input: readToolArguments(launchInput, args, "launch_pi_traced") }),
    }),
    {
      name: "run_status",
      title: "Status of a run",
      description: "Shows the status, usage and cost of a run that launch_traced started, and its last " +
        "answer once it has ended. Runs are remembered for an hour after their end.",
      inputSchema: describeArguments(statusInput),
      outputSchema: describeResult(runOutput),
      needs: [],
      async run(args, call) {
        const input = readToolArguments(statusInput, args, "run_status");
        const run = begun.runs.find(input.runId);
        await waitFor(run, begun.titleOf(run), call, performance.now() + input.waitSeconds * 1000, () => false);
        call.signal.throwIfAborted();
        return await begun.report(run, call);
      },
    },
    {
      name: "cancel_run",
      title: "Cancel a run",
      description:
        "Ends a run that launch_traced started, with every program that it started, and says what it cost. A run that " +
        "has ended already stays as it was.",
      inputSchema: describeArguments(cancelInput),
      outputSchema: describeResult(runOutput),
      needs: ["programs"],
      isRepeatable: true,
      async run(args, call) {
        const { runId } = readToolArguments(cancelInput, args, "cancel_run");
        return await begun.report(await begun.runs.cancel(runId), call);
      },
    },
  ];
}

/** The runs of one server, with what is known of each from when it began. */
class BegunRuns {
  readonly runs: Runs;
  readonly #options: LaunchToolOptions;
  /** By the id of a run: what was started, and the launches that there were before. */
  readonly #begun = new Map<string, { readonly title: string; readonly known: ReadonlySet<string> }>();

  constructor(options: LaunchToolOptions) {
    this.#options = options;
    this.runs = new Runs(options.limits);
    OPENED.add(this.runs);
  }

  async start(agent: string, input: z.infer<typeof launchInput>, call: ToolCall): Promise<Run> {
    const known = launchesSoFar(call.context.stateDirectory);
    const run = await startRun(agent, input, call, this.runs, this.#options);
    this.#begun.set(run.id, { title: titleOf(agent), known });
    return run;
  }

  /** Of the agent, for people. */
  titleOf(run: Run): string {
    return this.#begun.get(run.id)?.title ?? "The agent";
  }

  tracesOf(run: Run, { context }: ToolCall): ReturnType<typeof startedTraces> {
    return startedTraces(context.stateDirectory, run.pid, this.#begun.get(run.id)?.known ?? new Set());
  }

  async report(run: Run, call: ToolCall): Promise<RunOutput & JsonObject> {
    return await reportRun(run, this.tracesOf(run, call), call, this.#options) as RunOutput & JsonObject;
  }
}

interface LaunchTool extends Pick<ToolDefinition, "name" | "title" | "description" | "inputSchema"> {
  /** @throws {AgentError} usage, for arguments that it does not take */
  read(args: JsonObject): { readonly agent: string; readonly input: z.infer<typeof launchInput> };
}

/** A tool that starts an agent. */
function launchTool(begun: BegunRuns, { read, ...said }: LaunchTool): ToolDefinition {
  const { runs } = begun;
  return {
    ...said,
    outputSchema: describeResult(runOutput),
    needs: ["network", "programs", "user_files"],
    async run(args, call) {
      const called = performance.now();
      const { agent, input } = read(args);
      const run = await begun.start(agent, input, call);
      const until = called + input.waitSeconds * 1000;
      const cancel = () => void runs.cancel(run.id);
      call.signal.addEventListener("abort", cancel);
      try {
        if (call.signal.aborted) cancel();
        const session = performance.now() + SESSION_PATIENCE_MS;
        const isEnough = () => performance.now() >= until && begun.tracesOf(run, call).length > 0;
        await waitFor(run, begun.titleOf(run), call, Math.max(until, session), isEnough);
        call.signal.throwIfAborted();
        return await begun.report(run, call);
      } finally {
        call.signal.removeEventListener("abort", cancel);
      }
    },
    task: runTask({
      titleOf: (run) => begun.titleOf(run),
      runs,
      async start(args, call) {
        const { agent, input } = read(args);
        return await begun.start(agent, input, call);
      },
      report: (run, call) => begun.report(run, call),
    }),
  };
}

/** Until it has ended, the time is over, there is nobody to wait for, or enough is known. Tells the caller it is alive. */
async function waitFor(
  run: Run,
  title: string,
  call: ToolCall,
  until: number,
  isEnough: () => boolean,
): Promise<void> {
  const begin = performance.now();
  while (run.output === undefined && !call.signal.aborted && performance.now() < until && !isEnough()) {
    await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    const seconds = Math.floor((performance.now() - begin) / 1000);
    if (seconds > 0) call.reportProgress?.(seconds, `${title} has been running for ${seconds} s`);
  }
}
