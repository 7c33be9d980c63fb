/** Texts as words of a line that somebody types into a shell. */

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
