/** Claude Code, Anthropic's command line, and the same program as Claude Desktop starts it. */
import type { Agent } from "../agent.ts";
import { logs, priceFiles, VARIABLES } from "./places.ts";

export const claude: Agent = {
  id: "claude",
  title: "Claude Code",
  variables: VARIABLES,
  checkedWith: ["1.0", "2.1.329", "2.1.330"],
  logs,
  launcher: async () => (await import("./launcher.ts")).claudeLauncher,
  wireSession: async () => (await import("./wire_session.ts")).readClaudeSession,
  answersWithoutTerminal: true,
  mcpClient: async () => (await import("./mcp_client.ts")).claudeMcpClient,
  source: async () => (await import("./source.ts")).claudeSource,
  promptLog: async () => (await import("./prompt_log.ts")).claudePromptLog,
  resumeCommand: ({ sessionId }) => ["claude", "--resume", sessionId],
  gatewayKeys: async () => (await import("./gateway_keys.ts")).readClaudeKeys,
  priceFiles,
  // Claude Code 2.1.243 and later.
  cacheSettings: ({ role, lifetime }) => ({
    file: "~/.claude/settings.json or the project's",
    key: role === "main" ? "promptCacheTtl" : "subagentPromptCacheTtl",
    value: lifetime,
  }),
  worktrees: ".claude/worktrees",
  providerSetup: async () => (await import("./provider_setup.ts")).claudeProviderSetup,
};
