/**
 * How Claude Code names its session in requests (2.1.332, run 2026-11-26): every request says the id that its log is named
 * for, a sub-agent's its own id beside it. Titles, compactions and `/btw` go by the session's id.
 */
import type { HeaderReader, WireSession } from "../wire_session.ts";

/** Undefined for a request of somebody else. */
export function readClaudeSession(header: HeaderReader): WireSession | undefined {
  const sessionId = header("x-claude-code-session-id");
  if (!sessionId) return undefined;
  const subagentId = header("x-claude-code-agent-id");
  return { source: "claude", sessionId, ...(subagentId ? { subagentId } : {}) };
}
