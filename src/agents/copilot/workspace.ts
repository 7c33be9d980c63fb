/**
 * What `workspace.yaml` beside a log says: flat lines of `key: value`. It is read as far as that goes, and what is written
 * in any other way says nothing. Files of 1.0.102, and what 1.0.32 and 1.0.62 write, read 2026-11-26.
 */

import { cleanText } from "../../core/clean_text.ts";

/** What of it is used. */
export interface Workspace {
  readonly id?: string;
  readonly cwd?: string;
  /** A name that the user gave the session. Others are the beginning of the conversation, which is no title. */
  readonly title?: string;
}

/** @param text what the file holds; undefined where there is none */
export function readWorkspace(text: string | undefined): Workspace {
  const values = new Map<string, string>();
  const lines = (text ?? "").split(/\r?\n/);
  for (const [number, line] of lines.entries()) {
    const found = /^([A-Za-z_]+):(?:\s+(.*))?$/.exec(line);
    const value = found === null ? undefined : readScalar(found[2] ?? "", lines.slice(number + 1));
    const text = value === undefined ? "" : cleanText(value).trim();
    if (text !== "") values.set(found![1]!, text);
  }
  const isNamed = values.get("user_named");
  // Versions before that flag wrote a name only where the user gave one, and a summary always.
  const isTitle = isNamed === "true" || (isNamed === undefined && values.has("summary"));
  const [id, cwd, title] = [values.get("id"), values.get("cwd"), isTitle ? values.get("name") : undefined];
  return { ...(id && { id }), ...(cwd && { cwd }), ...(title && { title }) };
}

/** @param rest the lines below, of which those that are indented belong to it */
function readScalar(written: string, rest: readonly string[]): string | undefined {
  const first = written.trim();
  const end = rest.findIndex((line) => !/^\s+\S/.test(line));
  const below = rest.slice(0, end < 0 ? rest.length : end).map((line) => line.trim());
  if (/^[|>]/.test(first)) return below.join(" ");
  const whole = [first, ...below].join(" ");
  if (first.startsWith("'")) return /^'((?:[^']|'')*)'\s*(?:#.*)?$/.exec(whole)?.[1]?.replaceAll("''", "'");
  if (first.startsWith('"')) return readQuoted(/^("(?:[^"\\]|\\.)*")\s*(?:#.*)?$/.exec(whole)?.[1]);
  const plain = whole.replace(/(?:^|\s)#.*$/, "").trim();
  return /^(?:[[{&*!%@`]|-(?:\s|$))/.test(plain) || plain === "null" || plain === "~" ? undefined : plain;
}

/** YAML has the escapes of JSON, and a few more that are of no use in a name. */
function readQuoted(quoted: string | undefined): string | undefined {
  try {
    return quoted === undefined ? undefined : String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
