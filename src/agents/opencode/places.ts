/** Where OpenCode keeps its files: `opencode` in the directories of data and of settings, which are the same on all systems. */
import type { Machine } from "../../core/machine.ts";
import type { TakenAsWritten } from "../mcp_client.ts";
import { messagePlaces } from "../formats/opencode_messages/places.ts";

/** Variables that move the files of OpenCode. */
export const VARIABLES = {
  XDG_DATA_HOME: "The directory for the data of programs, in which each has its own.",
  OPENCODE_DB: "The database of OpenCode, where it is not the usual one.",
  OPENCODE_TEST_HOME: "A home for OpenCode, in place of the user's.",
  XDG_CONFIG_HOME: "The directory for the settings of programs, in which each has its own.",
} as const;

type Variable = keyof typeof VARIABLES;

export const logs = messagePlaces({
  version: 1,
  folder: "opencode",
  databases: ["opencode"],
  variables: {
    data: "XDG_DATA_HOME" satisfies Variable,
    home: "OPENCODE_TEST_HOME" satisfies Variable,
    database: "OPENCODE_DB" satisfies Variable,
  },
});

const SETTINGS = "XDG_CONFIG_HOME" satisfies Variable;

/** What is in a later one is used before what is in an earlier one (1.18.33, read 2026-11-27). */
const SETTINGS_FILES = ["config.json", "opencode.json", "opencode.jsonc"] as const;

/**
 * Where OpenCode has its MCP servers: the file that has ours, else the one that `opencode mcp add` changes, which takes
 * `opencode.json` before `opencode.jsonc`, and makes that where there is none.
 *
 * @throws {AgentError} as {@linkcode Machine.directoryOf} does
 */
export function settingsPath(machine: Machine, hasServer: (text: string) => boolean): string {
  const directory = machine.join(configHome(machine), "opencode");
  const names = machine.namesIn(directory);
  const [usual, commented] = [SETTINGS_FILES[1], SETTINGS_FILES[2]];
  const name = SETTINGS_FILES.findLast((name) => {
    const text = names.includes(name) ? machine.readTextFile(machine.join(directory, name)) : undefined;
    return text !== undefined && hasServer(text);
  });
  return machine.join(directory, name ?? (!names.includes(usual) && names.includes(commented) ? commented : usual));
}

/** The user's settings, and those of a project in the working directory: what is in a later one is used before. */
export function settingsFiles(machine: Machine): readonly string[] {
  const own = machine.join(configHome(machine), "opencode");
  return [...SETTINGS_FILES, ...SETTINGS_FILES.slice(1)].map((name, index) =>
    machine.join(index < SETTINGS_FILES.length ? own : machine.cwd, name)
  );
}

/** The variable, where that is another directory than we take it for: it is taken as it stands. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const [directory, meant] = [machine.asWritten(machine.env[SETTINGS]), configHome(machine)];
  return directory === undefined || directory === meant ? undefined : { variable: SETTINGS, meant };
}

function configHome(machine: Machine): string {
  return machine.directoryOf(SETTINGS) ?? machine.join(machine.home, ".config");
}
