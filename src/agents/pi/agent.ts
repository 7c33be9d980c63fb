/** Pi, and what a launch of it needs. */
import type { Agent } from "../agent.ts";
import { extensionPath, logs, priceFiles, VARIABLES } from "./places.ts";

export const pi: Agent = {
  id: "pi",
  title: "Pi",
  variables: VARIABLES,
  checkedWith: ["0.74.2", "0.87.1", "1.5.2"],
  logs,
  traceName: "file",
  mcpClient: async () => (await import("./mcp_client.ts")).piMcpClient,
  source: async () => (await import("./source.ts")).piSource,
  promptLog: async () => (await import("../formats/pi_entries/prompt_log.ts")).piPromptLog,
  resumeCommand: ({ sessionId }) => ["pi", "--session", sessionId],
  launcher: async () => (await import("./launcher.ts")).piLauncher,
  answersWithoutTerminal: true,
  providerSetup: async () => (await import("./provider_setup.ts")).piProviderSetup,
  gatewayKeys: async () => (await import("./gateway_keys.ts")).readPiKeys,
  placedPaths: (machine) => [extensionPath(machine)],
  priceFiles,
  // Pi 1.5.2. Its sub-agents are programs of their own, and take the same.
  cacheSettings: ({ lifetime }) => ({
    key: "PI_CACHE_RETENTION",
    ...(lifetime === "1h" ? { value: "long", note: "Pi then no longer warms while idle." } : {}),
  }),
};
