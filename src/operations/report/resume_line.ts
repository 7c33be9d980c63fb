/**
 * The command that goes on with a session, as it is typed: by people, and by what the page copies. Directories and ids are
 * what logs say: nothing of them may become a command or a line of its own. Pure, and loads no agent.
 */
import { isWindowsPath } from "../../core/folder.ts";
import { isTypable, quoteForShell } from "../../core/shell_words.ts";

/**
 * As a line for a shell, which first goes to the directory.
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
