/** Where Pi's logs are: below its own directory, and where its settings or the environment say. */
import { join, resolve } from "../../host/paths.ts";
import type { LineMembers } from "../log_owner.ts";
import type { LogPlaces, SourceEnvironment } from "../source.ts";

export const piPlaces: LogPlaces = {
  id: "pi",
  title: "Pi",
  version: 4,
  roots,
  // What sub-agents' artifacts hold are transcripts of runs that have logs of their own, or none.
  matches: (relativePath) => relativePath.endsWith(".jsonl") && !/(^|\/)subagent-artifacts\//.test(relativePath),
  isOwnName: (name) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_.+\.jsonl$/.test(name),
  wrote,
};

/** Types of entries that Pi's own logs are made of (session-format.md of 1.5.2). */
const ENTRY_TYPES: ReadonlySet<string> = new Set([
  "message",
  "model_change",
  "thinking_level_change",
  "compaction",
  "branch_summary",
  "session_info",
  "usage",
  "custom",
  "custom_message",
  "label",
]);

/** The header, and entries of the tree: others' lines have ids by other names, or a payload. */
function wrote(members: LineMembers): boolean {
  const type = members.get("type");
  if (type === undefined || !members.has("timestamp")) return false;
  if (["payload", "uuid", "sessionId", "parentUuid"].some((key) => members.has(key))) return false;
  return type === "session" ? members.has("id") : ENTRY_TYPES.has(type);
}

function roots(environment: SourceEnvironment): readonly string[] {
  const { home, cwd, env } = environment;
  const place = (path: string) => resolve(cwd, expandTilde(path, home));
  const agentDir = place(env.PI_CODING_AGENT_DIR || join(home, ".pi", "agent"));
  const configured = [
    textOf(env.PI_CODING_AGENT_SESSION_DIR),
    sessionDirOf(environment.readTextFile(join(cwd, ".pi", "settings.json"))),
    sessionDirOf(environment.readTextFile(join(agentDir, "settings.json"))),
  ].filter((path) => path !== undefined);
  return [...new Set([...configured, join(agentDir, "sessions")].map(place))];
}

function expandTilde(path: string, home: string): string {
  if (path === "~") return home;
  return /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
}

/** `sessionDir` of a settings.json; undefined when there is none, or when Pi itself could not read it either. */
function sessionDirOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const settings: unknown = JSON.parse(text);
    const isObject = typeof settings === "object" && settings !== null;
    return isObject && "sessionDir" in settings ? textOf(settings.sessionDir) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
