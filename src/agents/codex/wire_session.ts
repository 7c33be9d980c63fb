/**
 * How Codex names its thread in a request: by headers from the first one on (0.169.0, run 2026-11-27).
 *
 * `thread-id` is what the log of a thread is called by, `session-id` the thread that a person talks in. Both are the same but
 * for two: a sub-agent has a thread and a log of its own, and names its parent; what is asked by `/side` has a thread and no
 * log, and is part of the session. The JSON of `x-codex-turn-metadata` gives another session for `/side`, so that the headers
 * count where both say something.
 */
import type { HeaderReader, WireSession } from "../wire_session.ts";

const SOURCE = "codex";

/** What a thread is for that asks for the title of another one: it has no log. */
const TITLE = "thread_title";

/** Undefined for a request of somebody else. */
export function codexSessionOf(header: HeaderReader): WireSession | undefined {
  const [session, thread] = [header("session-id"), header("thread-id")];
  if (!session || !thread) return undefined;
  const metadata = readMetadata(header("x-codex-turn-metadata"));
  const startedBy = header("x-codex-parent-thread-id");
  const isSubagent = startedBy !== undefined || header("x-openai-subagent") !== undefined;
  const sessionId = isSubagent ? thread : session;
  const parentSessionId = parentOf(sessionId, isSubagent ? startedBy ?? session : metadata.forked_from_thread_id);
  return {
    source: SOURCE,
    sessionId,
    ...(parentSessionId === undefined ? {} : { parentSessionId }),
    ...(metadata.thread_source === TITLE ? { isAside: true } : {}),
  };
}

/** `/side` says that it is forked from the very session that it is part of. */
function parentOf(sessionId: string, parent: unknown): string | undefined {
  return typeof parent === "string" && parent !== "" && parent !== sessionId ? parent : undefined;
}

function readMetadata(text: string | undefined): { readonly [name: string]: unknown } {
  try {
    const metadata: unknown = JSON.parse(text ?? "{}");
    return typeof metadata === "object" && metadata !== null ? { ...metadata } : {};
  } catch {
    // Headers alone name the session.
    return {};
  }
}
