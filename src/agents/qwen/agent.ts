/** Qwen Code, the command line of the Qwen team. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const qwen: Agent = {
  id: "qwen",
  title: "Qwen Code",
  variables: VARIABLES,
  checkedWith: ["0.24.4"],
  logs,
  source: async () => (await import("./source.ts")).qwenSource,
  promptLog: async () => (await import("./prompt_log.ts")).qwenPromptLog,
  resumeCommand: ({ sessionId }) => ["qwen", "--resume", sessionId],
  worktrees: ".qwen/worktrees",
};
