/** Gemini CLI, Google's command line. */
import type { Agent, Refusal } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

const REFUSAL: Refusal = {
  reason: "it speaks Google's own protocol, for which the gateway has no route",
  instead: "Use a Gemini model in another agent: opper-agent launch --model MODEL pi.",
};

export const gemini: Agent = {
  id: "gemini",
  title: "Gemini CLI",
  variables: VARIABLES,
  checkedWith: ["0.20.0", "0.28.2", "0.35.3", "0.38.2", "0.39.1", "0.43.0", "0.61.0"],
  logs,
  source: async () => (await import("./source.ts")).geminiSource,
  promptLog: async () => (await import("./prompt_log.ts")).geminiPromptLog,
  mcpClient: async () => (await import("./mcp_client.ts")).geminiMcpClient,
  // It looks for a session among those of the working directory's project, by its whole id (0.61.0, read 2026-11-26).
  resumeCommand: ({ sessionId, cwd }) =>
    cwd === undefined || sessionId.startsWith("-") ? undefined : ["gemini", "--resume", sessionId],
  launchRefusal: REFUSAL,
  worktrees: ".gemini/worktrees",
  setupRefusal: REFUSAL,
};
