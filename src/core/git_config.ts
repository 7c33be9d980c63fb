/**
 * What files of git's settings say, without git. Only what is needed: a name and its value on one line.
 *
 * Syntax: https://git-scm.com/docs/git-config#_syntax, read 2026-11-27. Included files and `insteadOf` are not followed.
 */

/**
 * The last value of a key, as in git.
 *
 * @param section As it is written between the brackets, `user` or `remote "origin"`; the first word in any case
 */
export function gitValue(text: string, section: string, key: string): string | undefined {
  let isInside = false;
  let value: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, name, part] = /^\s*\[\s*([\w.-]+)\s*("(?:[^"\\]|\\.)*")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      isInside = [name.toLowerCase(), ...(part === undefined ? [] : [part])].join(" ") === section;
      continue;
    }
    const [, found, said] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInside && found?.toLowerCase() === key) value = withoutQuotes(said!);
  }
  return value === "" ? undefined : value;
}

function withoutQuotes(said: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  return quoted === undefined ? said.replace(/\s+[#;].*$/, "") : quoted.replace(/\\(["\\])/g, "$1");
}

/**
 * `owner/name` of where a repository comes from: of `origin`, or of the first remote. Whoever is named in an address to log
 * in, and with what, is no part of it.
 *
 * @param text The repository's own `config`
 * @returns undefined where it comes from a directory, or from nowhere
 */
export function repositoryName(text: string): string | undefined {
  const [, first] = /^\s*\[\s*remote\s+("(?:[^"\\]|\\.)*")\s*\]/im.exec(text) ?? [];
  for (const remote of [`remote "origin"`, `remote ${first}`]) {
    const address = gitValue(text, remote, "url");
    const path = address === undefined ? undefined : pathOfAddress(address);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** What stands behind the host in `https://host/a/b.git`, `ssh://git@host:22/a/b` and `git@host:a/b.git`. */
function pathOfAddress(address: string): string | undefined {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? URL.parse(address) : null;
  if (url !== null && url.protocol === "file:") return undefined;
  const path = url === null ? /^(?:[^@/\\]+@)?[^@:/\\]{2,}:(?!\\)(.+)$/.exec(address)?.[1] : url.pathname;
  const name = path?.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
  return name !== undefined && /^[^/]+(?:\/[^/]+)+$/.test(name) ? name : undefined;
}
