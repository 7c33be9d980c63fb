/**
 * Everything the process was started with, as plain data: the only place that reads environment, home and working
 * directory.
 */
import { AgentError } from "../core/errors.ts";
import type { Machine } from "../core/machine.ts";
import type { EpochMs } from "../core/model.ts";
import { expandHome, partForShell, readPlace, readPlaces, withoutWrapping } from "../core/said_place.ts";
import { listNames, readNamedFileIfAny, readTextFileIfAny } from "./files.ts";
import { join, resolve } from "./paths.ts";
import { readWorkingDirectory } from "./working_directory.ts";

/** That of this process. */
export function readMachine(): Machine {
  const env = readVariables();
  return makeMachine({
    home: resolve(homeOf(env)),
    cwd: readWorkingDirectory(),
    env,
    readTextFile: readTextFileIfAny,
    readNamedFile: readNamedFileIfAny,
    namesIn: listNames,
  });
}

/** What a machine is made of. */
export interface MachineFacts extends Pick<Machine, "home"> {
  /** @default the home */
  readonly cwd?: string;
  /** @default nothing is set */
  readonly env?: Machine["env"];
  /** @default no file can be read */
  readonly readTextFile?: Machine["readTextFile"];
  /** @default what `readTextFile` reads */
  readonly readNamedFile?: Machine["readNamedFile"];
  /** @default every directory is empty */
  readonly namesIn?: Machine["namesIn"];
}

/** The only place where a path in a variable becomes absolute. Asks the system nothing. */
export function makeMachine(
  { home, cwd = home, env = {}, readTextFile = () => undefined, readNamedFile = readTextFile, namesIn = () => [] }:
    MachineFacts,
): Machine {
  const { os } = Deno.build;
  const place = (said: string | undefined) => {
    const path = readPlace(said, home);
    return path === undefined ? undefined : resolve(cwd, path);
  };
  return {
    os: os === "windows" || os === "darwin" ? os : "linux",
    home,
    cwd,
    env,
    readTextFile,
    readNamedFile,
    namesIn,
    join,
    resolve: place,
    resolveList: (said) => readPlaces(said, home).map((path) => resolve(cwd, path)),
    asWritten(said, expandsHome = false) {
      const read = expandsHome ? said?.replace(/^~(?=$|[/\\])/, () => home) : said;
      const isOdd = read !== undefined && (/^["'`~$]|[,\s]/.test(read) || withoutWrapping(read) !== read);
      return isOdd ? resolve(cwd, read) : undefined;
    },
    directoryOf(variable, isList = false) {
      const path = isList ? readPlaces(env[variable], home)[0] : readPlace(env[variable], home);
      if (path === undefined) return undefined;
      const unknown = partForShell(path);
      if (unknown === undefined) return resolve(cwd, path);
      throw new AgentError("usage", `${variable} is "${path}": only a shell knows what ${unknown} is.`, {
        hint: "Write the directory in full.",
      });
    },
    inFull: (variables) =>
      Object.fromEntries(
        variables.filter((name) => env[name] !== undefined).map((name) => [name, place(env[name]) ?? ""]),
      ),
  };
}

/**
 * Asks the system's list of users only where the environment says nothing, or `~`, which would be a directory of that
 * name: node:os takes a while to load.
 */
function homeOf(env: Machine["env"]): string {
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

/** Says where our own files are. @default `~/.opper` */
export const OWN_VARIABLE = "OPPER_HOME";

/**
 * Our own state: `$OPPER_HOME/agent`, by default `~/.opper/agent`.
 *
 * @throws {AgentError} usage, when the variable names somebody else's home, or another variable
 */
export function stateDirectory(machine: Machine): string {
  return join(machine.directoryOf(OWN_VARIABLE) ?? join(machine.home, ".opper"), "agent");
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
export function resolvePath({ home, cwd }: Pick<Machine, "home" | "cwd">, path: string): readonly string[] {
  const absolute = resolve(cwd, expandHome(path, home));
  try {
    return [...new Set([absolute, Deno.realPathSync(absolute)])];
  } catch (error) {
    if (error instanceof Error && "code" in error) return [absolute];
    throw error;
  }
}
