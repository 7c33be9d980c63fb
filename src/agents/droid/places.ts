/**
 * Where Droid keeps its files: `.factory` in the home, or in the directory that `FACTORY_HOME_OVERRIDE` puts in its place.
 *
 * A session has two files of one name: lines with the conversation, and a document with its settings and sums.
 */
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";
import type { DocumentStore } from "../log_store.ts";
import { isRecord } from "../../core/json/is_record.ts";

/** Variables that move the files of Droid. */
export const VARIABLES = {
  FACTORY_HOME_OVERRIDE: "The directory that has Droid's `.factory`, in the place of the home.",
} as const;

const HOME = "FACTORY_HOME_OVERRIDE" satisfies keyof typeof VARIABLES;

const SETTINGS = ".settings.json";

/** Settings of Droid itself, and those of before, from a session of today's and from one of before, without a project. */
const SETTINGS_FILES = ["../../settings.json", "../../config.json", "../settings.json", "../config.json"];

const store: DocumentStore = {
  form: "documents",
  id: "sessions",
  // Beside them are copies, `.bak`.
  matches: (relativePath) =>
    /^(?:[^/]+\/)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.jsonl|\.settings\.json)$/i.test(relativePath),
  // The lines come first, in the order of their names.
  logOf: (relativePath) =>
    relativePath.endsWith(SETTINGS) ? `${relativePath.slice(0, -SETTINGS.length)}.jsonl` : relativePath,
  isLines: (relativePath) => !relativePath.endsWith(SETTINGS),
  records: (document) => isRecord(document) ? [{ type: "settings", settings: document }] : [],
  companions: SETTINGS_FILES,
};

export const logs: LogPlaces = {
  version: 1,
  roots: (machine) => [...new Set(listHomes(machine).map((home) => machine.join(home, "sessions")))],
  stores: [store],
  isOwnName: () => false,
  // The first line of a session.
  wrote: (members) => members.get("type") === "session_start" && (members.has("hostId") || members.has("owner")),
};

/** Some take the variable for the directory itself, which Droid does not: nothing is there then. */
function listHomes({ env, home, join, resolve, asWritten }: Machine): readonly string[] {
  const named = [resolve(env[HOME]), asWritten(env[HOME])].filter((path) => path !== undefined);
  if (named.length === 0) return [join(home, ".factory")];
  return named.flatMap((path) => [join(path, ".factory"), path]);
}
