/** Every command that is no operation, with how it is loaded, in the order of commands/summaries.ts. Loads none itself. */
import type { CommandEntry } from "../command.ts";
import { COMMAND_SUMMARIES } from "./summaries.ts";

const LOADERS: Record<(typeof COMMAND_SUMMARIES)[number]["name"], CommandEntry["load"]> = {
  watch: async () => (await import("./watch_arguments.ts")).watchCommand,
  dashboard: async () => (await import("./dashboard.ts")).dashboardCommand,
  statusline: async () => (await import("./statusline_arguments.ts")).statuslineCommand,
  export: async () => (await import("./export_arguments.ts")).exportCommand,
  launch: async () => (await import("./launch.ts")).launchCommand,
  mcp: async () => (await import("./mcp.ts")).mcpCommand,
  key: async () => (await import("./key.ts")).keyCommand,
  completions: async () => (await import("./completions.ts")).completionsCommand,
  man: async () => (await import("./man.ts")).manCommand,
  complete: async () => (await import("./complete.ts")).completeCommand,
};

export const COMMANDS: readonly CommandEntry[] = COMMAND_SUMMARIES.map((entry) => ({
  ...entry,
  load: LOADERS[entry.name],
}));
