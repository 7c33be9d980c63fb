/**
 * Finds the program of an agent, or installs it, and makes sure that it is one we can work with: what is too old is said
 * here, in one sentence, and not by a stack trace of the agent's; and a script that starts us again is passed over.
 */
import { delimiter, dirname, join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { captureChild, ownProgram, runChild } from "../host/child.ts";
import { findProgram } from "../host/find_program.ts";
import { SignalRelay } from "../host/signal_relay.ts";
import { readTextFileIfAny } from "../host/files.ts";
import { mayInstallInto } from "../host/program_file.ts";
import { realPathIfAny } from "../host/real_path_if_any.ts";
import { CALLED_BACK, startedBefore } from "./called_back.ts";
import type { Agent } from "../agents/agent.ts";
import { type AgentPackage, ASKED_VARIABLE } from "../agents/launcher.ts";
import { nodeOf } from "./node_version.ts";

/** A program that was found to be the agent. */
export interface AgentProgram {
  readonly path: string;
  /** The caller's environment; with the program's directory in `PATH` when it would not be found there. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The agent whose program is looked for. */
export interface WantedAgent extends Pick<Agent, "id" | "title"> {
  readonly program: AgentPackage;
}

/** Where an agent is looked for, and what may be done when it is missing. */
export interface AgentSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Absolute. Agents are installed below it where npm's global directory is not writable. */
  readonly stateDirectory: string;
  /** Install it when it is missing. */
  readonly install: boolean;
}

/**
 * @throws {AgentError} launch_not_found when it is missing and may not be installed; launch_not_executable, also when all
 * that is called like it starts us again; launch_failed when it, or its Node.js, is too old, or when it cannot be installed
 */
export async function findAgent(agent: WantedAgent, search: AgentSearch): Promise<AgentProgram> {
  const { title, program: { name } } = agent;
  // Real paths of scripts of the agent's name that start us.
  const scripts = startedBefore(search.env).map((path) => realPathIfAny(path) ?? path)
    .filter((path) => readManifest(path, agent.program) === undefined);
  let isInstalled = false;
  for (;;) {
    let found = lookUp(agent, search, scripts);
    if (found === undefined && search.install && !isInstalled) {
      found = await installAgent(agent, search, scripts);
      isInstalled = true;
    }
    if (found !== undefined) {
      if (await checkVersion(agent, found, search.cwd)) return found;
      scripts.push(realPathIfAny(found.path) ?? found.path);
    } else if (scripts.length > 0) {
      throw new AgentError(
        "launch_not_executable",
        `"${scripts.at(-1)}" is a script that starts opper-agent, and there is no other "${name}" in PATH.`,
        { hint: `${installHint(agent)}, or put the directory of ${title} itself into PATH.` },
      );
    } else {
      throw new AgentError(
        "launch_not_found",
        `${title} is not installed: there is no "${name}" in PATH.`,
        {
          hint: `${installHint(agent)}${agent.program.npmPackage ? ", or add --install and it is done for you" : ""}.`,
        },
      );
    }
  }
}

/** The beginning of a sentence. */
function installHint({ program: { npmPackage, installHint } }: WantedAgent): string {
  return npmPackage === undefined ? installHint ?? "Install it first" : `npm install -g ${npmPackage}`;
}

function lookUp(
  { id, program: { name } }: WantedAgent,
  search: AgentSearch,
  scripts: readonly string[],
): AgentProgram | undefined {
  const { env, cwd } = search;
  const skip = [ownProgram(), ...scripts];
  const path = findProgram(name, { env, cwd, skip });
  if (path !== undefined) return { path, env };
  const directory = join(ownPrefix(id, search), "node_modules", ".bin");
  const own = findProgram(name, { env: { ...env, PATH: directory }, cwd, skip });
  if (own === undefined) return undefined;
  // What the agent starts by its name must find it as well.
  return { path: own, env: { ...env, PATH: env["PATH"] ? `${directory}${delimiter}${env["PATH"]}` : directory } };
}

function ownPrefix(id: string, { stateDirectory }: AgentSearch): string {
  return join(stateDirectory, "agents", id);
}

async function installAgent(
  agent: WantedAgent,
  search: AgentSearch,
  scripts: readonly string[],
): Promise<AgentProgram | undefined> {
  const { env, cwd } = search;
  const { id, title, program: { npmPackage } } = agent;
  if (npmPackage === undefined) {
    throw new AgentError("launch_failed", `${title} cannot be installed from here: npm does not have it.`, {
      hint: `${installHint(agent)}.`,
    });
  }
  const npm = findProgram("npm", { env, cwd, skip: [] });
  if (npm === undefined) {
    throw new AgentError("launch_failed", `${title} cannot be installed: there is no "npm" in PATH.`, {
      hint: "Install Node.js first: https://nodejs.org.",
    });
  }
  const { stdout } = await captureChild({ program: npm, args: ["prefix", "--global"], env, cwd }, 30_000);
  const isGlobal = isWritable(stdout.trim());
  const where = isGlobal ? ["--global"] : ["--prefix", ownPrefix(id, search)];
  const relay = new SignalRelay();
  try {
    const args = ["install", ...where, "--no-fund", "--no-audit", npmPackage];
    const status = await runChild({ program: npm, args, env, cwd }, relay);
    if (status !== 0) {
      throw new AgentError("launch_failed", `npm could not install ${npmPackage}: it ended with status ${status}.`, {
        hint: `Try it yourself: npm install -g ${npmPackage}.`,
      });
    }
  } finally {
    relay.close();
  }
  return lookUp(agent, search, scripts) ?? binaryBelow(stdout.trim(), agent, search);
}

/** A global directory of npm that is not in PATH. */
function binaryBelow(
  prefix: string,
  { program: { name } }: WantedAgent,
  { env, cwd }: AgentSearch,
): AgentProgram | undefined {
  const directory = join(prefix, "bin");
  const path = findProgram(name, { env: { ...env, PATH: directory }, cwd, skip: [ownProgram()] });
  if (path === undefined) return undefined;
  return { path, env: { ...env, PATH: `${directory}${delimiter}${env["PATH"] ?? ""}` } };
}

/** Where npm would put the package, or the nearest directory above that is there already. */
function isWritable(prefix: string): boolean {
  return prefix !== "" && mayInstallInto(join(prefix, "lib", "node_modules"));
}

/** @returns false for a script that starts us again. @throws {AgentError} launch_failed, when something is too old */
async function checkVersion(agent: WantedAgent, program: AgentProgram, cwd: string): Promise<boolean> {
  const { title, program: { minimumVersion } } = agent;
  const manifest = readManifest(program.path, agent.program);
  if (manifest?.node !== undefined) await checkNode(agent, manifest.version, manifest.node, program, cwd);
  const asked = manifest === undefined ? await askVersion(agent, program, cwd) : { version: manifest.version };
  if (asked === undefined) return false;
  const { version } = asked;
  if (version === undefined || compareVersions(version, minimumVersion) >= 0) return true;
  throw new AgentError(
    "launch_failed",
    `${title} ${version} is too old: expected ${minimumVersion} or newer (${program.path}).`,
    { hint: installHint(agent) },
  );
}

interface Manifest {
  readonly version: string;
  /** Oldest Node.js that it runs on. */
  readonly node?: string;
}

/** The package that a program belongs to, without starting it; undefined for a program that came by another way. */
function readManifest(program: string, { npmPackage }: AgentPackage): Manifest | undefined {
  if (npmPackage === undefined) return undefined;
  let directory = dirname(realPathIfAny(program) ?? program);
  // The package's own directory is at most a few above its program; further up is somebody else's.
  for (let level = 0; level < 4; level++, directory = dirname(directory)) {
    const manifest = readJson(join(directory, "package.json"));
    if (manifest === undefined || Reflect.get(manifest, "name") !== npmPackage) continue;
    const version: unknown = Reflect.get(manifest, "version");
    const engines: unknown = Reflect.get(manifest, "engines");
    if (typeof version !== "string") return undefined;
    const node: unknown = typeof engines === "object" && engines !== null ? Reflect.get(engines, "node") : undefined;
    return { version, node: typeof node === "string" ? /^>=\s*([\d.]+)$/.exec(node.trim())?.[1] : undefined };
  }
  return undefined;
}

function readJson(path: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readTextFileIfAny(path) ?? "null");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function checkNode(
  { title }: WantedAgent,
  version: string,
  minimum: string,
  { path, env }: AgentProgram,
  cwd: string,
): Promise<void> {
  const wanted = nodeOf(path);
  if (wanted === undefined) return;
  const needs = `${title} ${version} needs Node.js ${minimum} or newer`;
  const hint = "Install a newer Node.js and put it first in PATH: https://nodejs.org.";
  const node = "path" in wanted ? wanted.path : findProgram(wanted.name, { env, cwd, skip: [] });
  if (node === undefined) throw new AgentError("launch_failed", `${needs}, and there is no "node" in PATH.`, { hint });
  const { stdout } = await captureChild({ program: node, args: ["--version"], env, cwd }, 10_000);
  const found = versionIn(stdout);
  if (found === undefined || compareVersions(found, minimum) >= 0) return;
  if (!("path" in wanted)) throw new AgentError("launch_failed", `${needs}, but "${node}" is ${found}.`, { hint });
  throw new AgentError("launch_failed", `${needs}, but "${node}", which "${path}" names, is ${found}.`, {
    hint: "Install it again with a newer Node.js.",
  });
}

/**
 * For a program that belongs to no package: a wrapper, or a build of somebody's own.
 *
 * @returns undefined when it starts us again
 */
async function askVersion(
  { program: { name } }: WantedAgent,
  { path, env }: AgentProgram,
  cwd: string,
): Promise<{ readonly version: string | undefined } | undefined> {
  const asking = { program: path, args: ["--version"], env: { ...env, [ASKED_VARIABLE]: "1" }, cwd };
  const { code, stdout, stderr } = await captureChild(asking, 30_000);
  if (code === 0) return { version: versionIn(stdout) ?? versionIn(stderr) };
  // A script may swallow the words.
  if (`${stdout}${stderr}`.includes(CALLED_BACK) || (code === 126 && stderr.trim() === "")) return undefined;
  const why = stderr.trim().split("\n").at(-1) ?? "";
  throw new AgentError(
    "launch_failed",
    `"${name} --version" ended with status ${code}${why === "" ? "" : `: ${why}`}`,
    { hint: `Make ${path} work on its own first.` },
  );
}

function versionIn(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}

/** By the three numbers; what follows them is not looked at. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).slice(0, 3).map(Number)) as [number[], number[]];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
