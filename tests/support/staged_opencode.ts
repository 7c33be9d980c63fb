/** OpenCode as somebody has it who uses it by another provider, and is logged in to a third. */
import { FOREIGN, type StagedAgent } from "./agent_stage.ts";
import { opencodeBin } from "./real_opencode.ts";

/** With comments, and the name of its schema: OpenCode adds it where it is missing. */
const CONFIG = `{
  // mine, do not touch
  "$schema": "https://opencode.ai/config.json",
  "model": "mine/one",
  "autoupdate": false,
  "provider": {
    "mine": {
      "npm": "@ai-sdk/openai-compatible",
      "options": { "baseURL": "http://127.0.0.1:1/v1", "apiKey": "sk-${FOREIGN}-mine" },
      "models": { "one": {} },
    },
  },
}
`;

export const stagedOpencode: StagedAgent = {
  id: "opencode",
  bin: opencodeBin,
  furnish: () => [
    { path: ".config/opencode/opencode.json", text: CONFIG },
    { path: ".config/opencode/AGENTS.md", text: "Mine.\n", mode: 0o644 },
    {
      path: ".local/share/opencode/auth.json",
      text: JSON.stringify({ anthropic: { type: "api", key: `sk-${FOREIGN}-login` } }),
    },
  ],
  env: {
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    ANTHROPIC_API_KEY: `sk-${FOREIGN}-anthropic`,
    OPENAI_API_KEY: `sk-${FOREIGN}-openai`,
  },
  writes: [
    [
      /^\.config\/opencode\/(\.gitignore|package\.json|package-lock\.json|bun\.lock|node_modules(\/.*)?)$/,
      "its plugins",
    ],
    [/^\.local\/share\/opencode\/(?!auth\.json$)/, "its database and logs"],
    [/^\.(cache|local\/state|bun)(\/|$)/, "caches, and what it remembers of its screen"],
    [/^\.local$/, "the directory above them"],
  ],
};
