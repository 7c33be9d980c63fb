/** What the process was started with, as plain data: the only place that reads environment, home and working directory. */
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

/** Asks the system's list of users only where the environment says nothing: node:os takes a while to load. */
function homeOf(env: HostEnvironment["env"]): string {
  return env["HOME"] || (Deno.build.os === "windows" && env["USERPROFILE"]) || readHomeOfUser();
}

function readHomeOfUser(): string {
  const { getBuiltinModule } = (globalThis as { process?: NodeJS.Process }).process!;
  return getBuiltinModule("node:os").homedir();
}

/** Windows knows variables by names in any case, and tells them as they were first written: `Path`. We ask for PATH. */
export function readVariables(): Readonly<Record<string, string>> {
  const variables = Deno.env.toObject();
  if (Deno.build.os !== "windows") return variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value]));
}

/** Our own state: `$OPPER_HOME/agent`, by default `~/.opper/agent`. */
export function stateDirectory({ home, cwd, env }: HostEnvironment): string {
  const opperHome = env["OPPER_HOME"];
  return join(opperHome ? resolve(cwd, opperHome) : join(home, ".opper"), "agent");
}

/**
 * The zone that the system is set to; where that is none (`TZ` empty) UTC, which clocks then show. Intl says the same after
 * loading its locales, which takes 25 ms.
 */
export function systemTimezone(): string {
  const zone = Temporal.Now.timeZoneId();
  return zone === "Etc/Unknown" ? "UTC" : zone;
}

/** A path as it may be known: absolute, and with symbolic links resolved when it exists. `~` is the home. */
export function resolvePath({ home, cwd }: HostEnvironment, path: string): readonly string[] {
  const absolute = resolve(cwd, path.replace(/^~(?=$|[/\\])/, home));
  try {
    return [...new Set([absolute, Deno.realPathSync(absolute)])];
  } catch (error) {
    if (error instanceof Error && "code" in error) return [absolute];
    throw error;
  }
}
