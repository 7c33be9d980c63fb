/** Whether what the live stream says of sessions is about one of them. Pure. */
import { readSessions } from "../sessions/read_sessions.ts";

/** @param changes The event `sessions`. @param id Of the session, or the start of it: forks of it count as well */
export function concerns(changes: unknown, id: string): boolean {
  const { reset, gone = [], ...brief } = changes as Parameters<typeof readSessions>[0] & {
    readonly reset?: boolean;
    readonly gone?: readonly string[];
  };
  return reset === true || gone.some((each) => each.startsWith(id)) ||
    readSessions(brief).some(({ sessionId, parentSessionId }) =>
      sessionId.startsWith(id) || parentSessionId?.startsWith(id) === true
    );
}
