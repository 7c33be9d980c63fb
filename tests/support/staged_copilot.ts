/** Copilot CLI as somebody has it who is logged in at GitHub, with a key of OpenAI's in the environment besides. */
import { FOREIGN, type StagedAgent } from "./agent_stage.ts";
import { copilotBin } from "./real_copilot.ts";

const CONFIG = {
  banner: "never",
  lastLoggedInUser: { host: "https://github.com", login: "somebody" },
  loggedInUsers: [{ host: "https://github.com", login: "somebody" }],
};

export const stagedCopilot: StagedAgent = {
  id: "copilot",
  bin: copilotBin,
  furnish: () => [
    {
      path: ".copilot/settings.json",
      text: `{\n  // mine, do not touch\n  "theme": "dark",\n  "model": "gpt-5.5"\n}\n`,
    },
    { path: ".copilot/copilot-instructions.md", text: "Mine.\n", mode: 0o644 },
    { path: ".copilot/config.json", text: `${JSON.stringify(CONFIG, null, 2)}\n` },
  ],
  env: {
    GITHUB_TOKEN: `github_pat_${FOREIGN}`,
    OPENAI_API_KEY: `sk-${FOREIGN}-openai`,
    COPILOT_PROVIDER_API_KEY: `sk-${FOREIGN}-provider`,
  },
  writes: [
    [
      /^\.copilot\/(session-state|logs|history-session-state|session-store[^/]*|pkg|ide|tmp)(\/|$)/,
      "sessions and logs",
    ],
    [/^\.copilot\/(command-history|open-sessions)-state\.json$/, "what was typed, and what is open"],
    [/^\.copilot\/(sidebar-sessions-state|installed-plugins|servers)(\/|$)/, "what is shown beside a session"],
    [/^\.copilot\/settings\.json\.lock$/, "a lock that it leaves"],
    [/^\.copilot\/config\.json$/, "its state: when it was first started, which directories are trusted"],
    [/^\.copilot\/[^/]*\.(db|sqlite)(-shm|-wal)?$/, "its databases"],
    [/^\.(cache|local|config)(\/|$)/, "its own programs, unpacked"],
  ],
};
