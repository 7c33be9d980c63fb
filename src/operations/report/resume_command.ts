/**
 * The command that goes on with a session, for programs. Ids are what logs say: nothing of them may become an option or a
 * command of its own. As it is typed is resume_line.ts.
 */
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { isTypable } from "../../core/shell_words.ts";

/**
 * Program and arguments, for the session's directory; undefined where its agent has no such command, or none for it, and
 * where the session was deleted.
 */
export function resumeCommandOf(
  { source, sessionId, cwd, isDeleted }: Pick<SessionReport, "source" | "sessionId" | "cwd" | "isDeleted">,
): readonly string[] | undefined {
  if (isDeleted === true || sessionId === "" || sessionId.startsWith("-") || !isTypable(sessionId)) {
    return undefined;
  }
  return LOGGED_AGENTS.find(({ id }) => id === source)?.resumeCommand?.({ sessionId, cwd });
}
