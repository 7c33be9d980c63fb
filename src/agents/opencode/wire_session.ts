/**
 * How OpenCode names its session in a request: by headers from the first one on, whichever protocol it speaks (1.18.33, run
 * 2026-11-26). A title goes by the session it is of; a sub-agent has a session of its own, and names the one that started it.
 */
import type { HeaderReader, WireSession } from "../wire_session.ts";

const SOURCE = "opencode";

/** What its ids begin with: other programs have headers of these names too. */
const ID = /^ses_\w+$/;

/** Undefined for a request of somebody else. */
export function opencodeSessionOf(header: HeaderReader): WireSession | undefined {
  const sessionId = [header("x-session-id"), header("x-session-affinity")].find((id) =>
    id !== undefined && ID.test(id)
  );
  if (sessionId === undefined) return undefined;
  const parent = header("x-parent-session-id");
  return {
    source: SOURCE,
    sessionId,
    ...(parent !== undefined && ID.test(parent) ? { parentSessionId: parent } : {}),
  };
}
