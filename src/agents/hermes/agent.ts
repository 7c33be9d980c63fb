/** Hermes Agent, of Nous Research. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const hermes: Agent = {
  id: "hermes",
  title: "Hermes Agent",
  variables: VARIABLES,
  checkedWith: ["0.15.1"],
  logs,
  source: async () => (await import("./source.ts")).hermesSource,
  promptUnknown: "Hermes Agent records sums and no single prompts.",
  // Its own last words when somebody leaves a session. Of a profile its variable, or `--profile`, has to be as it was.
  resumeCommand: ({ sessionId }) => ["hermes", "--resume", sessionId],
  providerSetup: async () => (await import("./provider_setup.ts")).hermesProviderSetup,
};
