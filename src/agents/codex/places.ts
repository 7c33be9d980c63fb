/** Where Codex keeps its files: `CODEX_HOME`, by default `~/.codex`. */
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

export const VARIABLES = { CODEX_HOME: "The directory of Codex' files." } as const;

const HOME = "CODEX_HOME" satisfies keyof typeof VARIABLES;

/** Where Codex has its MCP servers. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function configPath(machine: Machine): string {
  return machine.join(machine.directoryOf(HOME) ?? usualDirectory(machine), "config.toml");
}

/** Codex takes its variable as it stands, `~` and all (0.169, run 2026-11-26). */
function directoryAsWritten(machine: Machine): string | undefined {
  return machine.asWritten(machine.env[HOME]);
}

/** The variable, where that is another directory than we take it for. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const directory = directoryAsWritten(machine);
  const meant = machine.directoryOf(HOME) ?? usualDirectory(machine);
  return directory === undefined || directory === meant ? undefined : { variable: HOME, meant };
}

function usualDirectory({ home, join }: Machine): string {
  return join(home, ".codex");
}

/** `sessions` by day, and `archived_sessions` flat. */
export const logs: LogPlaces = {
  version: 6,
  roots(machine) {
    const named = machine.resolve(machine.env[HOME]) ?? usualDirectory(machine);
    const directories = new Set([named, directoryAsWritten(machine) ?? named]);
    return [...directories].flatMap((directory) => [`${directory}/sessions`, `${directory}/archived_sessions`]);
  },
  stores: [{
    form: "lines",
    id: "rollouts",
    matches: (relativePath) => /(^|\/)rollout-[^/]*\.jsonl(\.zst)?$/.test(relativePath),
  }],
  isOwnName: (name) => /^rollout-[^/]*\.jsonl(\.zst)?$/.test(name),
  wrote: (members) => members.has("payload") && members.has("type"),
};
