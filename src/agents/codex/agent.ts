/** Codex, OpenAI's command line and editor extension. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const codex: Agent = {
  id: "codex",
  title: "Codex",
  variables: VARIABLES,
  checkedWith: ["0.169.0"],
  logs,
  mcpClient: async () => (await import("./mcp_client.ts")).codexMcpClient,
  source: async () => (await import("./source.ts")).codexSource,
  promptLog: async () => (await import("./prompt_log.ts")).codexPromptLog,
  resumeCommand: ({ sessionId }) => ["codex", "resume", sessionId],
  providerSetup: async () => (await import("./provider_setup.ts")).codexProviderSetup,
  launcher: async () => (await import("./launcher.ts")).codexLauncher,
  wireSession: async () => (await import("./wire_session.ts")).codexSessionOf,
  answersWithoutTerminal: true,
  limitLog: async () => (await import("./limit_log.ts")).codexLimitLog,
  limitsHow: "Codex logs its limits with each answer, where it is signed in with a plan and not with an API key.",
};
