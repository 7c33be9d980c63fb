/**
 * A directory as somebody wrote it in a variable or a file, where no shell has read it: `~` and `$HOME` are the home, and
 * quotes and blanks that were pasted along are no part of it. The only place that knows; what is relative stays so.
 */

/** What nobody sees: byte order marks, zero-width characters, marks of direction, soft hyphens. */
const UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff";
const AT_ENDS = new RegExp(`^[\\s${UNSEEN}]+|[\\s${UNSEEN}]+$`, "g");
const ANYWHERE = new RegExp(`[${UNSEEN}]`, "g");
const QUOTES: readonly (readonly [string, string])[] = [['"', '"'], ["'", "'"], ["`", "`"], ["“", "”"], ["‘", "’"]];

/** Without blanks and unseen characters at its ends, and without the quotes around it. */
export function withoutWrapping(said: string): string {
  let text = said.replace(AT_ENDS, "");
  while (text.length > 1 && QUOTES.some(([open, close]) => text.startsWith(open) && text.endsWith(close))) {
    text = text.slice(1, -1).replace(AT_ENDS, "");
  }
  return text;
}

/** Without what nobody sees, wherever it is. */
export function withoutUnseen(text: string): string {
  return text.replace(ANYWHERE, "");
}

/**
 * `~` and `$HOME` in front are the home. `~name` is left: nobody but a shell knows where that is. Behind a home that is
 * not Windows' a backslash would be part of a name: `/home/u\x`.
 */
export function expandHome(path: string, home: string): string {
  return path.replace(
    /^(?:~|\$HOME|\$\{HOME\})(?:$|([/\\]))/,
    (_, separator = "") => home + (separator === "\\" && !/^(?:[A-Za-z]:|\\)/.test(home) ? "/" : separator),
  );
}

/** @returns undefined when nothing is said; absolute, or relative to the working directory */
export function readPlace(said: string | undefined, home: string): string | undefined {
  const text = withoutWrapping(withoutWrapping(said ?? "").replace(ASSIGNED, ""));
  return text === "" ? undefined : expandHome(text, home);
}

/** The variable itself, pasted along (`OPPER_HOME=~/x`), in front of what begins as a path does. */
const ASSIGNED = /^(?:export\s+)?[A-Z_][A-Z0-9_]*=(?=["']?[~$/])/;

/** Several, with commas between. */
export function readPlaces(said: string | undefined, home: string): readonly string[] {
  return withoutWrapping(said ?? "").split(",").flatMap((one) => readPlace(one, home) ?? []);
}

/**
 * What in a place only a shell could look up: somebody else's home (`~bob`), or a variable (`$NAME`, `${NAME}`, `%NAME%`).
 * Undefined where there is none.
 */
export function partForShell(place: string): string | undefined {
  return /^~[^/\\]+/.exec(place)?.[0] ??
    place.split(/[/\\]/).find((part) => /^(?:\$\w+|\$\{\w+\}|%\w+%)$/.test(part));
}
