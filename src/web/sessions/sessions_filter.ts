/** What the list of sessions shows and in which order, as the address has it. */
import type { ListedSession } from "./read_sessions.ts";
import { type ColumnKey, LIST_COLUMNS } from "./sessions_columns.tsx";

export const CACHE_STATES = ["warm", "maybe", "cold", "unknown"] as const;
export type CacheState = (typeof CACHE_STATES)[number];

/** What is chosen on this page alone; period, source, provider, project and model are every page's. */
export interface SessionsFilter {
  /** As typed. Each word must be found. */
  readonly search: string;
  /** None means any. */
  readonly cache: readonly CacheState[];
  /** US dollars; a session that cost less is left out. @default any */
  readonly costAbove?: number;
  readonly onlyMisses: boolean;
  readonly onlySubagents: boolean;
}

type Query = Readonly<Record<string, string>>;

/** `q=login&cache=warm,maybe&above=0.5&misses=yes&subagents=yes`. What cannot be read is as if it were not there. */
export function readSessionsFilter(query: Query): SessionsFilter {
  const above = Number.parseFloat(query["above"] ?? "");
  return {
    search: query["q"] ?? "",
    cache: (query["cache"] ?? "").split(",").filter((state): state is CacheState =>
      (CACHE_STATES as readonly string[]).includes(state)
    ),
    costAbove: Number.isFinite(above) && above > 0 ? above : undefined,
    onlyMisses: query["misses"] === "yes",
    onlySubagents: query["subagents"] === "yes",
  };
}

/** Those that pass, in the order in which they came. */
export function filterSessions(sessions: readonly ListedSession[], filter: SessionsFilter): readonly ListedSession[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return sessions.filter((session) =>
    words.every((word) => session.text.includes(word)) &&
    (filter.cache.length === 0 || filter.cache.includes(session.cache.state)) &&
    (filter.costAbove === undefined || session.cost.usd >= filter.costAbove) &&
    (!filter.onlyMisses || (session.misses ?? 0) > 0) &&
    (!filter.onlySubagents || session.subagents > 0)
  );
}

/** Columns that the list has, each of which it can be sorted by, in the order in which they stand. */
export const COLUMN_KEYS = Object.keys(LIST_COLUMNS) as readonly ColumnKey[];

/** Shown where nobody chose. A title has its project beside it, and both name a session better than its id. */
export const FIRST_COLUMNS: readonly ColumnKey[] = COLUMN_KEYS.filter((key) =>
  !["project", "tokens", "session", "trace"].includes(key)
);

/** `cols=last,title,cost`, in the list's own order. @param kept What was chosen last, in the same form */
export function readColumns(query: Query, kept: string | undefined): readonly ColumnKey[] {
  const named = (text: string | undefined) => {
    const names = text?.split(",") ?? [];
    return COLUMN_KEYS.filter((key) => names.includes(key));
  };
  return [named(query["cols"]), named(kept), FIRST_COLUMNS].find(({ length }) => length > 0)!;
}

/** Columns after one was switched; the last one that is left stays. */
export function switchColumn(shown: readonly ColumnKey[], key: ColumnKey): readonly ColumnKey[] {
  const next = COLUMN_KEYS.filter((each) => shown.includes(each) !== (each === key));
  return next.length === 0 ? shown : next;
}

/** What the list is ordered by, and which way. */
export interface Sorting {
  readonly by: ColumnKey;
  /** Smallest, earliest or first of the alphabet on top. */
  readonly isUp: boolean;
}

/** `sort=cost`, `sort=title:up`. */
export function readSorting(query: Query): Sorting {
  const [name, way] = (query["sort"] ?? "last").split(":");
  const by = COLUMN_KEYS.find((key) => key === name) ?? "last";
  return { by, isUp: way === "up" || (way !== "down" && isText(by)) };
}

/** What the address has after a click on the head of a column: the other way round where it is the one already. */
export function switchSorting({ by, isUp }: Sorting, clicked: ColumnKey): string {
  const next = clicked === by ? !isUp : isText(clicked);
  return `${clicked}:${next ? "up" : "down"}`;
}

function isText(key: ColumnKey): boolean {
  return LIST_COLUMNS[key].holds === "words";
}

/** Sessions with the same value stay as they came. */
export function orderSessions(sessions: readonly ListedSession[], { by, isUp }: Sorting): readonly ListedSession[] {
  const values = sessions.map((session) => LIST_COLUMNS[by].value(session));
  const places = [...sessions.keys()];
  const way = isUp ? 1 : -1;
  places.sort((a, b) => {
    const [one, other] = [values[a], values[b]];
    if (one === other) return a - b;
    if (one === undefined) return 1;
    if (other === undefined) return -1;
    return (one < other ? -1 : 1) * way;
  });
  return places.map((place) => sessions[place]!);
}
