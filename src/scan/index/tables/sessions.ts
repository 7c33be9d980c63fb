/** Every session as it stands now, as the index keeps it: the path of a scan that finds nothing new. */
import { longestLifetime } from "../../../core/cache/strategies.ts";
import { lifetimeTable } from "../../../core/cache/survival.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { Session } from "../../../core/session.ts";
import { readUsedLifetimes } from "./gaps.ts";
import { addedCosts, SessionNeighbours } from "../../../core/cost/tool_total.ts";
import type { Discovery } from "../../logs/discover.ts";
import type { IndexStore } from "./store.ts";
import { type IndexedSession, LazyReport } from "../ask/lazy_report.ts";
import { decodeSession, type SessionRow, type StoredSession } from "../sums/stored_session.ts";

/** Some sessions in one text each for their ids, names and bodies: a row and a parse for each take twice as long. */
const SELECT_SESSIONS = `SELECT '[' || group_concat(id) || ']' AS ids, '[' || group_concat(body) || ']' AS bodies,
  '[' || group_concat(json_array(source, session_id, path)) || ']' AS names FROM (
    SELECT s.id, s.body, s.source, s.session_id, f.path FROM sessions s LEFT JOIN files f ON f.id = s.file
      WHERE s.id > ? AND s.body IS NOT NULL ORDER BY s.id LIMIT ?)`;

/** So many at once: most homes have fewer, and the texts of a hundred thousand would take more memory than they do. */
const MANY_SESSIONS = 4096;

/**
 * Every session as it stands now. Who needs an order makes it.
 *
 * @param discovery Of many sessions the paths are those that it has already
 */
export function readSessions(store: IndexStore, now: EpochMs, discovery: Pick<Discovery, "files">): IndexedSession[] {
  const learned = readUsedLifetimes(store);
  const clock = { now, lifetimes: lifetimeTable(learned), longestLifetimeMs: longestLifetime(learned) };
  const known = () => discovery.files.map(({ file }) => file.path);
  const reports = mapStored(store, (id, row, stored) => new LazyReport(id, row, stored, clock), known);
  const neighbours = new SessionNeighbours(reports);
  for (const report of reports) {
    const costs = report.toolTotal === undefined ? undefined : addedCosts(report, neighbours);
    if (costs !== undefined) report.setCosts(costs);
  }
  return reports;
}

/** As the index has them. */
export function readStoredSessions(store: IndexStore): { readonly id: number; readonly session: Session }[] {
  return mapStored(store, (id, row, stored) => ({ id, session: decodeSession(stored, row) }));
}

function mapStored<T>(
  store: IndexStore,
  map: (id: number, row: SessionRow, stored: StoredSession) => T,
  knownTexts: () => readonly string[] = () => [],
): T[] {
  return store.read(() => {
    const mapped: T[] = [];
    // Of many sessions: a directory of thousands is one text, and so is a path that others have, too.
    let known: Map<string, string> | undefined;
    const once = (text: string) => {
      known ??= new Map(knownTexts().map((text) => [text, text]));
      const same = known.get(text);
      if (same === undefined) known.set(text, text);
      return same ?? text;
    };
    for (let [last, count] = [-1, MANY_SESSIONS]; count === MANY_SESSIONS;) {
      const row = store.get<Record<"ids" | "bodies" | "names", string | null>>(SELECT_SESSIONS, last, MANY_SESSIONS);
      if (row === undefined || row.ids === null || row.bodies === null || row.names === null) break;
      const ids = JSON.parse(row.ids) as number[];
      const names = JSON.parse(row.names) as [source: string, sessionId: string, file: string | null][];
      const bodies = JSON.parse(row.bodies) as Mutable<StoredSession>[];
      for (let place = 0; place < ids.length; place++) {
        const [body, name] = [bodies[place]!, names[place]!];
        if (last >= 0) {
          if (body[0] !== 0) body[0] = once(body[0]);
          if (body[12] !== 0) body[12] = once(body[12]);
          if (typeof body[13] === "string") body[13] = once(body[13]);
          name[0] = once(name[0]);
          if (name[2] !== null) name[2] = once(name[2]);
        }
        mapped.push(map(ids[place]!, { source: name[0], sessionId: name[1], file: name[2] }, body));
      }
      count = ids.length;
      last = ids.at(-1)!;
    }
    return mapped;
  });
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
