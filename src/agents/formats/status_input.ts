/**
 * What an agent's client says on standard input to the program that draws its status line. Only what we need, and none
 * of it is taken on trust: what has another shape than expected is left out.
 *
 * Claude Code sends session_id, transcript_path, cwd, workspace.current_dir, cost, model and more, and since 2.1.251
 * prompt_cache with ttl and expires_at in seconds since 1970
 * (https://code.claude.com/docs/en/statusline#prompt-cache-fields; seen with 2.1.330, 2026-11-21). That what a transcript
 * tells of a resumed session's cache is wrong is from github.com/sirmalloc/ccstatusline/pull/576. Since 2.1.80 it sends
 * rate_limits to subscribers, from a session's first answer on (seen with 2.1.332, 2026-11-26).
 */
import type { DurationMs, EpochMs } from "../../core/model.ts";

/** What the client says of the session that it shows. Each part may be missing: older versions say less. */
export interface ClientStatus {
  readonly sessionId?: string;
  readonly file?: string;
  readonly cacheExpiresAt?: EpochMs;
  /** Id of what the user asked last. */
  readonly promptId?: string;
  /** When the cache was used last: right before the session was answered. */
  readonly cacheUsedAt?: EpochMs;
  /** What it says of the limits of the plan, as it stands there. */
  readonly limits?: Readonly<Record<string, unknown>>;
}

/** Its words for how long a cache lives. */
const LIFETIMES: Readonly<Record<string, DurationMs>> = { "5m": 300_000, "1h": 3_600_000 };

/** @returns undefined when the text is no JSON object, not even one that is read leniently */
export function readClientStatus(text: string): ClientStatus | undefined {
  const said = parseObject(text);
  if (said === undefined) return undefined;
  const cache = objectOf(said["prompt_cache"]);
  const expiresAt = cache?.["expires_at"];
  // Seconds: a number of milliseconds would be thousands of years away, and is no time that we know how to read.
  const cacheExpiresAt = typeof expiresAt === "number" && expiresAt > 0 && expiresAt < 1e11
    ? expiresAt * 1000
    : undefined;
  const lifetime = LIFETIMES[textOf(cache?.["ttl"]) ?? ""];
  return {
    sessionId: textOf(said["session_id"]),
    file: textOf(said["transcript_path"]),
    cacheExpiresAt,
    promptId: textOf(said["prompt_id"]),
    cacheUsedAt: cacheExpiresAt === undefined || lifetime === undefined ? undefined : cacheExpiresAt - lifetime,
    limits: objectOf(said["rate_limits"]),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return objectOf(JSON.parse(text.replace(/"(?:[^"\\]|\\[^])*"/g, mendString)));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Clients that put their JSON together by hand leave line breaks in strings as they are, and the backslashes of paths of
 * Windows. One that begins no escape shows that none of its string does.
 */
function mendString(string: string): string {
  const isRaw = /(?:^|[^\\])(?:\\\\)*\\(?!["\\/bfnrt]|u[\da-fA-F]{4})/.test(string);
  const escaped = isRaw ? string.replaceAll(/\\(?!")/g, "\\\\") : string;
  // deno-lint-ignore no-control-regex
  return escaped.replace(/[\x00-\x1f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
