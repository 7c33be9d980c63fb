/** What is asked of every session, read without the rest of their rows. */
import { SessionFigures } from "../sums/session_figures.ts";
import { MANY_SESSIONS } from "../ask/session_bodies.ts";
import type { IndexStore } from "./store.ts";

/** Some sessions in one text for each column: a row and a parse for each take twice as long. */
const SELECT_SESSIONS = `SELECT '[' || group_concat(id) || ']' AS ids, '[' || group_concat(figures) || ']' AS figures,
  '[' || group_concat(json_quote(source)) || ']' AS sources,
  '[' || group_concat(json_quote(session_id)) || ']' AS sessionIds FROM (
    SELECT id, source, session_id, figures FROM sessions WHERE id > ? AND figures IS NOT NULL ORDER BY id LIMIT ?)`;

/** What is known of all sessions, each by its place among them. */
export interface SessionHeads {
  readonly ids: readonly number[];
  readonly sources: readonly string[];
  readonly sessionIds: readonly string[];
  readonly figures: SessionFigures;
}

/** Of every session that is worked out, in the order of their ids. */
export function readHeads(store: IndexStore): SessionHeads {
  let ids: readonly number[] = [];
  let sources: readonly string[] = [];
  let sessionIds: readonly string[] = [];
  let figures: readonly (number | null)[] = [];
  for (let count = MANY_SESSIONS; count === MANY_SESSIONS;) {
    const row = store.get<Record<"ids" | "figures" | "sources" | "sessionIds", string | null>>(
      SELECT_SESSIONS,
      ids.at(-1) ?? -1,
      MANY_SESSIONS,
    );
    if (row === undefined || row.ids === null) break;
    const read = JSON.parse(row.ids) as number[];
    count = read.length;
    ids = joinLists(ids, read);
    figures = joinLists(figures, JSON.parse(row.figures!) as (number | null)[]);
    sources = joinLists(sources, JSON.parse(row.sources!) as string[]);
    sessionIds = joinLists(sessionIds, JSON.parse(row.sessionIds!) as string[]);
  }
  return { ids, sources, sessionIds, figures: new SessionFigures(figures) };
}

/** Most homes have one of each. */
function joinLists<T>(all: readonly T[], some: readonly T[]): readonly T[] {
  return all.length === 0 ? some : all.concat(some);
}
