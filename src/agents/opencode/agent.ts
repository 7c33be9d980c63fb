/** OpenCode, the open source coding agent for terminals. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const opencode: Agent = {
  id: "opencode",
  title: "OpenCode",
  variables: VARIABLES,
  checkedWith: ["1.1.65", "1.2.27", "1.18.33"],
  logs,
  source: async () => (await import("./source.ts")).opencodeSource,
  promptLog: async () => (await import("../formats/opencode_messages/prompt_log.ts")).messagePromptLog,
  mcpClient: async () => (await import("./mcp_client.ts")).opencodeMcpClient,
  launcher: async () => (await import("./launcher.ts")).opencodeLauncher,
  wireSession: async () => (await import("./wire_session.ts")).opencodeSessionOf,
  answersWithoutTerminal: true,
  resumeCommand: ({ sessionId }) => ["opencode", "--session", sessionId],
  providerSetup: async () => (await import("./provider_setup.ts")).opencodeProviderSetup,
};
