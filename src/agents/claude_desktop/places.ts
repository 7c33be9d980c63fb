/**
 * Where Claude Desktop keeps its settings: `claude_desktop_config.json` in `Claude`, among the settings of programs. On macOS
 * and Windows as modelcontextprotocol.io says ("Connect to local MCP servers", read 2026-11-27); on Linux, where it is a beta,
 * as all programs that are made with Electron.
 *
 * On Windows it is a package since February 2026, to which the system shows a copy of that directory which lies in
 * `Packages`: it reads nothing else (anthropics/claude-code issues 25579 and 26073, read 2026-11-27). Not run on any system.
 */
import type { Machine } from "../../core/machine.ts";
import type { TakenAsWritten } from "../mcp_client.ts";

const MEANING = "The directory for the settings of programs, in which each has its own.";

export const VARIABLES = { XDG_CONFIG_HOME: MEANING, APPDATA: MEANING, LOCALAPPDATA: MEANING } as const;

type Variable = keyof typeof VARIABLES;

/** Where Claude Desktop has its MCP servers. @throws {AgentError} as {@linkcode Machine.directoryOf} does */
export function settingsPath(machine: Machine): string {
  const directory = packagedSettings(machine) ?? settingsOfPrograms(machine);
  return machine.join(directory, "Claude", "claude_desktop_config.json");
}

/** The variable, where that is another directory than we take it for: programs made with Electron take it as it stands. */
export function takenAsWritten(machine: Machine): TakenAsWritten | undefined {
  const { variable } = SETTINGS[machine.os];
  if (variable === undefined || packagedSettings(machine) !== undefined) return undefined;
  const [directory, meant] = [machine.asWritten(machine.env[variable]), settingsOfPrograms(machine)];
  return directory === undefined || directory === meant ? undefined : { variable, meant };
}

/** Where programs have their settings: by a variable, or below the home. */
const SETTINGS: Readonly<Record<Machine["os"], { readonly variable?: Variable; readonly usual: readonly string[] }>> = {
  linux: { variable: "XDG_CONFIG_HOME", usual: [".config"] },
  windows: { variable: "APPDATA", usual: ["AppData", "Roaming"] },
  darwin: { usual: ["Library", "Application Support"] },
};

function settingsOfPrograms(machine: Machine): string {
  const { variable, usual } = SETTINGS[machine.os];
  const named = variable === undefined ? undefined : machine.directoryOf(variable);
  return named ?? machine.join(machine.home, ...usual);
}

/** The same as the package is shown it; undefined where there is none. Its name ends in what its publisher is known by. */
function packagedSettings(machine: Machine): string | undefined {
  if (machine.os !== "windows") return undefined;
  const local = machine.directoryOf("LOCALAPPDATA" satisfies Variable) ??
    machine.join(machine.home, "AppData", "Local");
  const packages = machine.join(local, "Packages");
  const name = machine.namesIn(packages).filter((name) => /^Claude_[a-z0-9]+$/i.test(name)).toSorted()[0];
  return name === undefined ? undefined : machine.join(packages, name, "LocalCache", "Roaming");
}
