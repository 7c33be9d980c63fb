/**
 * Where OpenClaw keeps its files: `OPENCLAW_STATE_DIR`, by default `~/.openclaw`, or `~/.openclaw-NAME` for a profile. Each
 * of its agents has a directory there, or where the settings say.
 *
 * Read in the program and the documents of OpenClaw 2026.9.6, 2026-11-26.
 */
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces } from "../agent.ts";
import { parseLenientJson } from "../formats/lenient_json.ts";
import { listLayouts } from "./layouts.ts";

/** Variables that move the files of OpenClaw. */
export const VARIABLES = {
  OPENCLAW_STATE_DIR: "The directory of OpenClaw's files.",
  OPENCLAW_HOME: "The directory that OpenClaw takes for the home.",
  OPENCLAW_CONFIG_PATH: "OpenClaw's settings, which may say where its agents are.",
} as const;

const STATE = "OPENCLAW_STATE_DIR" satisfies keyof typeof VARIABLES;
const HOME = "OPENCLAW_HOME" satisfies keyof typeof VARIABLES;
const SETTINGS = "OPENCLAW_CONFIG_PATH" satisfies keyof typeof VARIABLES;

export const logs: LogPlaces = {
  version: 1,
  roots: listRoots,
  stores: [
    {
      form: "tables",
      id: "database",
      // Others beside it are locks, and copies that are made of its search index.
      matches: (relativePath) => /(^|\/)openclaw-agent\.sqlite$/.test(relativePath),
      get layouts() {
        return listLayouts();
      },
    },
    { form: "lines", id: "transcripts", matches: isTranscript },
  ],
  // A session's id, as those of Claude Code.
  isOwnName: () => false,
  wrote: isOwnLine,
};

/** Those of before the database, archives of what was deleted or begun again, and what went into the cold storage. */
const TRANSCRIPT =
  /^(?:(?:.*\/)?(?:sessions|cold)\/)?([^/]+\.jsonl)(?:\.(?:deleted|reset)\.\d{4}-[^/]*Z(?:\.[0-9a-f]{32})?)?(?:\.zst)?$/;

/** What OpenClaw does not count either: they repeat what is elsewhere, or are no transcripts. */
const NO_TRANSCRIPT = /\.trajectory\.jsonl$|\.checkpoint\.[0-9a-f-]{36}\.jsonl$/i;

/**
 * What Codex writes when OpenClaw runs it: its home is the agent's own. These are Codex' logs, which they show by their
 * names and lines.
 */
const ROLLOUT = /(^|\/)codex-home\/(?:sessions|archived_sessions)\/(?:.*\/)?rollout-[^/]*\.jsonl(?:\.zst)?$/;

function isTranscript(relativePath: string): boolean {
  if (relativePath.includes("codex-home/")) return ROLLOUT.test(relativePath);
  const name = TRANSCRIPT.exec(relativePath)?.[1];
  return name !== undefined && !NO_TRANSCRIPT.test(name);
}

/** Pi's entries: among the files of one of the two they are that one's, which is asked first. */
function isOwnLine(members: LineMembers): boolean {
  if (["payload", "uuid", "sessionId", "parentUuid"].some((key) => members.has(key))) return false;
  const type = members.get("type");
  return type === "session"
    ? members.has("id") && members.has("version") && members.has("timestamp")
    : members.has("parentId") && members.has("id") && members.has("timestamp");
}

/** The state directory has had other names, and that of a profile has the profile's behind. */
const STATE_NAMES = [".openclaw", ".clawdbot", ".moltbot", ".moldbot"];
const STATE_NAME = /^\.(?:openclaw|clawdbot|moltbot|moldbot)(?:-[a-z0-9][a-z0-9_-]{0,63})?$/i;

const SETTINGS_NAMES = ["openclaw.json", "clawdbot.json", "moltbot.json"];

function listRoots(machine: Machine): readonly string[] {
  const { join } = machine;
  const states = listStates(machine);
  const settings = [
    ...listReadings(machine, machine.env[SETTINGS]),
    ...states.flatMap((state) => SETTINGS_NAMES.map((name) => join(state, name))),
  ];
  const chosen = settings.flatMap((path) => listAgentDirectories(machine, path));
  return [...new Set([...states.map((state) => join(state, "agents")), ...chosen])];
}

/**
 * Where its providers are: the settings that a variable names, else those in its state directory.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function settingsPath(machine: Machine): string {
  const { env, home, join } = machine;
  const named = isSaid(env[SETTINGS]) ? machine.directoryOf(SETTINGS) : undefined;
  if (named !== undefined) return named;
  const state = isSaid(env[STATE]) ? machine.directoryOf(STATE) : undefined;
  const ownHome = isSaid(env[HOME]) ? machine.directoryOf(HOME) : undefined;
  return join(state ?? join(ownHome ?? home, STATE_NAMES[0]!), SETTINGS_NAMES[0]!);
}

/** All that there are: a service runs with other variables than a shell, and profiles are chosen by a flag. */
function listStates(machine: Machine): readonly string[] {
  const { env, home, join, namesIn } = machine;
  const homes = new Set([...isSaid(env[HOME]) ? listReadings(machine, env[HOME]) : [], home]);
  const found = [...homes].flatMap((home) => {
    const names = namesIn(home);
    // What may not be listed may be looked into.
    const states = names.length === 0 ? STATE_NAMES : names.filter((name) => STATE_NAME.test(name)).sort();
    return [STATE_NAMES[0]!, ...states].map((name) => join(home, name));
  });
  return [...new Set([...listReadings(machine, env[STATE]), ...found])];
}

/** OpenClaw takes these words for nothing said. */
function isSaid(value: string | undefined): boolean {
  return value !== undefined && !["", "undefined", "null"].includes(value.trim());
}

/** What we and OpenClaw make of a directory that somebody wrote down. It expands `~`, and knows neither quotes nor commas. */
function listReadings({ resolve, asWritten }: Machine, said: string | undefined): readonly string[] {
  return [resolve(said), asWritten(said?.trim(), true)].filter((path) => path !== undefined);
}

/** `agents.entries.*.agentDir`, and `agents.list[].agentDir` of older versions: the database is in it. */
function listAgentDirectories(machine: Machine, settings: string): readonly string[] {
  const agents = memberOf(parseLenientJson(machine.readTextFile(settings) ?? ""), "agents");
  const entries = [memberOf(agents, "entries"), memberOf(agents, "list")].flatMap((entries) =>
    typeof entries === "object" && entries !== null ? Object.values(entries) : []
  );
  return entries.flatMap((entry: unknown) => {
    const said = memberOf(entry, "agentDir");
    return typeof said === "string" && said.trim() !== "" ? listReadings(machine, said) : [];
  });
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
