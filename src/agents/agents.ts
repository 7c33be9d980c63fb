/** The registry of coding agents, and the only list of them: a new one is a folder, and a line here. */
import type { Agent, LoggedAgent } from "./agent.ts";
import { claude } from "./claude/agent.ts";
import { claudeDesktop } from "./claude_desktop/agent.ts";
import { cline } from "./cline/agent.ts";
import { codex } from "./codex/agent.ts";
import { copilot } from "./copilot/agent.ts";
import { droid } from "./droid/agent.ts";
import { gemini } from "./gemini/agent.ts";
import { goose } from "./goose/agent.ts";
import { hermes } from "./hermes/agent.ts";
import { kilo } from "./kilo/agent.ts";
import { openclaw } from "./openclaw/agent.ts";
import { opencode } from "./opencode/agent.ts";
import { pi } from "./pi/agent.ts";
import { qwen } from "./qwen/agent.ts";
import type { NamedSource } from "./source.ts";

export const AGENTS: readonly Agent[] = [
  pi,
  claude,
  codex,
  qwen,
  opencode,
  kilo,
  openclaw,
  copilot,
  gemini,
  hermes,
  droid,
  cline,
  goose,
  claudeDesktop,
];

/** Those whose logs are read. */
export const LOGGED_AGENTS: readonly LoggedAgent[] = AGENTS.filter((agent) => hasLogs(agent));

/** How people call them, with commas between. */
export const AGENT_TITLES = LOGGED_AGENTS.map(({ title }) => title).join(", ");

/** Ids of those that have a part: what `--source`, `launch`, `mcp install` and `configure` take. */
export function idsWith(part: "launcher" | "mcpClient" | "providerSetup" | "source"): readonly string[] {
  return AGENTS.filter((agent) => agent[part] !== undefined).map(({ id }) => id);
}

function hasLogs(agent: Agent): agent is LoggedAgent {
  return agent.logs !== undefined && agent.source !== undefined;
}

/** @param id of one whose logs are read */
export function agentWithLogs(id: string): LoggedAgent {
  return LOGGED_AGENTS.find((agent) => agent.id === id)!;
}

/** There are logs to read for each of thousands of times. */
const loaded = new Map<string, Promise<NamedSource>>();

/** What reads an agent's logs; loaded once. @param id of one whose logs are read */
export function loadSource(id: string): Promise<NamedSource> {
  let source = loaded.get(id);
  if (source === undefined) {
    source = load(agentWithLogs(id));
    loaded.set(id, source);
  }
  return source;
}

async function load(agent: LoggedAgent): Promise<NamedSource> {
  return { ...await agent.source(), title: agent.title };
}
