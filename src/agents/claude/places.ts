/**
 * Where Claude Code keeps its files, and what the paths of logs say.
 *
 * The command line's logs: `<project>/<session>.jsonl` below `projects`, and of sub-agents `<project>/agent-<id>.jsonl`,
 * `<project>/subagents/agent-<id>.jsonl` or `<project>/<session>/subagents/…/agent-<id>.jsonl`. Claude Desktop starts the
 * same program for its local agent mode (Cowork), each time with a directory of its own:
 * `<account>/<organization>/local_<id>/.claude/projects/` has the same below it (seen on 2026-11-26). What else is there,
 * such as `audit.jsonl`, repeats it or is no log.
 */
import { folderName } from "../../core/folder.ts";
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces, PriceFile } from "../agent.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

export const VARIABLES = {
  CLAUDE_CONFIG_DIR: "The directory of Claude Code's files; several with commas between.",
  XDG_CONFIG_HOME: "Further directories of Claude Code (in claude) and of Claude Desktop (in Claude).",
  APPDATA: "Further directories of Claude Code (in claude) and of Claude Desktop (in Claude).",
} as const;

const DIRECTORY = "CLAUDE_CONFIG_DIR" satisfies keyof typeof VARIABLES;

/**
 * Where Claude Code has its MCP servers: of several directories in the first one, where we look for logs first.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function settingsPath(machine: Machine): string {
  return machine.join(machine.directoryOf(DIRECTORY, true) ?? machine.home, SETTINGS_FILE);
}

const SETTINGS_FILE = ".claude.json";

/** Claude Code takes one directory as it stands, blanks, commas and `~` (2.1.330, run 2026-11-26). */
function directoryAsWritten(machine: Machine): string | undefined {
  return machine.asWritten(machine.env[DIRECTORY]);
}

/** The variable, where that is another directory than we take it for. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const directory = directoryAsWritten(machine);
  const meant = machine.directoryOf(DIRECTORY, true) ?? machine.home;
  return directory === undefined || directory === meant ? undefined : { variable: DIRECTORY, meant };
}

/**
 * The directories that the variable names, as we take it and as Claude Code does: a list with commas is what ccusage 20
 * reads. None where it is not set; an empty value counts as none.
 */
function namedDirectories(machine: Machine): readonly string[] {
  const named = machine.resolveList(machine.env[DIRECTORY]);
  const asWritten = directoryAsWritten(machine);
  return named.length === 0 || asWritten === undefined ? named : [...named, asWritten];
}

/**
 * Its user's own settings, of several directories those of the first one.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function userSettingsPath(machine: Machine): string {
  const directory = machine.directoryOf(DIRECTORY, true) ?? machine.join(machine.home, ".claude");
  return machine.join(directory, USER_SETTINGS_FILE);
}

const USER_SETTINGS_FILE = "settings.json";

/** Its user's own settings, of each of its directories. They are only looked into. */
export function userSettingsPaths(machine: Machine): readonly string[] {
  const named = namedDirectories(machine);
  const directories = named.length > 0 ? named : [machine.join(machine.home, ".claude")];
  return [...new Set(directories)].map((directory) => machine.join(directory, USER_SETTINGS_FILE));
}

/** Where it keeps its files unless something else is said: of several directories that are named the first one. */
export function defaultDirectory(machine: Machine): string {
  return folderName(namedDirectories(machine)[0] ?? machine.join(machine.home, ".claude"));
}

/** The directory of Claude Code's that a log lies in: `projects` is in it. The log itself where it is in none. */
export function directoryOfLog(path: string): string {
  return folderName(path.replace(/[/\\]projects[/\\](?!.*[/\\]projects[/\\]).*$/, ""));
}

/** The files with its servers, and the directory that each is of. They are only looked into. */
export function stateFiles(machine: Machine): readonly { readonly path: string; readonly directory: string }[] {
  const named = [...new Set(namedDirectories(machine))];
  if (named.length === 0) {
    return [{ path: machine.join(machine.home, SETTINGS_FILE), directory: defaultDirectory(machine) }];
  }
  return named.map((directory) => ({
    path: machine.join(directory, SETTINGS_FILE),
    directory: folderName(directory),
  }));
}

/** The same file in which it has its MCP servers: what Claude Code was sent for models that it does not know itself. */
export function priceFiles(machine: Machine): readonly PriceFile[] {
  return stateFiles(machine).map(({ path }) => ({
    path,
    reader: async () => (await import("./prices.ts")).parseClaudeCosts,
  }));
}

export const logs: LogPlaces = {
  version: 6,
  roots: rootsOf,
  stores: [{ form: "lines", id: "projects", matches: isLogPath }],
  isOwnName: (name) => OWN_NAME.test(name),
  wrote: (members) => members.has("type") && hasAny(members, OWN_MEMBERS) && !hasAny(members, FOREIGN_MEMBERS),
};

const OWN_NAME = /^(agent-.+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i;

/** One of them is in every line: the session's id, in a summary that of a line, in a copy of files what it is of. */
const OWN_MEMBERS = ["sessionId", "leafUuid", "isSnapshotUpdate"];

/** What lines have beside those that another agent wrote. Some agents took over the form of these. */
const FOREIGN_MEMBERS = ["payload", "provenance", "systemPayload", "usageMetadata", "toolCallResult"];

function hasAny(members: LineMembers, keys: readonly string[]): boolean {
  return keys.some((key) => members.has(key));
}

/** What a log's path says of it. */
export interface PathFacts {
  /** The session that the path names: the file's name, or for a sub-agent the folder above `subagents`. */
  readonly pathSession?: string;
  /** A sub-agent's id by its file name. */
  readonly agent?: string;
}

/** The variable replaces the command line's defaults, as it does for the tool. It is not for Claude Desktop, whose places stay. */
function rootsOf(machine: Machine): readonly string[] {
  const { home, env } = machine;
  const named = namedDirectories(machine);
  const configHome = machine.resolve(env.XDG_CONFIG_HOME) ?? machine.join(home, ".config");
  const directories = named.length > 0 ? named : [`${configHome}/claude`, `${home}/.claude`];
  const roaming = roamingDirectory(machine);
  const desktops = [configHome, `${home}/Library/Application Support`, ...(roaming === undefined ? [] : [roaming])];
  return [
    ...new Set([
      ...directories.map((path) => /(^|[/\\])projects$/.test(path) ? path : `${path}/projects`),
      ...desktops.map((path) => `${path}/Claude/local-agent-mode-sessions`),
    ]),
  ];
}

/** A path of Windows is absolute wherever it is read. */
function roamingDirectory({ env, resolve }: Machine): string | undefined {
  const said = env.APPDATA?.trim();
  return said !== undefined && /^[A-Za-z]:[/\\]/.test(said) ? said.replace(/[/\\]+$/, "") : resolve(said);
}

/** Whether a file below a root is a log. */
function isLogPath(relativePath: string): boolean {
  const parts = partsBelowProjects(relativePath);
  const name = parts.at(-1) ?? "";
  if (!/^.+\.jsonl$/.test(name) || name === "audit.jsonl") return false;
  if (parts.length === 2) return true;
  return name.startsWith("agent-") && parts.indexOf("subagents") === (parts.length === 3 ? 1 : 2);
}

/**
 * What a log's path says of whose it is: a session's file is named for it, and a sub-agent's lies below its session.
 */
export function readPath(relativePath: string): PathFacts {
  const parts = partsBelowProjects(relativePath);
  const stem = (parts.at(-1) ?? "").replace(/\.jsonl$/, "");
  if (!stem.startsWith("agent-")) return { pathSession: stem };
  return { pathSession: parts[2] === "subagents" ? parts[1] : undefined, agent: stem.slice("agent-".length) };
}

function partsBelowProjects(relativePath: string): readonly string[] {
  // Also of a root that has `projects` itself.
  const at = `/${relativePath}`.lastIndexOf("/projects/");
  return (at < 0 ? relativePath : relativePath.slice(at + "projects/".length)).split("/");
}
