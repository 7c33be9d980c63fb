/**
 * Starts an agent through the gateway and leaves the machine as it was: recover, resolve, plan, record, place, run,
 * restore, sum up.
 *
 * Knows no agent by name. Credentials, the catalogue of models and the logs are reached through
 * {@linkcode LaunchServices}. The key stays in this process (launch_route.ts).
 */
import { AgentError } from "../core/errors.ts";
import { isThere } from "../host/files.ts";
import { ownPid, runChild } from "../host/child.ts";
import { SignalRelay } from "../host/signal_relay.ts";
import { ParentWatch } from "../host/parent_watch.ts";
import { type AgentProgram, findAgent, type WantedAgent } from "./find_agent.ts";
import { refuseCallBack } from "./called_back.ts";
import type { Refusal } from "../agents/agent.ts";
import { AGENTS, idsWith } from "../agents/agents.ts";
import {
  BASE_URL_VARIABLE,
  DEPTH_VARIABLE,
  LAUNCH_VARIABLE,
  type Launcher,
  type LaunchOptions,
  type LaunchPlan,
  type LaunchRequest,
  LEDGER_VARIABLE,
} from "../agents/launcher.ts";
import type { Machine } from "../core/machine.ts";
import { OWN_VARIABLE } from "../host/environment.ts";
import {
  directRoute,
  type LaunchRoute,
  relayedRoute,
  routeVariables,
  shownRoute,
  wholeLaunch,
} from "./launch_route.ts";
import { removeLeftFiles } from "./left_files.ts";
import { launchDirectory, ledgerPath } from "./ledger/ledger.ts";
import type { LaunchRecord } from "./ledger/records.ts";
import { placedPaths } from "./placed/placed_paths.ts";
import { commandText, planText } from "./plan_text.ts";
import { recoverInPassing } from "./recover_in_passing.ts";
import { resolveModels } from "./resolve_models.ts";
import { chooseHost, parseTags } from "./routing.ts";
import { noteStarted, runPlan } from "./run_plan.ts";
import type { LaunchServices } from "./services.ts";
import { sumUp } from "./sum_up.ts";

/**
 * Runs an agent.
 *
 * @returns its status; 128 + n when a signal ended it, or us before it began
 * @throws {AgentError} when it was not started
 */
export async function launchAgent(options: LaunchOptions, services: LaunchServices): Promise<number> {
  const watch = options.parentPid === undefined ? undefined : new ParentWatch(options.parentPid);
  try {
    return await launchWatched(options, services, watch);
  } finally {
    await watch?.close();
  }
}

async function launchWatched(
  options: LaunchOptions,
  services: LaunchServices,
  watch: ParentWatch | undefined,
): Promise<number> {
  const { machine, stateDirectory, stderr } = services;
  const { env, cwd } = machine;
  const agent = await loadLauncher(options.agent);
  // Our own server starts launches, and is no script.
  if (options.parentPid === undefined) refuseCallBack(env);
  const tags = parseTags(options.tags);
  if (!isThere(cwd)) {
    throw new AgentError("launch_failed", `The working directory "${cwd}" does not exist any more.`, {
      hint: "Change to a directory that does.",
    });
  }
  if (!options.dryRun) {
    for (const message of await recoverInPassing(stateDirectory, placedPaths(machine))) stderr(`note: ${message}\n`);
    removeLeftFiles(stateDirectory, services.now());
  }
  const program = await findAgent(agent, { env, cwd, stateDirectory, install: options.install && !options.dryRun });
  if (agent.launcher.managesItself(options.argv)) return await runUnchanged(program, options, services);

  const credentials = await services.resolveCredentials(options.keyName);
  const host = chooseHost({
    flag: options.baseUrl,
    environment: env[BASE_URL_VARIABLE],
    slot: credentials.baseUrl,
  }, "launch_failed");
  const launchId = services.newId();
  const models = await resolveModels(options, host, credentials.apiKey, services);
  const { apiKey } = credentials;
  const onProblem = (message: string) => stderr(`warning: ${message}\n`);
  const wanted = { ...services, launchId, agent: agent.id, host, tags, apiKey, cwd, onProblem };
  const route = !options.relay ? directRoute(wanted) : options.dryRun ? shownRoute(wanted) : await relayedRoute(wanted);
  try {
    const request: LaunchRequest = {
      launchId,
      argv: options.argv,
      model: options.model,
      models,
      sessionUrl: route.sessionUrl,
      apiKey: route.apiKey,
      headers: route.headers,
      launchDirectory: launchDirectory(stateDirectory, launchId),
      ledgerPath: ledgerPath(stateDirectory, launchId),
      mcpServer: options.mcpTools ? services.mcpServer : undefined,
    };
    const planned = agent.launcher.plan(request, machine);
    route.follow(planned.session);
    const plan: LaunchPlan = {
      ...planned,
      env: {
        ...machine.inFull([OWN_VARIABLE]),
        ...launchVariables(request, machine),
        ...routeVariables(route, env),
        ...planned.env,
      },
      unset: [...(planned.unset ?? []), ...(route.isRelayed ? variablesHolding(apiKey, env) : [])],
    };
    if (options.dryRun) {
      services.stdout(planText(program.path, plan, credentials));
      return 0;
    }
    return await runRouted(agent, program, plan, { request, route, host, apiKey, tags }, options, services, watch);
  } finally {
    await route.close();
  }
}

/** What a launch knows of itself when it begins to run. */
interface Routed {
  readonly request: LaunchRequest;
  readonly route: LaunchRoute;
  readonly host: string;
  readonly apiKey: string;
  readonly tags: Readonly<Record<string, string>>;
}

async function runRouted(
  agent: LaunchedAgent,
  program: AgentProgram,
  plan: LaunchPlan,
  { request, route, host, apiKey, tags }: Routed,
  { quiet }: LaunchOptions,
  services: LaunchServices,
  watch: ParentWatch | undefined,
): Promise<number> {
  const { cwd } = services.machine;
  const startedAt = services.now();
  const relay = new SignalRelay();
  try {
    if (watch?.isParentGone) relay.interrupt("SIGTERM");
    const record: LaunchRecord = {
      type: "launch",
      launchId: request.launchId,
      launcher: agent.id,
      at: startedAt,
      cwd,
      pid: ownPid(),
      host,
      tags,
    };
    const isReported = route.isRelayed || agent.launcher.reportsSessions === true;
    const seen = isReported ? [] : [wholeLaunch(request.launchId, { at: startedAt, cwd })];
    const endsWithUs = route.isRelayed ? `opper-agent was killed, and ${agent.title} ended with it.` : undefined;
    const status = await runPlan(plan, program, request, [record, ...seen], { ...services, cwd, relay, endsWithUs });
    // What the calls cost is in the ledger then.
    await route.close();
    if (!quiet) await sumUp({ ...request, title: agent.title, host, apiKey, startedAt }, services, relay);
    return status;
  } finally {
    relay.close();
  }
}

/** By which what runs in a launch knows that it does. */
function launchVariables({ launchId, ledgerPath }: LaunchRequest, machine: Machine): Readonly<Record<string, string>> {
  return {
    [LAUNCH_VARIABLE]: launchId,
    [LEDGER_VARIABLE]: ledgerPath,
    [DEPTH_VARIABLE]: String(depthOf(machine) + 1),
  };
}

function depthOf({ env }: Machine): number {
  const depth = Number(env[DEPTH_VARIABLE] ?? 0);
  return Number.isSafeInteger(depth) && depth >= 0 ? depth : 0;
}

/** The key by whatever other name: the agent has no use for it. */
function variablesHolding(apiKey: string, env: Machine["env"]): readonly string[] {
  return Object.entries(env).filter(([, value]) => value !== undefined && value.includes(apiKey)).map(([name]) => name);
}

/** What is launched, and how people call it. */
interface LaunchedAgent extends WantedAgent {
  readonly launcher: Launcher;
}

const UNKNOWN_WAY: Refusal = {
  reason: "how its calls could be routed for one launch is not known here",
  instead: `Those that can be: ${idsWith("launcher").join(", ")}.`,
};

/** @throws {AgentError} usage, for an agent that cannot be launched */
async function loadLauncher(wanted: string): Promise<LaunchedAgent> {
  const agent = AGENTS.find(({ id }) => id === wanted);
  const launcher = await agent?.launcher?.();
  if (agent !== undefined && launcher !== undefined) {
    return { id: agent.id, title: agent.title, program: launcher.program, launcher };
  }
  if (agent !== undefined) {
    const { reason, instead } = agent.launchRefusal ?? UNKNOWN_WAY;
    throw new AgentError("usage", `${agent.title} cannot be launched: ${reason}.`, { hint: instead });
  }
  throw new AgentError(
    "usage",
    `"${wanted}" cannot be launched: expected ${idsWith("launcher").join(", ")}.`,
    {
      hint: "Flags of `launch` go before the agent's name, the agent's own flags after it.",
    },
  );
}

/** The agent manages itself and asks no model: nothing of ours is needed. */
async function runUnchanged(
  { path, env }: AgentProgram,
  { argv, dryRun }: LaunchOptions,
  { machine: { cwd }, stdout }: LaunchServices,
): Promise<number> {
  if (dryRun) {
    stdout(`run      ${commandText(path, argv)}\n`);
    return 0;
  }
  const relay = new SignalRelay();
  try {
    return await runChild({ program: path, args: argv, env: noteStarted(env, path), cwd }, relay);
  } finally {
    relay.close();
  }
}
