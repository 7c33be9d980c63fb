/**
 * Where Copilot CLI keeps its files: `COPILOT_HOME`, by default `~/.copilot`, on all systems. Read in the programs 1.0.32 and
 * 1.0.71, run with 1.0.102 (2026-11-26).
 */
import type { Machine } from "../../core/machine.ts";
import type { LineMembers, LogPlaces } from "../agent.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

/** Variables that move the files of Copilot CLI. */
export const VARIABLES = { COPILOT_HOME: "The directory of Copilot CLI's files." } as const;

const HOME = "COPILOT_HOME" satisfies keyof typeof VARIABLES;

/** Where Copilot CLI has its MCP servers. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function mcpPath(machine: Machine): string {
  return machine.join(ownDirectory(machine), "mcp-config.json");
}

/** The variable, where that is another directory than we take it for. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const [directory, meant] = [machine.asWritten(machine.env[HOME]), ownDirectory(machine)];
  return directory === undefined || directory === meant ? undefined : { variable: HOME, meant };
}

/** For what is written there. */
function ownDirectory(machine: Machine): string {
  return machine.directoryOf(HOME) ?? machine.join(machine.home, ".copilot");
}

/** The file beside a log that says how its session is called. */
export const WORKSPACE = "workspace.yaml";

/**
 * A directory a session, with `events.jsonl` in it; before, a file a session. Whatever else is in a session's directory is
 * its own: files of the user, checkpoints, a database of the model's.
 */
export const logs: LogPlaces = {
  version: 2,
  roots(machine) {
    return homesOf(machine).flatMap((path) => [
      machine.join(path, "session-state"),
      machine.join(path, "history-session-state"),
    ]);
  },
  stores: [
    {
      form: "lines",
      id: "sessions",
      matches: (relativePath) =>
        /^(?:(?:.*\/)?(?:history-)?session-state\/)?[^/]+\/events\.jsonl(?:\.zst)?$/.test(relativePath),
      companions: [WORKSPACE],
    },
    {
      form: "lines",
      id: "flat",
      matches: (relativePath) =>
        /^(?:(?:.*\/)?(?:history-)?session-state\/)?[^/]+\.jsonl(?:\.zst)?$/.test(relativePath),
    },
  ],
  isOwnName: () => false,
  wrote: isEvent,
};

/** Each line is `{type, data, id, timestamp, parentId}`, and names of types have points in them but for a few. */
function isEvent(members: LineMembers): boolean {
  const isWhole = ["data", "id", "timestamp", "parentId"].every((key) => members.has(key));
  return isWhole && /^[a-z_]+\.[a-z_.]+$|^abort$/.test(members.get("type") ?? "");
}

/** The variable replaces the default, and is taken as it stands, `~` and all: what we make of it is looked at as well. */
function homesOf(machine: Machine): readonly string[] {
  const said = machine.env[HOME];
  const paths = [machine.resolve(said) ?? machine.join(machine.home, ".copilot"), machine.asWritten(said)];
  return [...new Set(paths.filter((path) => path !== undefined))];
}
