/**
 * The command that goes on with a session, for programs and to be typed. Ids and directories are what logs say: nothing of
 * them may become an option, a command or a line of its own.
 */
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import { isWindowsPath } from "../../core/folder.ts";
import { isTypable, quoteForShell } from "../../core/shell_words.ts";
import type { SessionReport } from "../../core/session_report.ts";

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

/**
 * The same as a line for a shell, which first goes to the directory.
 *
 * @param cwd Undefined leaves that out
 * @returns undefined where it cannot be written safely
 */
export function resumeLine(command: readonly string[], cwd: string | undefined): string | undefined {
  const typed = command.map(quoteForShell).join(" ");
  if (cwd === undefined) return typed;
  if (!isTypable(cwd)) return undefined;
  if (!isWindowsPath(cwd)) return `cd ${cwd.startsWith("-") ? "-- " : ""}${quoteForShell(cwd)} && ${typed}`;
  // Between these quotes each shell of Windows takes something for its own.
  return /^[\w\\/:.() -]+$/.test(cwd) ? `cd "${cwd}" && ${typed}` : undefined;
}
