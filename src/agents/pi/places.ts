/** Where Pi's logs are: below its own directory, and where its settings or the environment say. */
import { readPlace } from "../../core/said_place.ts";
import { asItStands, join, resolve } from "../../host/paths.ts";
import type { LineMembers, LogPlaces, SourceEnvironment } from "../source.ts";

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
  const place = (said: string | undefined) => {
    const path = readPlace(said, home);
    return path === undefined ? undefined : resolve(cwd, path);
  };
  const agentDir = place(env.PI_CODING_AGENT_DIR) ?? join(home, ".pi", "agent");
  const configured = [
    env.PI_CODING_AGENT_SESSION_DIR,
    sessionDirOf(environment.readTextFile(join(cwd, ".pi", "settings.json"))),
    sessionDirOf(environment.readTextFile(join(agentDir, "settings.json"))),
  ].map(place).filter((path) => path !== undefined);
  // Pi itself knows no quotes or blanks around a directory.
  const literal = asItStands(env.PI_CODING_AGENT_DIR?.replace(/^~(?=$|[/\\])/, () => home), cwd);
  const directories = literal === undefined ? [agentDir] : [agentDir, literal];
  return [...new Set([...configured, ...directories.map((directory) => join(directory, "sessions"))])];
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
