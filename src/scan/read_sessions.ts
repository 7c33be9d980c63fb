/** Every session as it stands now, as the index keeps it: the path of a scan that finds nothing new. */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs } from "../core/model.ts";
import { reportSession, type SessionReport } from "../core/session_report.ts";
import { readUsedLifetimes } from "./gap_pools.ts";
import type { IndexStore } from "./index_store.ts";
import { decodeSession } from "./make_session.ts";

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

export interface SessionRow {
  readonly id: number;
  readonly source: string;
  readonly body: string;
  readonly last_activity: number | null;
}

const SELECT_SESSIONS = `SELECT id, source, body, last_activity FROM sessions WHERE body IS NOT NULL
  ORDER BY last_activity DESC, source, session_id, discriminator`;

/** Every session as it stands now, the last active first. */
export function readSessions(store: IndexStore, now: EpochMs): IndexedSession[] {
  const lifetimes = lifetimeTable(readUsedLifetimes(store));
  return readSessionRows(store)
    .map(({ id, body }) => ({ ...reportSession(decodeSession(body), now, lifetimes), id }));
}

/** The last active first. */
export function readSessionRows(store: IndexStore): SessionRow[] {
  return store.all<SessionRow>(SELECT_SESSIONS);
}
