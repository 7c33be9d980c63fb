/** OpenClaw, an assistant that runs in the background and is talked to by chat. It is built on Pi. */
import type { Agent } from "../agent.ts";
import { logs, VARIABLES } from "./places.ts";

export const openclaw: Agent = {
  id: "openclaw",
  title: "OpenClaw",
  variables: VARIABLES,
  checkedWith: ["2026.6.11", "2026.9.6"],
  logs,
  source: async () => (await import("./source.ts")).openclawSource,
  promptLog: async () => (await import("../formats/pi_entries/prompt_log.ts")).piPromptLog,
  providerSetup: async () => (await import("./provider_setup.ts")).openclawProviderSetup,
  launchRefusal: {
    reason: "it runs in the background, and outlives a launch",
    instead: "Add Opper to its own providers: opper-agent configure openclaw.",
  },
};
