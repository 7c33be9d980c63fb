/**
 * Opper for OpenCode, which knows the gateway: the key in a variable is all that it asks for (1.18.33, run 2026-11-27). The
 * address it has to be told where it is another one than everybody's.
 */
import type { ProviderSetup } from "../provider_setup.ts";

/** The address that OpenCode has. */
const KNOWN_URL = "https://api.opper.ai/v3/compat";

export const opencodeProviderSetup: ProviderSetup = {
  keyBy: "variable",
  variables: ["OPENCODE_CONFIG_CONTENT"],
  advice: ({ baseUrl }) => ({
    ...(baseUrl === KNOWN_URL ? {} : {
      variables: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider: { opper: { options: { baseURL: baseUrl } } } }),
      },
    }),
    sentences: [
      "OpenCode knows Opper: with the key it offers its models as opper/MODEL, and no file has to change.",
      "`opencode auth login` keeps the key in OpenCode's own store instead.",
    ],
  }),
};
