/**
 * Tools that start Pi, look after it and end it. What starts it is this very program's `launch`, so that routing, tracing
 * and what must be restored live once; the prompt reaches Pi over its input alone, since Pi takes `@file` among its
 * arguments for an attachment.
 *
 * A caller chooses a prompt, a directory below those that are allowed, and a model: no program, flag or environment.
 */
import type * as z from "zod";
import { AGENTS } from "../../agents/agents.ts";
import { DEPTH_VARIABLE } from "../../agents/launcher.ts";
import { AgentError } from "../../core/errors.ts";
import type { DurationMs } from "../../core/model.ts";
import { ownPid } from "../../host/child.ts";
import { OWN_SESSION_VARIABLES } from "../../operations/live/current_session.ts";
import {
  launchesSoFar,
  launchSecrets,
  readStartedTraces,
  startedTraces,
} from "../../operations/launches/started_launch.ts";
import { plainText } from "../../core/plain_text.ts";
import { type AllowedDirectories, checkDirectory, checkModel, checkPrompt, refuseDepth } from "./launch_checks.ts";
import { type Run, type RunLimits, Runs } from "./runs.ts";
import { cancelInput, launchInput, type RunOutput, runOutput, statusInput } from "./run_schemas.ts";
import { runTask } from "./run_task.ts";
import { describeArguments, describeResult, readToolArguments } from "./tool_arguments.ts";
import type { JsonObject, ToolCall, ToolDefinition } from "./tool_definition.ts";

/** Which agent is started: the tools are named for it. */
const AGENT = "pi";

/** What starting agents needs of the machine. */
export interface LaunchToolOptions extends AllowedDirectories {
  /** How this very program is started; arguments of ours follow. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
  /** The server's own environment, which the agents get. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many launches this server lies within. Asked before each run. */
  depth(): number;
  readonly limits?: RunLimits;
}

/** How long Pi may take to say which session it opened, before the caller is answered without. */
const SESSION_PATIENCE_MS: DurationMs = 15_000;
const HELP_TIMEOUT_MS: DurationMs = 15_000;
const POLL_MS: DurationMs = 100;
/** Of a text's JSON, so that a result stays below what clients cut. */
const MAXIMUM_FINAL_BYTES = 8_000;
const MAXIMUM_ERROR_BYTES = 2_000;
/** Traces of one run that are shown: the rest are those of agents that the run started. */
const MAXIMUM_TRACES = 10;

const OPENED = new Set<Runs>();

/** Ends all that the tools started, with everything below it, within half a second; they start nothing any more. */
export async function closeRuns(): Promise<void> {
  await Promise.all([...OPENED].map((runs) => runs.close()));
}

export function launchTools(options: LaunchToolOptions): readonly ToolDefinition[] {
  const runs = new Runs(options.limits);
  OPENED.add(runs);
  /** Launches that there were before a run, by its id. */
  const knownLaunches = new Map<string, ReadonlySet<string>>();
  const report = async (run: Run, call: ToolCall) => {
    const traces = startedTraces(call.context.stateDirectory, run.pid, knownLaunches.get(run.id) ?? new Set());
    return await reportRun(run, traces, call, options);
  };
  const start = async (args: JsonObject, call: ToolCall) => {
    const input = readToolArguments(launchInput, args, "launch_pi_traced");
    const known = launchesSoFar(call.context.stateDirectory);
    const run = await startRun(input, call, runs, options);
    knownLaunches.set(run.id, known);
    return { run, waitMs: input.waitSeconds * 1000 };
  };
  const outputSchema = describeResult(runOutput);
  return [
    {
      name: "launch_pi_traced",
      title: "Run Pi on a prompt, traced",
      description:
        "Starts the coding agent Pi on a prompt, without a terminal, with its model calls routed through Opper and one " +
        "trace a session. It may change files below its directory, and it costs money. Waits up to wait_seconds; a run " +
        "that takes longer goes on and is answered with status running: ask run_status with its run_id, or end it with " +
        "cancel_run. At most two run at once.",
      inputSchema: describeArguments(launchInput),
      outputSchema,
      needs: ["network", "programs", "user_files"],
      async run(args, call) {
        const begun = performance.now();
        const { run, waitMs } = await start(args, call);
        const until = begun + waitMs;
        const cancel = () => void runs.cancel(run.id);
        call.signal.addEventListener("abort", cancel);
        try {
          if (call.signal.aborted) cancel();
          const session = performance.now() + SESSION_PATIENCE_MS;
          const isKnown = () =>
            startedTraces(call.context.stateDirectory, run.pid, knownLaunches.get(run.id)!).length > 0;
          await waitFor(run, call, Math.max(until, session), () => performance.now() >= until && isKnown());
          call.signal.throwIfAborted();
          return await report(run, call);
        } finally {
          call.signal.removeEventListener("abort", cancel);
        }
      },
      task: runTask({
        title: "Pi",
        runs,
        start: async (args, call) => (await start(args, call)).run,
        report: async (run, call) => await report(run, call) as RunOutput,
      }),
    },
    {
      name: "run_status",
      title: "Status of a run",
      description: "Shows the status, usage and cost of a run that launch_pi_traced started, and its last " +
        "answer once it has ended. Runs are remembered for an hour after their end.",
      inputSchema: describeArguments(statusInput),
      outputSchema,
      needs: [],
      async run(args, call) {
        const input = readToolArguments(statusInput, args, "run_status");
        const run = runs.find(input.runId);
        await waitFor(run, call, performance.now() + input.waitSeconds * 1000, () => false);
        call.signal.throwIfAborted();
        return await report(run, call);
      },
    },
    {
      name: "cancel_run",
      title: "Cancel a run",
      description:
        "Ends a run that launch_pi_traced started, with every program that it started, and says what it cost. A run " +
        "that has ended already stays as it was.",
      inputSchema: describeArguments(cancelInput),
      outputSchema,
      needs: ["programs"],
      isRepeatable: true,
      async run(args, call) {
        const { runId } = readToolArguments(cancelInput, args, "cancel_run");
        return await report(await runs.cancel(runId), call);
      },
    },
  ];
}

/** @throws {AgentError} when it may not be started, or cannot */
async function startRun(
  input: z.infer<typeof launchInput>,
  call: ToolCall,
  runs: Runs,
  options: LaunchToolOptions,
): Promise<Run> {
  const depth = options.depth();
  refuseDepth(depth);
  checkPrompt(input.prompt);
  checkModel(input.model);
  const cwd = checkDirectory(input.cwd, options);
  const giveBack = runs.reserve();
  try {
    const headless = await headlessArguments(cwd, runs, call, options);
    call.signal.throwIfAborted();
    const model = input.model === undefined ? [] : ["--model", input.model];
    return runs.start({
      program: options.program.command,
      args: [...launchArguments(options), "--quiet", "--no-mcp-tools", ...model, AGENT, ...headless],
      env: environmentOfRun(options.env, depth),
      cwd,
      input: input.prompt,
      timeoutMs: input.timeoutSeconds * 1000,
    });
  } finally {
    giveBack();
  }
}

/** Whatever ends this server, the launch notices and leaves nothing behind. */
function launchArguments({ program }: LaunchToolOptions): readonly string[] {
  return [...program.args, "launch", "--end-with-parent", String(ownPid())];
}

/** The session that this server was started for is not the one that a run opens. */
function environmentOfRun(env: LaunchToolOptions["env"], depth: number): LaunchToolOptions["env"] {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith(`${OWN_SESSION_VARIABLES}_`));
  return { ...Object.fromEntries(kept), [DEPTH_VARIABLE]: String(depth) };
}

/**
 * Flags with which Pi answers what its input says, and ends, by what its own help says.
 *
 * @throws {AgentError} failed, when there is no Pi that runs
 */
async function headlessArguments(
  cwd: string,
  runs: Runs,
  call: ToolCall,
  options: LaunchToolOptions,
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runs.inquire({
    program: options.program.command,
    args: [...launchArguments(options), AGENT, "--help"],
    env: options.env,
    cwd,
    input: "",
    timeoutMs: HELP_TIMEOUT_MS,
  }, call.signal);
  if (code !== 0) {
    const said = plainText(stderr, MAXIMUM_ERROR_BYTES, secretsOf(stderr, call, options)).text.trim();
    // As our own command line tells a failure; anything else is Pi's.
    const [, message, , hint] = /^error: (.*)(\nhint: (.*))?$/m.exec(said) ?? [];
    throw new AgentError(
      "failed",
      message ?? `"${AGENT} --help" ended with status ${code}: ${said || "it said nothing"}.`,
      {
        // Of flags there are none here.
        hint: hint?.replace(/, or add --[^.]*\.?/, "") ?? "Make Pi work on its own first.",
      },
    );
  }
  return (await AGENTS.find(({ id }) => id === AGENT)!.launcher!()).headlessArguments!(stdout + stderr);
}

/** Until it has ended, the time is over, there is nobody to wait for, or enough is known. Tells the caller it is alive. */
async function waitFor(run: Run, call: ToolCall, until: number, isEnough: () => boolean): Promise<void> {
  const begin = performance.now();
  while (run.output === undefined && !call.signal.aborted && performance.now() < until && !isEnough()) {
    await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    const seconds = Math.floor((performance.now() - begin) / 1000);
    if (seconds > 0) call.reportProgress?.(seconds, `Pi has been running for ${seconds} s`);
  }
}

function secretsOf(said: string, { context }: ToolCall, { env }: LaunchToolOptions): readonly string[] {
  return launchSecrets({ env, opperHome: context.account.opperHome }, said);
}

async function reportRun(
  run: Run,
  traces: ReturnType<typeof startedTraces>,
  call: ToolCall,
  options: LaunchToolOptions,
): Promise<JsonObject> {
  const now = Date.now();
  const [first] = traces;
  // Before its logs are read: what is said to be its end has all that it wrote.
  const { id, startedAt, endedAt, output } = run;
  const status = output === undefined ? "running" : run.status;
  const shown = await readStartedTraces(traces.slice(0, MAXIMUM_TRACES), { since: startedAt, now }, call.context);
  const secrets = output === undefined ? [] : secretsOf(output.stdout + output.stderr, call, options);
  const result: RunOutput = {
    runId: id,
    status,
    durationMs: (endedAt ?? now) - startedAt,
    traceId: first?.traceId,
    sessionId: first?.sessionId,
    sessionFile: first?.sessionFile,
    ...(output === undefined ? {} : {
      exitCode: output.code,
      finalText: finalText(output.stdout, output.isCut, secrets),
      error: output.code === 0
        ? undefined
        : plainText(output.stderr, MAXIMUM_ERROR_BYTES, secrets, true).text.trim() || undefined,
    }),
    traces: [...shown],
  };
  // Through JSON: what is not known is left out.
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}

function finalText(stdout: string, isCut: boolean, secrets: readonly string[]): RunOutput["finalText"] {
  const { text, cut } = plainText(stdout.replace(/\n$/, ""), MAXIMUM_FINAL_BYTES, secrets);
  return text === "" ? undefined : { untrusted: true, text, cut: cut || isCut };
}
