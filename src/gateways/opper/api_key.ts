/**
 * A key as text: what somebody pasted as one, what can be none, what it may be called, and how much of it may be shown.
 *
 * Reads and stores nothing (credentials.ts). No key is part of any error.
 */
import { AgentError, type ErrorCode } from "../../core/errors.ts";
import { withoutUnseen, withoutWrapping } from "../../core/said_place.ts";

/** The variable whose key comes before every stored one. */
export const KEY_VARIABLE = "OPPER_API_KEY";
/** Where people make keys. */
export const PLATFORM_URL = "https://platform.opper.ai";

/**
 * The key in what somebody pasted: without blanks, quotes and characters that nobody sees, and without the variable that
 * it was set by (`export OPPER_API_KEY="op-…"`). What is left may be no key.
 */
export function readKey(said: string): string {
  const text = withoutWrapping(withoutUnseen(said).replace(NO_PART, ""));
  const [, assigned, borne] = ASSIGNMENT.exec(text) ?? [];
  const [, other] = OTHER_ASSIGNMENT.exec(text) ?? [];
  return withoutWrapping((assigned ?? borne ?? other ?? text).replace(/\s*[;,]\s*$/, ""));
}

/** The marks that terminals put around what is pasted, and a comment at the end of the line. */
// deno-lint-ignore no-control-regex
const NO_PART = /\x1b\[20[01]~|\s+#[^]*$/g;

/** In a shell, a file of variables, PowerShell, cmd.exe, fish, YAML, JSON, or as a header. */
const ASSIGNMENT = new RegExp(
  `^(?:(?:export|set|setx|env|set\\s+-\\w+|-e|--env)\\s+)?(?:\\$env:)?["']?${KEY_VARIABLE}["']?\\s*(?:[=:]|\\s)\\s*(.*)$|` +
    "^(?:authorization\\s*:\\s*)?bearer\\s+(.*)$",
  "is",
);

/** By whatever name (`api_key: op-…`, `"apiKey": "op-…"`), where what stands there begins as all our keys do. */
const OTHER_ASSIGNMENT = /^(?:export\s+|set\s+)?["']?[\w.-]+["']?\s*[=:]\s*(["'“]?op-.*)$/is;

/**
 * Refuses what cannot be a key: anything that would break out of a header, or not fit into one.
 *
 * @param name what the key is called in the error, which never holds the key
 * @throws {AgentError}
 */
export function checkKey(apiKey: string, name: string, code: ErrorCode): void {
  const wrong = apiKey === ""
    ? "is empty"
    : apiKey.length > 4096
    ? `has ${apiKey.length} characters`
    : /\s/.test(apiKey)
    ? "holds white space"
    : /[^\x21-\x7e]/.test(apiKey)
    ? "holds characters that no key has"
    : /^(?:\$\{?\w+\}?|%\w+%|\$\(.*\))$/.test(apiKey)
    ? "is a variable whose value no shell has put in"
    : undefined;
  if (wrong === undefined) return;
  throw new AgentError(code, `${name} ${wrong}: expected an Opper API key.`, {
    hint: `Copy the key again from ${PLATFORM_URL}.`,
  });
}

/**
 * Refuses what is no name for a stored key that we make: at most 24 letters, digits, `_`, `.` and `-`.
 *
 * @throws {AgentError} usage
 */
export function checkKeyName(name: string): void {
  // A key that was taken for its name must neither become one, nor be printed.
  const isLikeKey = name.length > 24;
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) && !isLikeKey) return;
  const what = isLikeKey
    ? `The name of a stored key has ${name.length} characters`
    : `A stored key cannot be named "${name}"`;
  throw new AgentError("usage", `${what}: expected up to 24 letters, digits, "_", "." or "-".`, {
    hint: "For example: --key work. The command asks for the key itself, or reads it from standard input.",
  });
}

/** A key as it may be shown: its ends, when what is left out is long enough to stay secret. */
export function maskKey(apiKey: string): string {
  if (apiKey.length < 16) return "…";
  return `${/^[a-z]{1,4}-/.exec(apiKey)?.[0] ?? ""}…${apiKey.slice(-4)}`;
}
