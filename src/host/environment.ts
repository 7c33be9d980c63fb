/** What the process was started with, as plain data: the only place that reads environment, home and working directory. */
import { AgentError } from "../core/errors.ts";
import type { EpochMs } from "../core/model.ts";
import { expandHome, partForShell, readPlace } from "../core/said_place.ts";
import { readTextFileIfAny } from "./files.ts";
import { join, resolve } from "./paths.ts";
import { readWorkingDirectory } from "./working_directory.ts";

export interface HostEnvironment {
  /** Absolute path of the user's home. */
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readTextFile(path: string): string | undefined;
}

export function readEnvironment(): HostEnvironment {
  const env = readVariables();
  return { home: resolve(homeOf(env)), cwd: readWorkingDirectory(), env, readTextFile: readTextFileIfAny };
}

/**
 * Asks the system's list of users only where the environment says nothing, or `~`, which would be a directory of that
 * name: node:os takes a while to load.
 */
function homeOf(env: HostEnvironment["env"]): string {
  const said = env["HOME"] || (Deno.build.os === "windows" && env["USERPROFILE"]);
  return said && !/^\s*["']?(?:~|\$HOME|\$\{HOME\})(?:["']?\s*$|[/\\])/.test(said) ? said : readHomeOfUser();
}

function readHomeOfUser(): string {
  const { getBuiltinModule } = (globalThis as { process?: NodeJS.Process }).process!;
  try {
    return getBuiltinModule("node:os").userInfo().homedir;
  } catch (error) {
    // A container may run as a user that is in no list: Docker takes that one's home to be the root.
    if (error instanceof Error) return "/";
    throw error;
  }
}

/** Windows knows variables by names in any case, and tells them as they were first written: `Path`. We ask for PATH. */
export function readVariables(): Readonly<Record<string, string>> {
  const variables = Deno.env.toObject();
  if (Deno.build.os !== "windows") return variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value]));
}

/**
 * Our own state: `$OPPER_HOME/agent`, by default `~/.opper/agent`.
 *
 * @throws {AgentError} usage, when the variable names somebody else's home, or another variable
 */
export function stateDirectory({ home, cwd, env }: HostEnvironment): string {
  const opperHome = readPlace(env["OPPER_HOME"], home);
  if (opperHome === undefined) return join(home, ".opper", "agent");
  const unknown = partForShell(opperHome);
  if (unknown === undefined) return join(resolve(cwd, opperHome), "agent");
  throw new AgentError("usage", `OPPER_HOME is "${opperHome}": only a shell knows what ${unknown} is.`, {
    hint: "Write the directory in full.",
  });
}

/** Variables that hold a directory of ours or Pi's. */
const DIRECTORY_VARIABLES = ["OPPER_HOME", "PI_CODING_AGENT_DIR", "PI_CODING_AGENT_SESSION_DIR"] as const;

/**
 * The variables that name directories, in full, so that a program means the same by them wherever it is started. What is
 * not set stays so; one that says nothing becomes empty.
 */
export function directoriesInFull(
  { home, cwd, env }: Pick<HostEnvironment, "home" | "cwd" | "env">,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DIRECTORY_VARIABLES.filter((name) => env[name] !== undefined).map((name) => {
      const place = readPlace(env[name], home);
      return [name, place === undefined ? "" : resolve(cwd, place)];
    }),
  );
}

/** Where the record of files that are being written in place lies; there only while one is, or after that was killed. */
export function inPlaceDirectory(stateDirectory: string): string {
  return join(stateDirectory, "in_place");
}

/** When the machine was started, to a second or two; undefined where it does not say. */
export function bootedAt(): EpochMs | undefined {
  try {
    return Date.now() - 1000 * Deno.osUptime();
  } catch (error) {
    if (error instanceof Error && "code" in error || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** A path as it may be known: absolute, and with symbolic links resolved when it exists. `~` is the home. */
export function resolvePath({ home, cwd }: HostEnvironment, path: string): readonly string[] {
  const absolute = resolve(cwd, expandHome(path, home));
  try {
    return [...new Set([absolute, Deno.realPathSync(absolute)])];
  } catch (error) {
    if (error instanceof Error && "code" in error) return [absolute];
    throw error;
  }
}
