/** Hermes Agent, of Nous Research. */
import type { Agent } from "../agent.ts";
import { launchHomes, logs, pluginDirectory, VARIABLES } from "./places.ts";

export const hermes: Agent = {
  id: "hermes",
  title: "Hermes Agent",
  variables: VARIABLES,
  checkedWith: ["0.15.1"],
  logs,
  source: async () => (await import("./source.ts")).hermesSource,
  promptUnknown: "Hermes Agent records sums and no single prompts.",
  launcher: async () => (await import("./launcher.ts")).hermesLauncher,
  wireSession: async () => (await import("./wire_session.ts")).readHermesSession,
  placedPaths: (machine) =>
    launchHomes(machine).flatMap((home) =>
      ["plugin.yaml", "__init__.py"].map((name) => machine.join(pluginDirectory(home, machine), name))
    ),
  // Its own last words when somebody leaves a session. Of a profile its variable, or `--profile`, has to be as it was.
  resumeCommand: ({ sessionId }) => ["hermes", "--resume", sessionId],
  providerSetup: async () => (await import("./provider_setup.ts")).hermesProviderSetup,
};
