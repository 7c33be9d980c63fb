/**
 * Where Gemini CLI keeps its files: `.gemini` in the user's home, or in the directory that `GEMINI_CLI_HOME` takes for it.
 *
 * Below `tmp` each project has a directory. Its name is made of the project's since 0.29, and was a hash of its path before;
 * the first start of a newer version copies what the older one had. What is in `chats` there are logs. Read in the programs
 * of 0.20.0, 0.28.2, 0.35.3, 0.38.2, 0.39.1 and 0.61.0, 2026-11-26.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces } from "../agent.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

/** Variables that move the files of Gemini CLI. */
export const VARIABLES = {
  GEMINI_CLI_HOME: "The directory that Gemini CLI takes for the user's home: its files are in .gemini there.",
} as const;

const HOME = "GEMINI_CLI_HOME" satisfies keyof typeof VARIABLES;

/** Where Gemini CLI has its MCP servers. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function settingsPath(machine: Machine): string {
  return machine.join(homeOf(machine), ".gemini", "settings.json");
}

/** The variable, where that is another directory than we take it for: it is taken as it stands. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const [directory, meant] = [machine.asWritten(machine.env[HOME]), homeOf(machine)];
  return directory === undefined || directory === meant ? undefined : { variable: HOME, meant };
}

/** For what is written there. */
function homeOf(machine: Machine): string {
  return machine.directoryOf(HOME) ?? machine.home;
}

/**
 * The project's directory stands in a file of its own. `projects.json` says it as well, and is not asked: it changes with
 * each new project, so that all logs would be read again, and names no project that the file does not.
 */
const SESSIONS = { companions: ["../.project_root"] } as const;
const SUBAGENTS = { companions: ["../../.project_root"] } as const;

export const logs: LogPlaces = {
  version: 1,
  roots(machine) {
    const { env, home, join, resolve, asWritten, os } = machine;
    const [named, other] = [resolve(env[HOME]), asWritten(env[HOME])];
    const homes = [...new Set([named ?? home, ...other === undefined ? [] : [other]])];
    // In the sandbox of macOS it may write nowhere else.
    const sandboxed = os === "darwin" ? homes.map((path) => join(path, ".cache", ".gemini", "tmp")) : [];
    return [...homes.map((path) => join(path, ".gemini", "tmp")), ...sandboxed];
  },
  stores: [
    { form: "lines", id: "subagents", ...SUBAGENTS, matches: (relativePath) => SUBAGENT_LINES.test(relativePath) },
    { form: "lines", id: "sessions", ...SESSIONS, matches: (relativePath) => SESSION_LINES.test(relativePath) },
    {
      ...{ form: "documents", id: "subagent_documents", ...SUBAGENTS, records: recordsOfDocument },
      matches: (relativePath) => SUBAGENT_DOCUMENT.test(relativePath),
    },
    {
      ...{ form: "documents", id: "documents", ...SESSIONS, records: recordsOfDocument },
      matches: (relativePath) => SESSION_DOCUMENT.test(relativePath),
    },
  ],
  // Older versions of Qwen Code, which was made from it, give the same names.
  isOwnName: () => false,
  wrote: isOwnLine,
};

/** `chats/<session id>/<id>.jsonl`; without `chats` where somebody named that directory. */
const SUBAGENT_LINES = /(?:(?:^|\/)chats\/[^/]+|^[\da-f]{8}-[\da-f-]{27})\/[^/]+\.jsonl(?:\.zst)?$/;

/** In 0.37 and 0.38. */
const SUBAGENT_DOCUMENT = /(?:(?:^|\/)chats\/[^/]+|^[\da-f]{8}-[\da-f-]{27})\/[^/]+\.json$/;

/**
 * What it could not read it puts aside under a longer name, before it writes down what it knows: both are read. Other names
 * than `session-…` have sub-agents whose session it does not know.
 */
const SESSION_LINES = /^(?:(?:.*\/)?chats\/|session-)[^/]+\.jsonl(?:\.unreadable-\d+)?(?:\.zst)?$/;

/** Before 0.39. */
const SESSION_DOCUMENT = /^(?:(?:.*\/)?chats\/|session-)[^/]+\.json$/;

const OWN_TYPES = ["user", "gemini", "info", "error", "warning"];

function isOwnLine(members: LineMembers): boolean {
  const hasAll = (...keys: readonly string[]) => keys.every((key) => members.has(key));
  if (members.has("$set") || members.has("$rewindTo") || hasAll("sessionId", "projectHash")) return true;
  return OWN_TYPES.includes(members.get("type") ?? "") && hasAll("id", "timestamp", "content");
}

/**
 * What a document says of the session, and each of its messages. Calls of tools get another name there: a line that has them
 * repeats an earlier one, while a message of a document stands there once.
 */
function* recordsOfDocument(document: unknown): Iterable<unknown> {
  if (!isRecord(document) || !Array.isArray(document.messages)) return;
  const { messages, ...header } = document;
  yield header;
  for (const message of messages as readonly unknown[]) {
    if (!isRecord(message)) continue;
    const { toolCalls: documentCalls, ...rest } = message;
    yield documentCalls === undefined ? message : { ...rest, documentCalls };
  }
}
