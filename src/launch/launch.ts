/**
 * Starts an agent through the gateway and leaves the machine as it was: recover, resolve, plan, record, place, run,
 * restore, sum up.
 *
 * Knows no agent by name. Credentials, the catalogue of models and the logs are reached through
 * {@linkcode LaunchServices}. The key is in the child's environment and nowhere else.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { CatalogueModel } from "../core/catalogue_model.ts";
import { AgentError, EXIT_STATUS } from "../core/errors.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { ownPid, runChild, SignalRelay, signalStatus } from "../host/child.ts";
import { type AgentProgram, findAgent } from "./find_agent.ts";
import {
  BASE_URL_VARIABLE,
  KEY_VARIABLE,
  LAUNCH_VARIABLE,
  type LaunchPlan,
  type LaunchRequest,
  LEDGER_VARIABLE,
  MCP_VARIABLE,
  MODELS_VARIABLE,
  type TransientFile,
} from "./launcher.ts";
import { type LauncherEntry, LAUNCHERS } from "./launchers.ts";
import { appendRecord, launchDirectory, ledgerPath, readLedger, tracesOf } from "./ledger.ts";
import type { SessionRecord } from "./ledger_records.ts";
import { placeFiles } from "./overlay.ts";
import { recoverInPassing } from "./recover_in_passing.ts";
import { chooseHost, parseTags, sessionName, sessionUrl } from "./routing.ts";
import { type GatewayUsage, type LocalSession, type SummaryFormat, summaryText } from "./summary.ts";

/** What was typed before and behind the agent's name. */
export interface LaunchOptions {
  /** Id of a launcher. */
  readonly agent: string;
  /** Arguments for the agent, untouched. */
  readonly argv: readonly string[];
  readonly model?: string;
  readonly keyName?: string;
  readonly baseUrl?: string;
  /** `key=value` each. */
  readonly tags: readonly string[];
  readonly mcpTools: boolean;
  readonly install: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
}

export interface LaunchCredentials {
  readonly apiKey: string;
  /** The key as it may be shown. */
  readonly masked: string;
  readonly baseUrl?: string;
}

export interface LaunchModels {
  readonly models: readonly CatalogueModel[];
  /** False when the gateway did not answer: it may have models that are not listed. */
  readonly isComplete: boolean;
}

/** What a launch needs of the rest of the program. */
export interface LaunchServices {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
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
  const { stateDirectory, stderr } = services;
  const entry = findEntry(options.agent);
  const tags = parseTags(options.tags);
  if (!options.dryRun) {
    for (const message of await recoverInPassing(stateDirectory)) stderr(`note: ${message}\n`);
  }
  const program = await findAgent(entry, { ...services, install: options.install && !options.dryRun });
  if (entry.managesItself(options.argv)) return await runUnchanged(program, options, services);

  const credentials = await services.resolveCredentials(options.keyName);
  const host = chooseHost({
    flag: options.baseUrl,
    environment: services.env[BASE_URL_VARIABLE],
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
    home: services.home,
    cwd: services.cwd,
    env: services.env,
    mcpServer: options.mcpTools ? services.mcpServer : undefined,
  };
  const plan = entry.launcher.plan(request);
  if (options.dryRun) {
    services.stdout(planText(program.path, plan, credentials));
    return 0;
  }

  const startedAt = services.now();
  const relay = new SignalRelay();
  try {
    writeStateFiles(plan.stateFiles, request.launchDirectory);
    const { launcher } = entry;
    const { cwd } = services;
    const pid = ownPid();
    appendRecord(request.ledgerPath, {
      type: "launch",
      launchId,
      launcher: launcher.id,
      at: startedAt,
      cwd,
      pid,
      host,
      tags,
    });
    const status = await runPlaced(plan, program, request, services, relay);
    if (!options.quiet) await sumUp(entry, request, host, startedAt, services, relay);
    return status;
  } finally {
    removeStateFiles(plan.stateFiles);
    relay.close();
  }
}

/** @throws {AgentError} usage, for an agent that cannot be launched */
function findEntry(id: string): LauncherEntry {
  const entry = LAUNCHERS.find(({ launcher }) => launcher.id === id);
  if (entry !== undefined) return entry;
  throw new AgentError(
    "usage",
    `"${id}" cannot be launched: expected ${LAUNCHERS.map(({ launcher }) => launcher.id).join(", ")}.`,
    {
      hint: "Flags of `launch` stand before the agent's name, the agent's own behind it.",
    },
  );
}

/** The agent manages itself and asks no model: nothing of ours is needed. */
async function runUnchanged(
  { path, env }: AgentProgram,
  { argv, dryRun }: LaunchOptions,
  { cwd, stdout }: LaunchServices,
): Promise<number> {
  if (dryRun) {
    stdout(`run      ${[path, ...argv].map(quote).join(" ")}\n`);
    return 0;
  }
  const relay = new SignalRelay();
  try {
    return await runChild({ program: path, args: argv, env, cwd }, relay);
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

/** @throws {AgentError} launch_failed, when our own state directory cannot be written */
function writeStateFiles(files: readonly TransientFile[], directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const { path, content } of files) {
      writeFileSync(path, content, { mode: 0o600 });
      chmodSync(path, 0o600);
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AgentError("launch_failed", `The state directory cannot be written: ${cause.message}.`, {
      hint: "Set OPPER_HOME to a directory that can be.",
      cause,
    });
  }
}

function removeStateFiles(files: readonly TransientFile[]): void {
  for (const { path } of files) rmSync(path, { force: true });
}

/** From placing the files to having taken them away. */
async function runPlaced(
  plan: LaunchPlan,
  program: AgentProgram,
  { launchId, ledgerPath }: LaunchRequest,
  services: LaunchServices,
  relay: SignalRelay,
): Promise<number> {
  let status: number = EXIT_STATUS.launch_failed;
  try {
    const placed = await place(plan, launchId, services);
    try {
      if (relay.received !== undefined) return status = signalStatus(relay.received);
      status = await runChild({
        program: program.path,
        args: [...placed.argv, ...plan.argv],
        env: { ...withoutLaunch(program.env), ...plan.env },
        cwd: services.cwd,
      }, relay);
      return status;
    } finally {
      for (const note of await placed.release()) services.stderr(`note: ${note}\n`);
    }
  } catch (error) {
    if (error instanceof AgentError) status = EXIT_STATUS[error.code];
    throw error;
  } finally {
    appendRecord(ledgerPath, { type: "exit", at: services.now(), status });
  }
}

interface Placed {
  /** What the agent has to be told when the files could not be placed. */
  readonly argv: readonly string[];
  release(): Promise<readonly string[]>;
}

async function place(plan: LaunchPlan, launchId: string, services: LaunchServices): Promise<Placed> {
  if (plan.files.length === 0) return { argv: [], release: () => Promise.resolve([]) };
  try {
    const overlay = await placeFiles(plan.files, { stateDirectory: services.stateDirectory, launchId });
    return { argv: [], release: () => overlay.release() };
  } catch (error) {
    if (!(error instanceof AgentError) || plan.fallbackArgv.length === 0) throw error;
    services.stderr(
      `warning: ${error.message} What is needed is passed by ${plan.fallbackArgv[0]} instead; ` +
        "agents started from within this one are not routed.\n",
    );
    return { argv: plan.fallbackArgv, release: () => Promise.resolve([]) };
  }
}

/** Variables of a launch that we run within are not this one's. */
function withoutLaunch(env: LaunchServices["env"]): LaunchServices["env"] {
  const own = new Set([LAUNCH_VARIABLE, LEDGER_VARIABLE, MODELS_VARIABLE, MCP_VARIABLE]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
}

/** Never fails: how the agent ended is what counts. */
async function sumUp(
  { launcher }: LauncherEntry,
  request: LaunchRequest,
  host: string,
  startedAt: EpochMs,
  services: LaunchServices,
  relay: SignalRelay,
): Promise<void> {
  const durationMs = services.now() - startedAt;
  try {
    const sessions = tracesOf(readLedger(request.ledgerPath) ?? { sessions: [] })
      .filter(({ sessionFile }) => sessionFile === undefined || existsSync(sessionFile));
    const patience = AbortSignal.any([AbortSignal.timeout(GATEWAY_PATIENCE_MS), relay.interrupted]);
    const [local, gateway] = await Promise.all([
      sessions.length === 0 ? new Map<string, LocalSession>() : services.readSessions(sessions, startedAt),
      sessions.length === 0 ? undefined : inTime(
        services.readUsage(host, request.apiKey, sessionName(request.launchId), GATEWAY_PATIENCE_MS),
        patience,
      ),
    ]);
    services.stderr(summaryText({ title: launcher.title, durationMs, sessions, local, gateway }, services.format));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    services.stderr(`note: The summary could not be made: ${why.replace(/\s+/g, " ")}\n`);
  }
}

/** Undefined when the answer is late, or is an error: the figure is a courtesy. */
async function inTime<T>(answer: Promise<T>, patience: AbortSignal): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => {
    if (patience.aborted) resolve(undefined);
    patience.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return await Promise.race([answer.catch(() => undefined), late]);
}

/** What `--dry-run` prints. */
function planText(program: string, plan: LaunchPlan, { apiKey, masked }: LaunchCredentials): string {
  const lines = [
    `run      ${[program, ...plan.argv].map(quote).join(" ")}`,
    ...Object.entries(plan.env).map(([name, value]) =>
      `with     ${name}=${name === KEY_VARIABLE ? masked : quote(value)}`
    ),
    ...plan.files.map(({ path }) => `place    ${path}, and take it away afterwards`),
    ...plan.stateFiles.map(({ path }) => `write    ${path}, and remove it afterwards`),
    ...(plan.fallbackArgv.length === 0 ? [] : [`else     ${plan.fallbackArgv.map(quote).join(" ")}`]),
  ];
  return `${lines.join("\n")}\n`.replaceAll(apiKey, masked);
}

function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
