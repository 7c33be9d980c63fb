/**
 * Where Pi keeps its files: logs, what a launch places, our MCP server, models. Its own directory is
 * `PI_CODING_AGENT_DIR`, by default `~/.pi/agent`; logs may be where its settings say.
 */
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces, PriceFile } from "../agent.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

export const VARIABLES = {
  PI_CODING_AGENT_DIR: "The directory of Pi's files, and that of its logs.",
  PI_CODING_AGENT_SESSION_DIR: "The directory of Pi's files, and that of its logs.",
} as const;

const DIRECTORY = "PI_CODING_AGENT_DIR" satisfies keyof typeof VARIABLES;
const SESSIONS = "PI_CODING_AGENT_SESSION_DIR" satisfies keyof typeof VARIABLES;

/** File name of the extension, in Pi's tree and in ours. */
export const EXTENSION_FILE = "opper-session.ts";

/** Where the extension lies while launches run. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function extensionPath(machine: Machine): string {
  return machine.join(ownDirectory(machine), "extensions", EXTENSION_FILE);
}

/** Where Pi keeps models of its user's own. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function modelsPath(machine: Machine): string {
  return machine.join(ownDirectory(machine), "models.json");
}

/** Where Pi keeps keys and logins. It is only looked into. */
export function authPath(machine: Machine): string {
  return machine.join(readDirectory(machine), "auth.json");
}

/** docs/mcp.md of Pi 1.5.2, read 2026-11-21. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function mcpPath(machine: Machine): string {
  return machine.join(ownDirectory(machine), "mcp.json");
}

/** What Pi makes of its variable, where that is not what we make of it. It expands `~` itself, and knows no quotes. */
function directoryAsWritten(machine: Machine): string | undefined {
  return machine.asWritten(machine.env[DIRECTORY], true);
}

/** The variable, where that is another directory than we take it for. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const directory = directoryAsWritten(machine);
  const meant = ownDirectory(machine);
  return directory === undefined || directory === meant ? undefined : { variable: DIRECTORY, meant };
}

/** For what is written there. */
function ownDirectory(machine: Machine): string {
  return machine.directoryOf(DIRECTORY) ?? usualDirectory(machine);
}

/** For what is looked for there: a variable that cannot be understood stops no scan. */
function readDirectory(machine: Machine): string {
  return machine.resolve(machine.env[DIRECTORY]) ?? usualDirectory(machine);
}

function usualDirectory({ home, join }: Machine): string {
  return join(home, ".pi", "agent");
}

/** The user's own models, and Pi's catalogue as it last fetched it. */
export function priceFiles(machine: Machine): readonly PriceFile[] {
  const directory = readDirectory(machine);
  return [
    {
      path: machine.join(directory, "models.json"),
      reader: async () => (await import("./prices.ts")).parsePiModels,
    },
    {
      path: machine.join(directory, "models-store.json"),
      isCatalogue: true,
      reader: async () => (await import("./prices.ts")).parsePiStore,
    },
  ];
}

export const logs: LogPlaces = {
  version: 5,
  roots,
  stores: [{
    form: "lines",
    id: "sessions",
    // What sub-agents' artifacts hold are transcripts of runs that have logs of their own, or none.
    matches: (relativePath) => relativePath.endsWith(".jsonl") && !/(^|\/)subagent-artifacts\//.test(relativePath),
  }],
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

function roots(machine: Machine): readonly string[] {
  const { cwd, env, join } = machine;
  const directory = readDirectory(machine);
  const configured = [
    env[SESSIONS],
    sessionDirOf(machine.readTextFile(join(cwd, ".pi", "settings.json"))),
    sessionDirOf(machine.readTextFile(join(directory, "settings.json"))),
  ].map((said) => machine.resolve(said)).filter((path) => path !== undefined);
  const directories = [directory, directoryAsWritten(machine) ?? directory];
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
