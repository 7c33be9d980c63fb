/** Every session as it stands now, as the index keeps it: the path of a scan that finds nothing new. */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs } from "../core/model.ts";
import type { Session, SessionReport } from "../core/session_report.ts";
import { readUsedLifetimes } from "./gap_pools.ts";
import { costsOf, SessionNeighbours } from "../core/tool_total.ts";
import type { IndexStore } from "./index_store.ts";
import { LazyReport } from "./lazy_report.ts";
import { decodeSession, type SessionRow, type StoredSession } from "./stored_session.ts";

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

/**
 * Some sessions in one text each for their ids, names and bodies: a row and a parse for each take twice as long. The index
 * gives the order.
 */
const SELECT_SESSIONS = `SELECT '[' || group_concat(id) || ']' AS ids, '[' || group_concat(body) || ']' AS bodies,
  '[' || group_concat(json_array(source, session_id, path)) || ']' AS names FROM (
    SELECT s.id, s.body, s.source, s.session_id, f.path FROM sessions s JOIN files f ON f.id = s.file
      WHERE s.body IS NOT NULL ORDER BY s.last_activity DESC, s.source, s.session_id, s.discriminator
      LIMIT ? OFFSET ?)`;

/** So many at once: most homes have fewer, and the texts of a hundred thousand would take more memory than they do. */
const MANY_SESSIONS = 4096;

/** Every session as it stands now. Mostly the last active first: who needs an order makes it. */
export function readSessions(store: IndexStore, now: EpochMs): IndexedSession[] {
  const clock = { now, lifetimes: lifetimeTable(readUsedLifetimes(store)) };
  const reports = mapStored(store, (id, row, stored) => new LazyReport(id, row, stored, clock));
  if (!reports.some(({ hasToolTotal }) => hasToolTotal)) return reports;
  const sessions = reports.map((report) => report.decode());
  const neighbours = new SessionNeighbours(sessions);
  for (const [place, report] of reports.entries()) {
    if (report.hasToolTotal) report.setCosts(costsOf(sessions[place]!, neighbours));
  }
  return reports;
}

/** In place: there are thousands. */
export function withId(report: SessionReport & { id?: number }, id: number): IndexedSession {
  report.id = id;
  return report as IndexedSession;
}

/** A report that can be kept, copied and changed. */
export function plainReport(report: SessionReport): SessionReport {
  return report instanceof LazyReport ? report.toPlain() : report;
}

/** As the index has them. */
export function readStoredSessions(store: IndexStore): { readonly id: number; readonly session: Session }[] {
  return mapStored(store, (id, row, stored) => ({ id, session: decodeSession(stored, row) }));
}

function mapStored<T>(store: IndexStore, map: (id: number, row: SessionRow, stored: StoredSession) => T): T[] {
  return store.read(() => {
    const mapped: T[] = [];
    const known = new Map<string, string>();
    // A directory of thousands of sessions is one text.
    const once = (text: string) => {
      const same = known.get(text);
      if (same === undefined) known.set(text, text);
      return same ?? text;
    };
    for (let count = MANY_SESSIONS; count === MANY_SESSIONS;) {
      const row = store.get<Record<"ids" | "bodies" | "names", string | null>>(
        SELECT_SESSIONS,
        MANY_SESSIONS,
        mapped.length,
      );
      if (row === undefined || row.ids === null || row.bodies === null || row.names === null) break;
      const ids = JSON.parse(row.ids) as number[];
      const names = JSON.parse(row.names) as [source: string, sessionId: string, file: string][];
      const bodies = JSON.parse(row.bodies) as unknown[][];
      for (const [place, body] of bodies.entries()) {
        for (const at of SHARED) if (typeof body[at] === "string") body[at] = once(body[at]);
        const [source, sessionId, file] = names[place]!;
        mapped.push(
          map(ids[place]!, { source: once(source), sessionId, file }, body as unknown as StoredSession),
        );
      }
      count = ids.length;
    }
    return mapped;
  });
}

/** Places of a session's directory, provider and model. */
const SHARED = [0, 12, 13] as const;
