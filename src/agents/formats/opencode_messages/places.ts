/**
 * Where OpenCode, and programs that are made of its source, keep sessions: a database in the data directory, one for each
 * channel of releases, and what versions before 1.2 wrote, a JSON document a message.
 *
 * OpenCode 1.1.65, 1.2.27 and 1.18.33 and Kilo CLI 7.7.9, run 2026-11-26. Data directories are the same on all systems.
 */
import type { Machine } from "../../../core/machine.ts";
import type { LogPlaces } from "../../agent.ts";
import type { DocumentStore, TableStore } from "../../log_store.ts";
import { makeLayouts } from "./layouts.ts";

/** What differs from program to program. */
export interface MessagePlaces {
  /** Raised when what is special to the program changes. */
  readonly version: number;
  /** Its directory among those of data. */
  readonly folder: string;
  /** How the names of its databases begin. */
  readonly databases: readonly string[];
  /** The names of its variables: of the directory of data, of a home in place of the user's, of the database. */
  readonly variables: { readonly data: string; readonly home: string; readonly database: string };
}

/** Raised when decoding changes, for all of them. */
const VERSION = 2;

/** Where one of these programs keeps its sessions. */
export function messagePlaces({ version, folder, databases, variables }: MessagePlaces): LogPlaces {
  const isDatabase = new RegExp(`(^|/)(?:${databases.join("|")})[^/]*\\.db$`);
  return {
    version: 1000 * VERSION + version,
    roots: (machine) => listRoots(machine, folder, variables),
    stores: [tableStore(isDatabase), DOCUMENTS],
    skips: (relativePath) => NO_SESSIONS.test(relativePath),
    isOwnName: () => false,
    wrote: () => false,
  };
}

/** Checkouts, copies of what was edited, programs, what tools said: more files than all else. */
const NO_SESSIONS =
  /(?:^|\/)(?:snapshot|repos|worktree|bin|log|tool-output|plans|storage\/(?!message$|session$)[^/]+)$|(?:^|\/)storage\/session\/(?:message|part|info)$/;

let layouts: TableStore["layouts"] | undefined;

function tableStore(isDatabase: RegExp): TableStore {
  return {
    form: "tables",
    id: "database",
    matches: (relativePath) => isDatabase.test(relativePath),
    // Made when a database is read: every start loads what is here.
    get layouts() {
      return layouts ??= makeLayouts();
    },
  };
}

const MESSAGE = /(^|\/)storage\/message\/([^/]+)\/[^/]+\.json$/;
const SESSION = /(^|\/)storage\/session\/[^/]+\/([^/]+)\.json$/;

/** A session's log is its directory of messages, and the document with what is known of the session itself. */
const DOCUMENTS: DocumentStore = {
  form: "documents",
  id: "storage",
  matches: (relativePath) => MESSAGE.test(relativePath) || SESSION.test(relativePath),
  logOf: (relativePath) =>
    relativePath.replace(SESSION, "$1storage/message/$2").replace(MESSAGE, "$1storage/message/$2"),
  // A message is a copy or not by the session's beginning.
  isFirst: (relativePath) => SESSION.test(relativePath),
  records: (document, relativePath) => [{ kind: SESSION.test(relativePath) ? "session" : "message", data: document }],
};

function listRoots(machine: Machine, folder: string, variables: MessagePlaces["variables"]): readonly string[] {
  const { env, home, join, resolve } = machine;
  const data = env[variables.data];
  const moved = [resolve(data), machine.asWritten(data)].filter((path) => path !== undefined);
  const homes = [resolve(env[variables.home]), machine.asWritten(env[variables.home]), home];
  const usual = homes.filter((path) => path !== undefined).map((path) => join(path, ".local", "share"));
  const directories = (moved.length > 0 ? moved : usual).map((path) => join(path, folder));
  return [...new Set([...listDatabases(machine, env[variables.database], directories), ...directories])];
}

/** What a program opens in place of the database in its directory. It knows neither `~` nor quotes; people do. */
function listDatabases(
  { join, resolve, asWritten }: Machine,
  said: string | undefined,
  directories: readonly string[],
): readonly string[] {
  if (said === undefined || said.trim() === "" || said === ":memory:") return [];
  const isAbsolute = /^(?:[/\\]|[A-Za-z]:[/\\])/.test(said);
  const meant = isAbsolute || /^\s*["'`~$]/.test(said) ? resolve(said) : undefined;
  const written = isAbsolute ? [asWritten(said)] : directories.map((directory) => join(directory, said));
  return [meant, ...written].filter((path) => path !== undefined);
}
