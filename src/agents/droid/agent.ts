/** Droid, the command line of Factory. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const droid: Agent = {
  id: "droid",
  title: "Droid",
  variables: VARIABLES,
  checkedWith: ["0.225.2"],
  logs,
  source: async () => (await import("./source.ts")).droidSource,
  promptUnknown: "Droid records sums and no single prompts.",
  // As its command reference has it.
  resumeCommand: ({ sessionId }) => ["droid", "--resume", sessionId],
};
