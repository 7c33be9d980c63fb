/** Codex as somebody has it who uses it by a ChatGPT login, with a key of OpenAI's in the environment besides. */
import { FOREIGN, type StagedAgent } from "./agent_stage.ts";
import { codexBin } from "./real_codex.ts";

/** Signed by nobody; Codex reads from it whose login it is. */
function idToken(): string {
  const part = (value: object) =>
    btoa(JSON.stringify(value)).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  const claims = { chatgpt_plan_type: "pro", chatgpt_account_id: `account-${FOREIGN}` };
  const body = { email: "somebody@example.com", exp: 4_000_000_000, "https://api.openai.com/auth": claims };
  return [part({ alg: "none", typ: "JWT" }), part(body), `signed-${FOREIGN}`].join(".");
}

const LOGIN = {
  OPENAI_API_KEY: null,
  tokens: {
    id_token: idToken(),
    access_token: idToken(),
    refresh_token: `refresh-${FOREIGN}`,
    account_id: `account-${FOREIGN}`,
  },
  last_refresh: "2999-01-01T00:00:00Z",
};

/** What its settings say. */
export const CODEX_CONFIG = `# mine, do not touch
model = "gpt-6.1-sol"
check_for_update_on_startup = false

[model_providers.mine]
name = "Mine"
base_url = "http://127.0.0.1:1/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"

[analytics]
enabled = false
`;

export const stagedCodex: StagedAgent = {
  id: "codex",
  bin: codexBin,
  furnish: () => [
    { path: ".codex/config.toml", text: CODEX_CONFIG },
    { path: ".codex/auth.json", text: JSON.stringify(LOGIN, null, 2) },
    { path: ".codex/AGENTS.md", text: "Mine.\n", mode: 0o644 },
  ],
  env: {
    OPENAI_API_KEY: `sk-${FOREIGN}-openai`,
    CODEX_API_KEY: `sk-${FOREIGN}-codex`,
    OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
  },
  writes: [
    [
      /^\.codex\/(sessions|archived_sessions|shell_snapshots|log|tmp|memories)(\/|$)/,
      "sessions, and what belongs to them",
    ],
    [/^\.codex\/[^/]*\.sqlite(-shm|-wal)?$/, "its databases"],
    [/^\.codex\/tui-thread-reference-capabilities(\/|$)/, "what its screen can show of each thread"],
    [
      /^\.codex\/(\.sandbox_migration|history\.jsonl|session_index\.jsonl|version\.json|installation_id|models_cache\.json)$/,
      "its state",
    ],
    [/^\.codex\/(skills|plugins|cache|packages|\.tmp|thread-writer-locks|attachments)(\/|$)/, "what it brings along"],
  ],
};
