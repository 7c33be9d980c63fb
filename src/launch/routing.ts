/**
 * Routes model calls: the gateway's host, the session URL of one launch with its tags, and the URL for permanent use.
 *
 * Text only: opens no connection, reads no environment, and knows no key.
 * Source: opper.ai, public command line and skills, read 2026-11-20.
 */
import { compareTexts } from "../core/compare_texts.ts";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import { withoutWrapping } from "../core/said_place.ts";

/** The gateway for everybody who names no other. */
const PUBLIC_HOST = "https://api.opper.ai";
/** Where people look at traces. */
export const TRACES_URL = "https://platform.opper.ai/traces";
/** Most tags of one session. */
const MAX_TAGS = 8;
/** Longest value of a tag, in bytes of UTF-8. */
const MAX_TAG_BYTES = 256;

/** Where a host's URL was written, for errors about it. */
export interface HostOrigin {
  /** How the URL is called in an error: `--base-url`, `OPPER_BASE_URL`. */
  readonly from: string;
  /** @default "usage" */
  readonly code?: ErrorCode;
}

/**
 * The host of a base URL, without `/` at the end. A session URL, as `OPPER_BASE_URL` is inside a launched agent, and
 * the compatible endpoint are cut back; a path before them (a proxy's) stays.
 *
 * @param baseUrl `https://api.opper.ai`, `https://api.opper.ai/v3/session/sess_…/team:core`, …
 * @throws {AgentError} when it is no http or https URL, or holds a user, a password, a query or a fragment
 */
export function hostOf(baseUrl: string, { from, code = "usage" }: HostOrigin = { from: "The base URL" }): string {
  const url = URL.parse(withoutWrapping(baseUrl));
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new AgentError(
      code,
      `${from} is "${withoutUser(baseUrl)}": expected a URL that begins with https:// or http://.`,
      {
        hint: `For example: ${PUBLIC_HOST}.`,
      },
    );
  }
  const surplus = url.username !== "" || url.password !== ""
    ? "a user or password"
    : url.search !== ""
    ? "a query"
    : url.hash !== ""
    ? "a fragment"
    : undefined;
  if (surplus !== undefined) {
    throw new AgentError(code, `${from} is "${url.origin}" with ${surplus}: expected the host alone.`, {
      hint: `For example: ${url.origin}.`,
    });
  }
  const path = url.pathname.replace(/\/v[23](?:\/.*)?$/, "").replace(/\/+$/, "");
  return url.origin + path;
}

/** What stands before an `@` may be a password, and is not repeated. */
function withoutUser(text: string): string {
  return text.replace(/^(.*:\/\/)?.*@/s, "$1…@");
}

/** Base URLs by who gave them. An empty text counts as not given. */
export interface HostChoice {
  /** `--base-url`. */
  readonly flag?: string;
  /** `OPPER_BASE_URL` of the caller. */
  readonly environment?: string;
  /** Of the stored key in use. */
  readonly slot?: string;
}

/**
 * The first base URL that is given, in the order flag, environment, stored key; else {@linkcode PUBLIC_HOST}.
 *
 * @param code of an error in any of them but the flag, which is always `usage`
 * @throws {AgentError} when it is no usable URL
 */
export function chooseHost(choice: HostChoice, code: ErrorCode = "usage"): string {
  if (choice.flag !== undefined) return hostOf(choice.flag, { from: "--base-url" });
  if (choice.environment) return hostOf(choice.environment, { from: "OPPER_BASE_URL", code });
  if (choice.slot) return hostOf(choice.slot, { from: "The base URL of the stored key", code });
  return PUBLIC_HOST;
}

/** Base URL for use without a session. Speaks OpenAI's and Anthropic's APIs. */
export function compatUrl(host: string): string {
  return `${host}/v3/compat`;
}

/**
 * Base URL of one launch: `<host>/v3/session/sess_<uuid>/<key>:<value>…`, keys in the order of their code units, as the
 * gateway's own tools have them, values percent-encoded.
 *
 * @param sessionUuid a fresh uuid, version 4
 * @param tags as from {@linkcode parseTags}
 */
export function sessionUrl(host: string, sessionUuid: string, tags: Readonly<Record<string, string>> = {}): string {
  const parts = Object.entries(tags).sort(([a], [b]) => compareTexts(a, b))
    .map(([key, value]) => `/${key}:${encodeURIComponent(value)}`);
  return `${host}/v3/session/${sessionName(sessionUuid)}${parts.join("")}`;
}

/** What the gateway calls the session of a launch, in its URL and in reports of usage. */
export function sessionName(sessionUuid: string): string {
  return `sess_${sessionUuid}`;
}

/**
 * Reads `--tag key=value`. A value may hold `=`.
 *
 * @returns with sorted keys
 * @throws {AgentError} usage, when a tag would be refused by the gateway, comes twice, or has no value
 */
export function parseTags(texts: readonly string[]): Readonly<Record<string, string>> {
  const tags = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 0) throw badTag(`Expected KEY=VALUE for --tag, not "${text}".`);
    const key = text.slice(0, at);
    const value = text.slice(at + 1);
    if (!/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/.test(key)) {
      throw badTag(
        `The key of --tag "${text}" is "${key}": expected a letter, then up to 63 letters, digits, "_", "." or "-".`,
      );
    }
    if (key.startsWith("opper.")) throw badTag(`The key of --tag "${text}" begins with "opper.", which is reserved.`);
    if (tags.has(key)) throw badTag(`--tag "${key}" was given twice: expected each key once.`);
    if (value === "") throw badTag(`--tag "${text}" has no value.`);
    if (!value.isWellFormed()) throw badTag(`The value of --tag "${key}" is not valid Unicode.`);
    const bytes = new TextEncoder().encode(value).length;
    if (bytes > MAX_TAG_BYTES) {
      throw badTag(`The value of --tag "${key}" has ${bytes} bytes: expected at most ${MAX_TAG_BYTES}.`);
    }
    tags.set(key, value);
  }
  if (tags.size > MAX_TAGS) throw badTag(`--tag was given ${tags.size} times: expected at most ${MAX_TAGS}.`);
  return Object.fromEntries([...tags].sort(([a], [b]) => compareTexts(a, b)));
}

function badTag(message: string): AgentError {
  return new AgentError("usage", message, { hint: "For example: --tag team=core." });
}
