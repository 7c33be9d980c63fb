/** Kilo, the command line of Kilo Code since version 1. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const kilo: Agent = {
  id: "kilo",
  title: "Kilo",
  variables: VARIABLES,
  checkedWith: ["7.7.9"],
  logs,
  source: async () => (await import("./source.ts")).kiloSource,
  promptLog: async () => (await import("../formats/opencode_messages/prompt_log.ts")).messagePromptLog,
  resumeCommand: ({ sessionId }) => ["kilo", "--session", sessionId],
};
