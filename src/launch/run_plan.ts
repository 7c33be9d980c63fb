/**
 * Carries out a plan: writes what it needs, places its files, runs the agent, and removes everything again, whatever
 * happens in between. What fails afterwards is said, and does not change how the agent ended.
 */
import { AgentError, EXIT_STATUS } from "../core/errors.ts";
import type { EpochMs } from "../core/model.ts";
import { makeOwnDirectory, removeOwnFile, writeOwnFile } from "../host/own_file.ts";
import { runChild, signalStatus } from "../host/child.ts";
import type { SignalRelay } from "../host/signal_relay.ts";
import { startedBefore } from "./called_back.ts";
import type { AgentProgram } from "./find_agent.ts";
import {
  LAUNCH_VARIABLE,
  type LaunchPlan,
  type LaunchRequest,
  LEDGER_VARIABLE,
  MCP_VARIABLE,
  MODELS_VARIABLE,
  STARTED_VARIABLE,
  type TransientFile,
} from "../agents/launcher.ts";
import { appendRecord } from "./ledger/ledger.ts";
import type { LaunchRecord, SessionRecord } from "./ledger/records.ts";
import { placeFiles } from "./placed/place_files.ts";
import { sealText } from "./placed/seal.ts";

/** What a plan is carried out with, besides the plan. */
export interface PlanSurroundings {
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly cwd: string;
  readonly relay: SignalRelay;
  /** What people are told when the agent had to be ended with a launch that was killed. @default it goes on by itself */
  readonly endsWithUs?: string;
  now(): EpochMs;
  stderr(text: string): void;
}

/**
 * @param records first lines of the ledger
 * @returns the agent's status; 128 + n when signal n ended it, or us before it began
 * @throws {AgentError} when it was not started
 */
export async function runPlan(
  plan: LaunchPlan,
  program: AgentProgram,
  { launchId, launchDirectory, ledgerPath }: LaunchRequest,
  records: readonly [LaunchRecord, ...SessionRecord[]],
  surroundings: PlanSurroundings,
): Promise<number> {
  const { now, stderr } = surroundings;
  let status: number = EXIT_STATUS.launch_failed;
  writeStateFiles(
    plan.stateFiles,
    launchDirectory,
    () => records.forEach((record) => appendRecord(ledgerPath, record)),
  );
  try {
    const placed = await place(plan, launchId, surroundings);
    try {
      status = await runPlaced(plan, placed.argv, program, surroundings);
    } finally {
      await orSay("The placed files could not be removed", stderr, async () => {
        for (const note of await placed.release()) stderr(`note: ${note}\n`);
      });
    }
    return status;
  } catch (error) {
    if (error instanceof AgentError) status = EXIT_STATUS[error.code];
    throw error;
  } finally {
    await orSay("The end of the launch could not be recorded", stderr, () => {
      for (const { path } of plan.stateFiles) removeOwnFile(path);
      appendRecord(ledgerPath, { type: "exit", at: now(), status });
    });
  }
}

async function runPlaced(
  plan: LaunchPlan,
  argv: readonly string[],
  program: AgentProgram,
  { cwd, relay, endsWithUs }: PlanSurroundings,
): Promise<number> {
  if (relay.received !== undefined) return signalStatus(relay.received);
  return await runChild({
    program: program.path,
    args: [...argv, ...plan.argv],
    env: { ...without(noteStarted(program.env, program.path), [...OF_A_LAUNCH, ...(plan.unset ?? [])]), ...plan.env },
    cwd,
    endsWithUs,
  }, relay);
}

/** Files below our state directory, readable by nobody else. @throws {AgentError} launch_failed, when it is not writable */
function writeStateFiles(files: readonly TransientFile[], directory: string, writeMore: () => void): void {
  try {
    makeOwnDirectory(directory);
    for (const { path, content } of files) writeOwnFile(path, content);
    writeMore();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AgentError("launch_failed", `The state directory cannot be written: ${cause.message}.`, {
      hint: "Set OPPER_HOME to a directory that can be.",
      cause,
    });
  }
}

interface Placed {
  /** What the agent has to be told when the files could not be placed. */
  readonly argv: readonly string[];
  release(): Promise<readonly string[]>;
}

async function place(
  plan: LaunchPlan,
  launchId: string,
  { stateDirectory, stderr }: PlanSurroundings,
): Promise<Placed> {
  if (plan.files.length === 0) return { argv: [], release: () => Promise.resolve([]) };
  try {
    const files = plan.files.map(({ path, content }) => ({ path, content: sealText(content) }));
    const placed = await placeFiles(files, { stateDirectory, launchId });
    return { argv: [], release: () => placed.release() };
  } catch (error) {
    if (!(error instanceof AgentError) || plan.fallbackArgv.length === 0) throw error;
    stderr(
      `warning: ${error.message} ${plan.fallbackArgv[0]} passes the settings instead; ` +
        "agents that this one starts are not routed.\n",
    );
    return { argv: plan.fallbackArgv, release: () => Promise.resolve([]) };
  }
}

/** For the case that it is no agent, but a script that starts us. */
export function noteStarted(env: AgentProgram["env"], path: string): AgentProgram["env"] {
  return { ...env, [STARTED_VARIABLE]: [...startedBefore(env), path].join("\n") };
}

/** Variables of a launch that we run within are not this one's. */
const OF_A_LAUNCH = [LAUNCH_VARIABLE, LEDGER_VARIABLE, MODELS_VARIABLE, MCP_VARIABLE];

function without(env: AgentProgram["env"], names: readonly string[]): AgentProgram["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** The agent has ended, or has not begun: what goes wrong now is told and no more. A bug is still thrown. */
async function orSay(what: string, stderr: (text: string) => void, step: () => void | Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof AgentError || (error instanceof Error && "code" in error))) throw error;
    stderr(`warning: ${what}: ${error.message.replace(/\s+/g, " ")}\n`);
  }
}
