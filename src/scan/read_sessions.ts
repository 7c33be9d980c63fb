/** Every session as it stands now, as the index keeps it: the path of a scan that finds nothing new. */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs } from "../core/model.ts";
import { reportSession, type Session, type SessionReport } from "../core/session_report.ts";
import { readUsedLifetimes } from "./gap_pools.ts";
import { costsOf, SessionNeighbours } from "../core/tool_total.ts";
import type { IndexStore } from "./index_store.ts";
import { decodeSession, type StoredSession } from "./stored_session.ts";

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

/** In one text each: a row and a parse for each session take twice as long. The index gives the order. */
const SELECT_SESSIONS = `SELECT '[' || group_concat(id) || ']' AS ids, '[' || group_concat(body) || ']' AS bodies,
  '[' || group_concat(json_array(source, session_id, path)) || ']' AS names FROM (
    SELECT s.id, s.body, s.source, s.session_id, f.path FROM sessions s JOIN files f ON f.id = s.file
      WHERE s.body IS NOT NULL ORDER BY s.last_activity DESC, s.source, s.session_id, s.discriminator)`;

/** Every session as it stands now. Mostly the last active first: who needs an order makes it. */
export function readSessions(store: IndexStore, now: EpochMs): IndexedSession[] {
  const lifetimes = lifetimeTable(readUsedLifetimes(store));
  const stored = readStoredSessions(store);
  const neighbours = new SessionNeighbours(stored.map(({ session }) => session));
  return stored.map(({ id, session }) => {
    const costs = session.toolTotal === undefined ? undefined : costsOf(session, neighbours);
    return withId(reportSession(session, now, lifetimes, costs), id);
  });
}

/** In place: there are thousands. */
export function withId(report: SessionReport & { id?: number }, id: number): IndexedSession {
  report.id = id;
  return report as IndexedSession;
}

/** As the index has them. */
export function readStoredSessions(store: IndexStore): { readonly id: number; readonly session: Session }[] {
  const row = store.get<Record<"ids" | "bodies" | "names", string | null>>(SELECT_SESSIONS);
  if (row === undefined || row.ids === null || row.bodies === null || row.names === null) return [];
  const ids = JSON.parse(row.ids) as number[];
  const names = JSON.parse(row.names) as [source: string, sessionId: string, file: string][];
  return (JSON.parse(row.bodies) as StoredSession[]).map((stored, place) => {
    const [source, sessionId, file] = names[place]!;
    return { id: ids[place]!, session: decodeSession(stored, { source, sessionId, file }) };
  });
}
