/**
 * Where Hermes keeps its files: `HERMES_HOME`, by default `~/.hermes`. A profile is a directory of the same kind, in
 * `profiles` of that. Each has one database of all its sessions, `state.db`.
 *
 * Source: Hermes 0.15.1, and `hermes_constants.py` of its main branch, read 2026-11-26.
 */
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";
import { listLayouts } from "./layouts.ts";

/** Variables that move the files of Hermes. */
export const VARIABLES = {
  HERMES_HOME: "The directory of Hermes' files, which may be that of a profile.",
} as const;

const HOME = "HERMES_HOME" satisfies keyof typeof VARIABLES;

/**
 * Where its providers are: in the home that it takes without a flag, which may be that of a profile.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function settingsPath(machine: Machine): string {
  return machine.join(launchHome(undefined, machine), "config.yaml");
}

/** Where files for a launch lie while it runs: a provider plugin of a name of our own, in one home. */
export function pluginDirectory(home: string, { join }: Pick<Machine, "join">): string {
  return join(home, "plugins", "model-providers", "opper-agent");
}

/**
 * Every home that a launch may place its plugin in: the one that the variable names, the one that others are profiles of,
 * and those.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function launchHomes(machine: Machine): readonly string[] {
  const root = rootHome(machine);
  const named = profilesOf(root, machine).map((name) => machine.join(root, "profiles", name));
  return [...new Set([machine.directoryOf(HOME) ?? root, root, ...named])];
}

/**
 * The home of one launch. As Hermes does it (0.15.1, and its main branch, read 2026-11-27): a profile by its flag, else by
 * the variable where that names the directory of one, else the one that is active.
 *
 * @param profile value of `--profile`
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function launchHome(profile: string | undefined, machine: Machine): string {
  const said = machine.directoryOf(HOME);
  if (profile === undefined && said !== undefined && homeOfProfile(said) !== undefined) return said;
  const root = rootHome(machine);
  const active = machine.readTextFile(machine.join(root, "active_profile"))?.trim() ?? "";
  const name = profile ?? active;
  // One that is not there is refused by Hermes, and not made by us.
  return profilesOf(root, machine).includes(name) ? machine.join(root, "profiles", name) : root;
}

/** What Hermes is told of the home of a launch: nothing, where nobody set the variable. */
export function homeVariable(home: string, { env }: Machine): Readonly<Record<string, string>> {
  return env[HOME]?.trim() ? { [HOME]: home } : {};
}

/** Whether Hermes takes a word for a profile. */
export function isProfileName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name);
}

function profilesOf(root: string, machine: Machine): readonly string[] {
  return machine.namesIn(machine.join(root, "profiles")).filter(isProfileName);
}

/** The home that profiles are of. */
function rootHome(machine: Machine): string {
  const said = machine.directoryOf(HOME);
  if (said !== undefined) return homeOfProfile(said) ?? said;
  const { os, home, join } = machine;
  return os === "windows" ? join(home, "AppData", "Local", "hermes") : join(home, ".hermes");
}

/** The program itself is there as well, with all that it is made of: only profiles are looked into. */
export const logs: LogPlaces = {
  version: 2,
  roots: (machine) => [...new Set(listHomes(machine).flatMap(withAllProfiles))],
  stores: [{
    form: "tables",
    id: "database",
    matches: (relativePath) => /^(?:profiles\/[^/]+\/)?state\.db$/.test(relativePath),
    get layouts() {
      return listLayouts();
    },
  }],
  skips: (relativePath) => !/^profiles(?:\/[^/]+)?$/.test(relativePath),
  isOwnName: () => false,
  wrote: () => false,
};

function listHomes({ os, env, home, join, resolve, asWritten }: Machine): readonly string[] {
  // Hermes takes blanks off, and a ~ for a name.
  const said = env[HOME]?.trim();
  const named = [resolve(said), asWritten(said)].filter((path) => path !== undefined);
  const usual = join(home, ".hermes");
  return [...named, usual, ...os === "windows" ? [join(home, "AppData", "Local", "hermes")] : []];
}

/** Of a profile the home that it is one of, too: others are beside it. */
function withAllProfiles(directory: string): readonly string[] {
  const home = homeOfProfile(directory);
  return home === undefined ? [directory] : [directory, home];
}

/** Undefined for a directory that is no profile's. */
function homeOfProfile(directory: string): string | undefined {
  return /^(.+)[\\/]profiles[\\/][^\\/]+[\\/]?$/.exec(directory)?.[1];
}
