/** GitHub Copilot CLI. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const copilot: Agent = {
  id: "copilot",
  title: "Copilot CLI",
  variables: VARIABLES,
  checkedWith: ["1.0.62", "1.0.68", "1.0.102"],
  logs,
  source: async () => (await import("./source.ts")).copilotSource,
  promptLog: async () => (await import("./prompt_log.ts")).copilotPromptLog,
  mcpClient: async () => (await import("./mcp_client.ts")).copilotMcpClient,
  launcher: async () => (await import("./launcher.ts")).copilotLauncher,
  answersWithoutTerminal: true,
  resumeCommand: ({ sessionId }) => ["copilot", "--resume", sessionId],
  // GitHub's, as its source names it.
  allowance: { provider: "github-copilot", unit: "credits" },
  providerSetup: async () => (await import("./provider_setup.ts")).copilotProviderSetup,
};
