/** Claude Code as somebody has it who uses it by another gateway, with keys in every place that it takes one from. */
import { FOREIGN, type StagedAgent } from "./agent_stage.ts";
import { CLAUDE_QUIET, CLAUDE_VERSION, claudeBin } from "./real_claude.ts";

const SETTINGS_KEY = `sk-ant-${FOREIGN}-settings`;
const SETTINGS = {
  env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:1/elsewhere", ANTHROPIC_API_KEY: SETTINGS_KEY },
  apiKeyHelper: `echo sk-ant-${FOREIGN}-helper`,
  permissions: { allow: ["Bash(true)"] },
  // Else it saves what a terminal of its own kind can do.
  theme: "dark",
};

/** So that a terminal shows the conversation at once. */
const STATE = {
  numStartups: 5,
  hasCompletedOnboarding: true,
  lastOnboardingVersion: CLAUDE_VERSION,
  // It asks once whether it may use a key, and keeps the end of it.
  customApiKeyResponses: { approved: [SETTINGS_KEY.slice(-20)], rejected: [] },
};

export const stagedClaude: StagedAgent = {
  id: "claude",
  bin: claudeBin,
  furnish: () => [
    { path: ".claude/settings.json", text: `${JSON.stringify(SETTINGS, null, 4)}\n`, mode: 0o644 },
    { path: ".claude.json", text: JSON.stringify(STATE) },
    { path: ".claude/CLAUDE.md", text: "Mine.\n", mode: 0o644 },
  ],
  env: {
    ...CLAUDE_QUIET,
    ANTHROPIC_API_KEY: `sk-ant-${FOREIGN}-environment`,
    // It runs as root nowhere but in a container.
    IS_SANDBOX: "1",
  },
  writes: [
    [/^\.claude\.json$/, "its state: how often it was started, which directories are trusted"],
    [/^\.claude\/(projects|sessions|session-env|shell-snapshots|file-history|todos|tasks|jobs)(\/|$)/, "sessions"],
    [/^\.claude\/(backups|cache|debug|plugins|plans|statsig|telemetry)(\/|$)/, "backups of its state, and caches"],
    [
      /^\.claude\/(history\.jsonl|\.last-cleanup|mcp-needs-auth-cache\.json)$/,
      "what was typed, and when it cleaned up",
    ],
    [/^\.(cache|local)(\/|$)/, "its own version and lock files"],
    [/^\.config(\/mimeapps\.list)?$/, "which program opens its links"],
  ],
};
