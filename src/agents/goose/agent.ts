/** Goose, the agent that Block began. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const goose: Agent = {
  id: "goose",
  title: "Goose",
  variables: VARIABLES,
  // No version of it was run: its database is read by what its source says of it.
  checkedWith: [],
  logs,
  source: async () => (await import("./source.ts")).gooseSource,
  promptUnknown: "Goose's ledger does not say which messages a request had in it.",
  // Its documentation of the command line, 1.50.0.
  resumeCommand: ({ sessionId }) => ["goose", "session", "--resume", "--session-id", sessionId],
};
