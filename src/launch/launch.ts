/**
 * Starts an agent through the gateway and leaves the machine as it was: recover, resolve, plan, record, place, run,
 * restore, sum up.
 *
 * Knows no agent by name. Credentials, the catalogue of models and the logs are reached through
 * {@linkcode LaunchServices}. The key is in the child's environment and nowhere else.
 */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import { AgentError } from "../core/errors.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { isThere } from "../host/files.ts";
import { ownPid, runChild } from "../host/child.ts";
import { SignalRelay } from "../host/signal_relay.ts";
import { ParentWatch } from "../host/parent_watch.ts";
import { type AgentProgram, findAgent, type WantedAgent } from "./find_agent.ts";
import { refuseCallBack } from "./called_back.ts";
import { AGENTS, idsWith } from "../agents/agents.ts";
import { BASE_URL_VARIABLE, type Launcher, type LaunchOptions, type LaunchRequest } from "../agents/launcher.ts";
import type { Machine } from "../core/machine.ts";
import { OWN_VARIABLE } from "../host/environment.ts";
import { launchDirectory, ledgerPath, readLedger, tracesOf } from "./ledger/ledger.ts";
import type { LaunchRecord, SessionRecord } from "./ledger/records.ts";
import { placedPaths } from "./placed/placed_paths.ts";
import { commandText, planText } from "./plan_text.ts";
import { recoverInPassing } from "./recover_in_passing.ts";
import { chooseHost, parseTags, sessionName, sessionUrl } from "./routing.ts";
import { noteStarted, runPlan } from "./run_plan.ts";
import { type GatewayUsage, type LocalSession, type SummaryFormat, summaryText } from "./summary.ts";

/** The key of a launch. */
export interface LaunchCredentials {
  readonly apiKey: string;
  /** The key as it may be shown. */
  readonly masked: string;
  readonly baseUrl?: string;
}

/** The models that a launch offers. */
export interface LaunchModels {
  readonly models: readonly CatalogueModel[];
  /** False when the gateway did not answer: it may have models that are not listed. */
  readonly isComplete: boolean;
}

/** What a launch needs of the rest of the program. */
export interface LaunchServices {
  readonly machine: Machine;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly format: SummaryFormat;
  /** How to start our own MCP server; undefined when there is none to offer. */
  readonly mcpServer?: LaunchRequest["mcpServer"];
  now(): EpochMs;
  /** A new uuid. */
  newId(): string;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws {AgentError} when there is no key */
  resolveCredentials(keyName: string | undefined): Promise<LaunchCredentials> | LaunchCredentials;
  /**
   * @param mayAsk whether the gateway may be asked, and its answer kept on disk
   * @throws {AgentError} when the gateway refuses the key
   */
  loadModels(host: string, apiKey: string, mayAsk: boolean): Promise<LaunchModels>;
  /** What the logs say of these sessions since a time, by trace id. */
  readSessions(sessions: readonly SessionRecord[], since: EpochMs): Promise<ReadonlyMap<string, LocalSession>>;
  /** What the gateway counted for a session URL's session. */
  readUsage(host: string, apiKey: string, session: string, timeoutMs: DurationMs): Promise<GatewayUsage>;
}

/** How long the summary waits for the gateway's own figure. */
const GATEWAY_PATIENCE_MS: DurationMs = 2000;

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
  const request: LaunchRequest = {
    launchId,
    argv: options.argv,
    model: options.model,
    models: await resolveModels(options, host, credentials.apiKey, services),
    sessionUrl: sessionUrl(host, launchId, tags),
    apiKey: credentials.apiKey,
    launchDirectory: launchDirectory(stateDirectory, launchId),
    ledgerPath: ledgerPath(stateDirectory, launchId),
    mcpServer: options.mcpTools ? services.mcpServer : undefined,
  };
  const planned = agent.launcher.plan(request, machine);
  const plan = { ...planned, env: { ...machine.inFull([OWN_VARIABLE]), ...planned.env } };
  if (options.dryRun) {
    services.stdout(planText(program.path, plan, credentials));
    return 0;
  }

  const startedAt = services.now();
  const relay = new SignalRelay();
  try {
    if (watch?.isParentGone) relay.interrupt("SIGTERM");
    const record: LaunchRecord = {
      type: "launch",
      launchId,
      launcher: agent.id,
      at: startedAt,
      cwd,
      pid: ownPid(),
      host,
      tags,
    };
    const status = await runPlan(plan, program, request, record, { ...services, cwd, relay });
    if (!options.quiet) await sumUp(agent, request, host, startedAt, services, relay);
    return status;
  } finally {
    relay.close();
  }
}

/** What is launched, and how people call it. */
interface LaunchedAgent extends WantedAgent {
  readonly launcher: Launcher;
}

/** @throws {AgentError} usage, for an agent that cannot be launched */
async function loadLauncher(wanted: string): Promise<LaunchedAgent> {
  const agent = AGENTS.find(({ id }) => id === wanted);
  const launcher = await agent?.launcher?.();
  if (agent !== undefined && launcher !== undefined) {
    return { id: agent.id, title: agent.title, program: launcher.program, launcher };
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

async function resolveModels(
  { model, dryRun }: LaunchOptions,
  host: string,
  apiKey: string,
  services: LaunchServices,
): Promise<readonly CatalogueModel[]> {
  const { models, isComplete } = await services.loadModels(host, apiKey, !dryRun);
  if (model === undefined || models.some(({ id }) => id === model)) return models;
  if (!isComplete) return [...models, unlistedModel(model)];
  const near = models.map(({ id }) => id).filter((id) => id.includes(model) || model.includes(id)).slice(0, 5);
  throw new AgentError("launch_failed", `${host} has no model "${model}" that can be used here.`, {
    hint: near.length > 0
      ? `Did you mean ${near.join(", ")}?`
      : `It has ${models.slice(0, 8).map(({ id }) => id).join(", ")}.`,
  });
}

/** A model that somebody asked for while the catalogue could not be had. Limits: what agents assume by default. */
function unlistedModel(id: string): CatalogueModel {
  return { id, contextWindow: 128_000, maxOutputTokens: 16_384, vision: false, reasoning: [], price: {} };
}

/** Never fails: how the agent ended is what counts. */
async function sumUp(
  { title }: LaunchedAgent,
  request: LaunchRequest,
  host: string,
  startedAt: EpochMs,
  services: LaunchServices,
  relay: SignalRelay,
): Promise<void> {
  const durationMs = services.now() - startedAt;
  const look = async () => {
    const sessions = tracesOf(readLedger(request.ledgerPath) ?? { sessions: [] })
      .filter(({ sessionFile }) => sessionFile === undefined || isThere(sessionFile));
    if (sessions.length === 0) return { sessions, local: new Map<string, LocalSession>() };
    const usage = services.readUsage(host, request.apiKey, sessionName(request.launchId), GATEWAY_PATIENCE_MS);
    const [local, gateway] = await Promise.all([
      services.readSessions(sessions, startedAt),
      // The figure is a courtesy: no answer is none.
      unlessAborted(usage.catch(() => undefined), AbortSignal.timeout(GATEWAY_PATIENCE_MS)),
    ]);
    return { sessions, local, gateway };
  };
  try {
    // Who presses Ctrl-C now has seen enough.
    const facts = await unlessAborted(look(), relay.interrupted);
    if (facts === undefined) return;
    services.stderr(summaryText({ title, durationMs, ...facts }, services.format));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    services.stderr(`note: The summary could not be made: ${why.replace(/\s+/g, " ")}\n`);
  }
}

async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return await Promise.race([answer, aborted]);
}
