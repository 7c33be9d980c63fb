/**
 * The command that goes on with a session, as it is typed: by people, and by what the page copies. Directories and ids are
 * what logs say: nothing of them may become a command or a line of its own. Pure, and loads no agent.
 */
import { isWindowsPath } from "../../core/folder.ts";

/** What steers a terminal or ends a line, or is no text. */
export const UNTYPABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * As a line for a shell, which first goes to the directory.
 *
 * @param cwd Undefined leaves that out
 * @returns undefined where it cannot be written safely
 */
export function resumeLine(command: readonly string[], cwd: string | undefined): string | undefined {
  const typed = command.map(quoteForShell).join(" ");
  if (cwd === undefined) return typed;
  if (UNTYPABLE.test(cwd)) return undefined;
  if (!isWindowsPath(cwd)) return `cd ${cwd.startsWith("-") ? "-- " : ""}${quoteForShell(cwd)} && ${typed}`;
  // Between these quotes each shell of Windows takes something for its own.
  return /^[\w\\/:.() -]+$/.test(cwd) ? `cd "${cwd}" && ${typed}` : undefined;
}

/** As POSIX has it: what may mean something is between single quotes. */
function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
