/**
 * Every session for who goes through all of them one after the other: a few numbers each, in arrays of numbers, and what
 * names one when it is its turn. There may be a hundred thousand.
 */
import { SessionFigures } from "../sums/session_figures.ts";
import { moreOf, type StoredSession } from "../sums/stored_session.ts";
import type { IndexStore } from "../tables/store.ts";
import { MANY_SESSIONS } from "./session_bodies.ts";

/** What is known of each by its place, in the order of their ids. */
export interface SessionList {
  readonly ids: Float64Array;
  /** NaN where it is not known. */
  readonly startedAt: Float64Array;
  /** NaN where it is not known. */
  readonly lastActivityAt: Float64Array;
  /** What changes with a session, see `markSessions`. */
  readonly marks: Uint32Array;
  /** What the caller makes of their names. */
  readonly names: Float64Array;
}

/** What a session is called, and where it was. */
export interface ListedNames {
  readonly source: string;
  readonly sessionId: string;
  readonly traceId?: string;
  readonly cwd?: string;
}

/** An index that is asked for its sessions. */
export interface SessionLister {
  /** @param nameOf A number for the names of a session */
  list(nameOf: (source: string, sessionId: string) => number): SessionList;
  /** @param id Of a session that is listed */
  namesOf(id: number): ListedNames;
}

/** Of a state of the index that is kept, see {@linkcode IndexStore.keep}. */
export function listerOf(store: IndexStore): SessionLister {
  return { list: (nameOf) => listSessions(store, nameOf), namesOf: (id) => readSessionNames(store, id) };
}

/** Some in one text for each column: see `readHeads`. */
const SELECT_SOME = `SELECT '[' || group_concat(id) || ']' AS ids, '[' || group_concat(figures) || ']' AS figures,
  '[' || group_concat(seal) || ']' AS marks, '[' || group_concat(json_quote(source)) || ']' AS sources,
  '[' || group_concat(json_quote(session_id)) || ']' AS sessionIds FROM (
    SELECT id, source, session_id, figures, seal FROM sessions
      WHERE id > ? AND figures IS NOT NULL ORDER BY id LIMIT ${MANY_SESSIONS})`;

function listSessions(store: IndexStore, nameOf: (source: string, sessionId: string) => number): SessionList {
  const { count } = store.get<{ count: number }>(
    "SELECT COUNT(*) AS count FROM sessions WHERE figures IS NOT NULL",
  )!;
  const list = {
    ids: new Float64Array(count),
    startedAt: new Float64Array(count),
    lastActivityAt: new Float64Array(count),
    marks: new Uint32Array(count),
    names: new Float64Array(count),
  };
  for (let from = 0; from < count;) {
    const row = store.get<Record<"ids" | "figures" | "marks" | "sources" | "sessionIds", string>>(
      SELECT_SOME,
      from === 0 ? -1 : list.ids[from - 1]!,
    )!;
    const ids = JSON.parse(row.ids) as number[];
    list.ids.set(ids, from);
    list.marks.set(JSON.parse(row.marks) as number[], from);
    const figures = new SessionFigures(JSON.parse(row.figures) as (number | null)[]);
    const sources = JSON.parse(row.sources) as string[];
    const sessionIds = JSON.parse(row.sessionIds) as string[];
    for (let place = 0; place < ids.length; place++) {
      list.startedAt[from + place] = figures.startedAt(place) ?? NaN;
      list.lastActivityAt[from + place] = figures.lastActivityAt(place) ?? NaN;
      list.names[from + place] = nameOf(sources[place]!, sessionIds[place]!);
    }
    from += ids.length;
  }
  return list;
}

const SELECT_NAMES = `SELECT source, session_id AS sessionId, cwd, '[' || figures || ',' || body || ']' AS body
  FROM sessions WHERE id = ?`;

function readSessionNames(store: IndexStore, id: number): ListedNames {
  const { source, sessionId, cwd, body } = store.get<
    { source: string; sessionId: string; cwd: string | null; body: string }
  >(SELECT_NAMES, id)!;
  return {
    source,
    sessionId,
    traceId: moreOf(JSON.parse(body) as StoredSession)?.traceId,
    cwd: cwd === null ? undefined : JSON.parse(cwd) as string,
  };
}
