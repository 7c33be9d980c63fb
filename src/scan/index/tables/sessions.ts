/** Every session as it stands now, as the index keeps it: the path of a scan that finds nothing new. */
import { longestLifetime } from "../../../core/cache/strategies.ts";
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import { lifetimeTable } from "../../../core/cache/lifetime_table.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { Session } from "../../../core/session.ts";
import type { Discovery } from "../../logs/discover.ts";
import type { IndexStore } from "./store.ts";
import { type IndexedSession, LazyReport } from "../ask/lazy_report.ts";
import { SessionBodies } from "../ask/session_bodies.ts";
import { type AddedTotals, readAddedTotals } from "./added_totals.ts";
import { readDeletedSessions } from "./deleted_logs.ts";
import { readUsedLifetimes } from "./learned_lifetimes.ts";
import { readHeads, type SessionHeads } from "./session_heads.ts";
import { decodeSession } from "../sums/stored_session.ts";

/** What the index has of all sessions, whatever the time. */
export interface SessionRows {
  readonly heads: SessionHeads;
  readonly bodies: SessionBodies;
  readonly deleted: ReadonlySet<number>;
  readonly totals: AddedTotals;
  /** Of all providers that some state rests on. */
  readonly learned: readonly LearnedLifetime[];
}

/**
 * Read once for all questions of a scan. What is asked of few sessions is read when it is asked for: of the state that the
 * index has now, so that it has to be kept ({@linkcode IndexStore.keep}).
 *
 * @param discovery Of many sessions the paths are those that it has already
 * @param heads Of all sessions, where they are known
 */
export function readSessionRows(
  store: IndexStore,
  discovery: Pick<Discovery, "files">,
  heads = readHeads(store),
): SessionRows {
  return {
    heads,
    bodies: new SessionBodies(store, heads.ids, () => discovery.files.map(({ file }) => file.path)),
    deleted: new Set(readDeletedSessions(store)),
    totals: readAddedTotals(store),
    learned: readUsedLifetimes(store),
  };
}

/** Every session as it stands at a time. Who needs an order makes it. */
export function reportSessions(
  { heads, bodies, deleted, totals, learned }: SessionRows,
  now: EpochMs,
): IndexedSession[] {
  const clock = { now, lifetimes: lifetimeTable(learned), longestLifetimeMs: longestLifetime(learned) };
  const reports = heads.ids.map((_, place) => new LazyReport(place, heads, bodies, clock));
  if (deleted.size > 0) { for (const report of reports) if (deleted.has(report.id)) report.markDeleted(); }
  let place = 0;
  for (const [id, total] of totals) {
    // Both in the order of ids.
    while (place < reports.length && heads.ids[place]! < id) place++;
    if (heads.ids[place] === id) reports[place]!.setTotal(total);
  }
  return reports;
}

/** As the index has them. */
export function readStoredSessions(store: IndexStore): { readonly id: number; readonly session: Session }[] {
  return store.read(() => {
    const { ids, sources, sessionIds } = readHeads(store);
    const bodies = new SessionBodies(store, ids, () => []);
    return ids.map((id, place) => {
      const { stored, cwd, file } = bodies.read(place, true);
      const row = { source: sources[place]!, sessionId: sessionIds[place]!, cwd, file };
      return { id, session: decodeSession(stored, row) };
    });
  });
}
