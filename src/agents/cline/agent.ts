/** Cline: the command line, and the extensions of editors. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const cline: Agent = {
  id: "cline",
  title: "Cline",
  variables: VARIABLES,
  checkedWith: ["3.0.65"],
  logs,
  source: async () => (await import("./source.ts")).clineSource,
  promptLog: async () => (await import("./prompt_log.ts")).clinePromptLog,
  // `cline --help` of 3.0.65. A task of an editor's, which is named by a time alone, is not the command line's.
  resumeCommand: ({ sessionId }) => /^\d+_\w+$/.test(sessionId) ? ["cline", "--id", sessionId] : undefined,
};
