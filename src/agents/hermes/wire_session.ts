/** How Hermes names its session in requests: by a header of our plugin's, since it sends none itself. */
import type { HeaderReader, WireSession } from "../wire_session.ts";

/** The id is that of the row in `sessions`: a sub-agent has a row of its own. */
export function readHermesSession(header: HeaderReader): WireSession | undefined {
  const sessionId = header("x-hermes-session-id");
  return sessionId ? { source: "hermes", sessionId } : undefined;
}
