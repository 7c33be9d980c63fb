/**
 * Where Cline keeps its files, and what of them is a record. `CLINE_DIR`, by default `~/.cline`, is the directory of all;
 * `CLINE_DATA_DIR` that of `data` in it, `CLINE_SESSION_DATA_DIR` that of sessions. Extensions of editors of before 2026
 * kept their tasks where the editor keeps what belongs to an extension.
 *
 * Cline's source of how it finds its directories (2026-08), and its documentation on where tasks are; read 2026-11-26.
 */
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";

/** Variables that move the files of Cline. */
export const VARIABLES = {
  CLINE_DIR: "The directory of Cline's files.",
  CLINE_DATA_DIR: "The directory of Cline's data, its sessions and tasks among it.",
  CLINE_SESSION_DATA_DIR: "The directory of Cline's sessions.",
  CLINE_SANDBOX_DATA_DIR: "The directory of Cline's data where it keeps them apart.",
} as const;

const DIRECTORY = "CLINE_DIR" satisfies keyof typeof VARIABLES;
const DATA = "CLINE_DATA_DIR" satisfies keyof typeof VARIABLES;
const SESSIONS = "CLINE_SESSION_DATA_DIR" satisfies keyof typeof VARIABLES;
const SANDBOX = "CLINE_SANDBOX_DATA_DIR" satisfies keyof typeof VARIABLES;

export const logs: LogPlaces = {
  version: 2,
  roots(machine) {
    const { env, join } = machine;
    const own = listReadings(machine, env[DIRECTORY], () => [join(machine.home, ".cline")]);
    const data = listReadings(machine, env[DATA], () => own.map((path) => join(path, "data")));
    const apart = listReadings(machine, env[SANDBOX], () => []).map((path) => join(path, "sessions"));
    const sessions = [
      ...listReadings(machine, env[SESSIONS], () => data.map((path) => join(path, "sessions"))),
      ...apart,
    ];
    const tasks = [...data, ...listExtensions(machine)].map((path) => join(path, "tasks"));
    return [...new Set([...sessions, ...tasks])];
  },
  stores: [
    {
      form: "documents",
      id: "tasks",
      matches: (relativePath) => /^(?:.*\/)?[^/]+\/(?:ui_messages|task_metadata)\.json$/.test(relativePath),
      logOf: directoryOf,
      records: recordsOfTask,
      // A task has each request with all that was sent in words.
      maximumBytes: 128 << 20,
    },
    {
      form: "documents",
      id: "sessions",
      matches: (relativePath) => /^(?:.*\/)?([^/]+)\/(?:\1\.json|[^/]+\.messages\.json)$/.test(relativePath),
      logOf: directoryOf,
      records: recordsOfSession,
      maximumBytes: 128 << 20,
    },
  ],
  isOwnName: () => false,
  wrote: () => false,
};

/** What we and Cline make of a directory that somebody wrote down: it takes blanks away, and knows neither `~` nor quotes. */
function listReadings(
  { resolve, asWritten }: Machine,
  said: string | undefined,
  usual: () => readonly string[],
): readonly string[] {
  const [path, other] = [resolve(said), asWritten(said?.trim())];
  return [...(path === undefined ? usual() : [path]), ...(other === undefined ? [] : [other])];
}

/** Editors that are made of Visual Studio Code, by the directories of their settings. */
const EDITORS = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"];
const EXTENSION = ["User", "globalStorage", "saoudrizwan.claude-dev"];

/** The last one is what runs in place of an editor on a machine that is worked on from elsewhere. */
function listExtensions({ os, home, join }: Machine): readonly string[] {
  const settings = {
    linux: join(home, ".config"),
    darwin: join(home, "Library", "Application Support"),
    windows: join(home, "AppData", "Roaming"),
  }[os];
  return [
    ...EDITORS.map((editor) => join(settings, editor, ...EXTENSION)),
    join(home, ".vscode-server", "data", ...EXTENSION),
  ];
}

function directoryOf(relativePath: string): string {
  return relativePath.slice(0, relativePath.lastIndexOf("/"));
}

/** What the session is, or who speaks and then each message. */
function* recordsOfSession(document: unknown): Iterable<unknown> {
  if (!isRecord(document)) return;
  if (!Array.isArray(document.messages)) {
    if (typeof document.session_id === "string") yield { session: document };
    return;
  }
  const { agent, sessionId, origin } = document;
  yield { conversation: { agent, sessionId, origin } };
  for (const message of document.messages) yield { agent, message };
}

/** Kinds of messages of a task that say what was spent; the text of each is JSON. */
const SPENT: ReadonlySet<unknown> = new Set(["api_req_started", "deleted_api_reqs", "subagent_usage"]);

/** Which models were asked, or each message. */
function* recordsOfTask(document: unknown): Iterable<unknown> {
  if (isRecord(document)) {
    yield { metadata: document };
    return;
  }
  if (!Array.isArray(document)) return;
  for (const message of document) {
    if (!isRecord(message)) continue;
    yield message.type === "say" && SPENT.has(message.say) ? { ui: message, ...parseSpent(message) } : { ui: message };
  }
}

function parseSpent({ text }: JsonRecord): { readonly spent?: unknown } {
  if (typeof text !== "string") return {};
  try {
    return { spent: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
}
