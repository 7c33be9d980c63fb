/**
 * Where Qwen Code keeps its files: `QWEN_HOME`, by default `~/.qwen`. What it writes while it runs, logs among it, may be
 * elsewhere: where `QWEN_RUNTIME_DIR` says, or its settings.
 */
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces } from "../agent.ts";
import { parseLenientJson } from "../formats/lenient_json.ts";

/** Variables that move the files of Qwen Code. */
export const VARIABLES = {
  QWEN_HOME: "The directory of Qwen Code's files.",
  QWEN_RUNTIME_DIR: "The directory of Qwen Code's logs, where it is not that of its files.",
} as const;

const HOME = "QWEN_HOME" satisfies keyof typeof VARIABLES;
const RUNTIME = "QWEN_RUNTIME_DIR" satisfies keyof typeof VARIABLES;

/** Logs are in `projects`; older versions had them in `tmp`. */
export const logs: LogPlaces = {
  version: 2,
  roots(machine) {
    const directories = listReadings(machine, machine.env[RUNTIME], () => listDirectories(machine));
    return [...new Set(directories.flatMap((path) => [machine.join(path, "projects"), machine.join(path, "tmp")]))];
  },
  stores: [{ form: "lines", id: "chats", matches: (relativePath) => LOG_NAME.test(relativePath) }],
  // Claude Code names its logs by a session's id, too.
  isOwnName: () => false,
  wrote: isOwnLine,
};

/** The session's id. Sub-agents' logs have other names: what they show stands in the session's log as well. */
const LOG_NAME = /(^|\/)[0-9a-f-]{32,36}\.jsonl$/i;

/** Members that no other agent gives to its lines. */
const OWN_MEMBERS = ["provenance", "systemPayload", "usageMetadata", "toolCallResult"];

/** Claude Code's lines have the same ids and times, and one of these besides: so those of older versions can be told apart. */
const CLAUDE_MEMBERS = ["isSidechain", "userType"];

function isOwnLine(members: LineMembers): boolean {
  const hasAll = (keys: readonly string[]) => keys.every((key) => members.has(key));
  const hasAny = (keys: readonly string[]) => keys.some((key) => members.has(key));
  if (!hasAll(["uuid", "sessionId", "type"])) return false;
  return hasAny(OWN_MEMBERS) || (hasAll(["parentUuid", "cwd", "version"]) && !hasAny(CLAUDE_MEMBERS));
}

/**
 * Where the settings say, those of the project first. And beside that: another project's settings may say otherwise, and
 * logs were written before any did.
 */
function listDirectories(machine: Machine): readonly string[] {
  const homes = listReadings(machine, machine.env[HOME], () => [machine.join(machine.home, ".qwen")]);
  const settings = [machine.join(machine.cwd, ".qwen"), ...homes];
  return [...settings.flatMap((path) => listReadings(machine, readRuntimeSetting(machine, path), () => [])), ...homes];
}

/**
 * What we and Qwen Code make of a directory that somebody wrote down. It expands `~`, and knows neither quotes nor blanks.
 *
 * @param usual where it is when nothing is said
 */
function listReadings(
  { resolve, asWritten }: Machine,
  said: string | undefined,
  usual: () => readonly string[],
): readonly string[] {
  const [path, other] = [resolve(said), asWritten(said, true)];
  return [...(path === undefined ? usual() : [path]), ...(other === undefined ? [] : [other])];
}

/** `advanced.runtimeOutputDir`. A relative one is below each project: only that of the working directory is known here. */
function readRuntimeSetting(machine: Machine, directory: string): string | undefined {
  const settings = parseLenientJson(machine.readTextFile(machine.join(directory, "settings.json")) ?? "");
  const said = memberOf(memberOf(settings, "advanced"), "runtimeOutputDir");
  return typeof said === "string" ? said : undefined;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
