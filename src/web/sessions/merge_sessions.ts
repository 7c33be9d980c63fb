/** Keeps a list of sessions up to date by what the live stream says of those that changed. */
import { type ListedSession, readSessions } from "./read_sessions.ts";

/** As the stream has it. */
interface SessionChanges {
  /** All may have changed: the list has to be asked for again. */
  readonly reset?: boolean;
  readonly columns?: Parameters<typeof readSessions>[0]["columns"];
  readonly evidence?: Parameters<typeof readSessions>[0]["evidence"];
  readonly gone?: readonly string[];
}

/** @returns undefined where the list has to be asked for again */
export function mergeSessions(
  listed: readonly ListedSession[],
  changes: SessionChanges,
): readonly ListedSession[] | undefined {
  if (changes.reset === true || changes.columns === undefined) return undefined;
  const changed = new Map(readSessions(changes).map((session) => [keyOf(session), session]));
  const gone = new Set(changes.gone);
  const kept = listed.flatMap((session) => {
    const key = keyOf(session);
    if (gone.has(session.sessionId)) return [];
    const next = changed.get(key);
    changed.delete(key);
    return [next ?? session];
  });
  return [...changed.values(), ...kept];
}

/** An id is its agent's own: two may use the same, and one may use it twice. */
export function keyOf({ source, sessionId, startedAt }: ListedSession): string {
  return `${source} ${sessionId} ${startedAt ?? ""}`;
}
