/** Texts as words of a line that somebody types into a shell, or that a program hands to one. */

/** What steers a terminal or ends a line, or is no text. */
const UNTYPABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Whether it can stand in a line at all: quotes do not help against what a terminal obeys. */
export function isTypable(text: string): boolean {
  return !UNTYPABLE.test(text);
}

/** As POSIX has it: what may mean something is between single quotes. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As PowerShell has it. */
export function quoteForPowerShell(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * As `cmd.exe` has it, and the programs that are started by it: between double quotes, of which there are none in a path of
 * Windows. A `%` in it stays as it is: nothing quotes it there.
 */
function quoteForCmd(text: string): string {
  return /^[\w@+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

/** A command as a program hands it to the system's shell: `sh`, on Windows `cmd.exe`. */
export function commandLine(words: readonly string[], os: "linux" | "darwin" | "windows"): string {
  return words.map(os === "windows" ? quoteForCmd : quoteForShell).join(" ");
}
