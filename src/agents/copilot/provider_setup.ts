/**
 * Opper for Copilot CLI, which knows a provider of one's own by variables alone, and asks a command for the key at each
 * request; it hands the command to a shell (1.0.102, run 2026-11-27).
 */
import { commandLine } from "../../core/shell_words.ts";
import type { ProviderSetup } from "../provider_setup.ts";

export const copilotProviderSetup: ProviderSetup = {
  keyBy: "command",
  variables: [
    "COPILOT_PROVIDER_BASE_URL",
    "COPILOT_PROVIDER_TYPE",
    "COPILOT_PROVIDER_API_KEY_COMMAND",
    "COPILOT_MODEL",
  ],
  advice: ({ baseUrl, keyCommand: { command, args }, models, os }) => ({
    variables: {
      COPILOT_PROVIDER_BASE_URL: baseUrl,
      COPILOT_PROVIDER_TYPE: "openai",
      COPILOT_PROVIDER_API_KEY_COMMAND: commandLine([command, ...args], os),
      ...(models[0] === undefined ? {} : { COPILOT_MODEL: models[0].id }),
    },
    sentences: ["Copilot CLI has no file for this. COPILOT_MODEL, or `copilot --model ID`, is a model of Opper's."],
  }),
};
