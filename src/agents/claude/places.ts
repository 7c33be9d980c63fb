/**
 * Where Claude Code's logs are, and what their paths say.
 *
 * The command line's: `<project>/<session>.jsonl` below `projects`, and of sub-agents `<project>/agent-<id>.jsonl`,
 * `<project>/subagents/agent-<id>.jsonl` or `<project>/<session>/subagents/…/agent-<id>.jsonl`. Claude Desktop starts the
 * same program for its local agent mode (Cowork), each time with a directory of its own:
 * `<account>/<organization>/local_<id>/.claude/projects/` has the same below it (seen on 2026-11-26). What else is there,
 * such as `audit.jsonl`, repeats it or is no log.
 */
import { readPlace, readPlaces } from "../../core/said_place.ts";
import { asItStands, join, resolve } from "../../host/paths.ts";
import type { LogPlaces, SourceEnvironment } from "../source.ts";

export const claudePlaces: LogPlaces = {
  id: "claude",
  title: "Claude Code",
  version: 5,
  roots: rootsOf,
  matches: isLogPath,
  isOwnName: (name) => OWN_NAME.test(name),
  wrote: (members) => members.has("type") && OWN_MEMBERS.some((key) => members.has(key)) && !members.has("payload"),
};

const OWN_NAME = /^(agent-.+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i;

/** One of them is in every line: the session's id, in a summary that of a line, in a copy of files what it is of. */
const OWN_MEMBERS = ["sessionId", "leafUuid", "isSnapshotUpdate"];

/** What a log's path says of it. */
export interface PathFacts {
  /** The session that the path names: the file's name, or for a sub-agent the folder above `subagents`. */
  readonly pathSession?: string;
  /** A sub-agent's id by its file name. */
  readonly agent?: string;
}

/**
 * CLAUDE_CONFIG_DIR replaces the command line's defaults, as it does for the tool, which takes one directory as it stands,
 * blanks, commas and `~` (2.1.330, run 2026-11-26); a list with commas is what ccusage 20 reads. Both are looked at. An
 * empty value counts as none. It is not for Claude Desktop, whose places stay.
 */
function rootsOf({ home, cwd, env }: SourceEnvironment): readonly string[] {
  // Of Windows, wherever this runs.
  const place = (path: string) => /^[A-Za-z]:[/\\]/.test(path) ? path.replace(/[/\\]+$/, "") : resolve(cwd, path);
  const configured = readPlaces(env.CLAUDE_CONFIG_DIR, home).map(place);
  const configHome = place(readPlace(env.XDG_CONFIG_HOME, home) ?? join(home, ".config"));
  const literal = asItStands(env.CLAUDE_CONFIG_DIR, cwd);
  const directories = configured.length > 0
    ? [...configured, ...(literal === undefined ? [] : [literal])]
    : [`${configHome}/claude`, `${home}/.claude`];
  const roaming = readPlace(env.APPDATA, home);
  const desktops = [
    configHome,
    `${home}/Library/Application Support`,
    ...(roaming === undefined ? [] : [place(roaming)]),
  ];
  return [
    ...new Set([
      ...directories.map((path) => /(^|[/\\])projects$/.test(path) ? path : `${path}/projects`),
      ...desktops.map((path) => `${path}/Claude/local-agent-mode-sessions`),
    ]),
  ];
}

/** Whether a file below a root is a log. */
function isLogPath(relativePath: string): boolean {
  const parts = partsBelowProjects(relativePath);
  const name = parts.at(-1) ?? "";
  if (!/^.+\.jsonl$/.test(name) || name === "audit.jsonl") return false;
  if (parts.length === 2) return true;
  return name.startsWith("agent-") && parts.indexOf("subagents") === (parts.length === 3 ? 1 : 2);
}

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
