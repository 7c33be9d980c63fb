/**
 * Starts an agent on a prompt, without a terminal. What starts it is this very program's `launch`, so that routing, tracing
 * and what must be restored live once; the prompt reaches it over its input alone, since agents take words among their
 * arguments for more than that: Pi a `@file` for an attachment.
 *
 * A caller chooses an agent, a prompt, a directory below those that are allowed, and a model: no program, flag or
 * environment.
 */
import type * as z from "zod";
import { AGENTS } from "../../agents/agents.ts";
import { DEPTH_VARIABLE } from "../../agents/launcher.ts";
import { AgentError } from "../../core/errors.ts";
import type { DurationMs } from "../../core/model.ts";
import { plainText } from "../../core/plain_text.ts";
import { ownPid } from "../../host/child.ts";
import { OWN_SESSION_VARIABLES } from "../../operations/live/current_session.ts";
import { type AllowedDirectories, checkDirectory, checkModel, checkPrompt, refuseDepth } from "./launch_checks.ts";
import { type RunKeys, secretsOf, SHOWN_ERROR_BYTES } from "./run_report.ts";
import type { launchInput } from "./run_schemas.ts";
import type { Run, RunLimits, Runs } from "./runs.ts";
import type { ToolCall } from "./tool_definition.ts";

/** What starting agents needs of the machine. */
export interface LaunchToolOptions extends AllowedDirectories, RunKeys {
  /** How this very program is started; arguments of ours follow. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
  /** How many launches this server lies within. Asked before each run. */
  depth(): number;
  readonly limits?: RunLimits;
}

const HELP_TIMEOUT_MS: DurationMs = 15_000;

/**
 * @param agent id of one that answers without a terminal
 * @throws {AgentError} when it may not be started, or cannot
 */
export async function startRun(
  agent: string,
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
    const headless = await headlessArguments(agent, cwd, runs, call, options);
    call.signal.throwIfAborted();
    const model = input.model === undefined ? [] : ["--model", input.model];
    return runs.start({
      program: options.program.command,
      args: [...launchArguments(options), "--quiet", "--no-mcp-tools", ...model, agent, ...headless],
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
 * Flags with which it answers what its input says, and ends, by what its own help says.
 *
 * @throws {AgentError} failed, when there is none that runs
 */
async function headlessArguments(
  agent: string,
  cwd: string,
  runs: Runs,
  call: ToolCall,
  options: LaunchToolOptions,
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runs.inquire({
    program: options.program.command,
    args: [...launchArguments(options), agent, "--help"],
    env: options.env,
    cwd,
    input: "",
    timeoutMs: HELP_TIMEOUT_MS,
  }, call.signal);
  if (code !== 0) {
    const said = plainText(stderr, SHOWN_ERROR_BYTES, secretsOf(stderr, call, options)).text.trim();
    // As our own command line tells a failure; anything else is the agent's.
    const [, message, , hint] = /^error: (.*)(\nhint: (.*))?$/m.exec(said) ?? [];
    throw new AgentError(
      "failed",
      message ?? `"${agent} --help" ended with status ${code}: ${said || "it said nothing"}.`,
      {
        // Of flags there are none here.
        hint: hint?.replace(/, or add --[^.]*\.?/, "") ?? `Make ${titleOf(agent)} work on its own first.`,
      },
    );
  }
  return (await AGENTS.find(({ id }) => id === agent)!.launcher!()).headlessArguments!(stdout + stderr);
}

/** Of an agent, for people. */
export function titleOf(agent: string): string {
  return AGENTS.find(({ id }) => id === agent)!.title;
}
