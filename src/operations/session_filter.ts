/** Choosing, ordering and paging sessions. Pure: works on reports. */
import { AgentError } from "../core/errors.ts";
import { type EpochMs, totalTokens } from "../core/model.ts";
import type { SessionReport } from "../core/session_report.ts";

export interface SessionFilter {
  readonly source?: readonly string[];
  readonly project?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly cache?: readonly string[];
  readonly since?: EpochMs;
  readonly until?: EpochMs;
}

/** A session passes when every given condition holds. Names are compared without regard to case. */
export function matchesFilter(report: SessionReport, filter: SessionFilter): boolean {
  const contains = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  const last = report.lastActivityAt ?? report.startedAt ?? -Infinity;
  return (filter.source === undefined || filter.source.includes(report.source)) &&
    (filter.project === undefined || matchesProject(report.cwd, filter.project)) &&
    (filter.model === undefined || report.models.some(({ model }) => contains(model, filter.model!))) &&
    (filter.provider === undefined ||
      report.models.some(({ provider }) => provider === filter.provider!.toLowerCase())) &&
    (filter.cache === undefined || filter.cache.includes(report.cache.state)) &&
    (filter.since === undefined || last >= filter.since) &&
    (filter.until === undefined || last < filter.until);
}

/** An absolute path means that directory and all below it; anything else is part of the path. */
export function matchesProject(cwd: string | undefined, project: string): boolean {
  if (cwd === undefined) return false;
  if (/^([/\\]|[A-Za-z]:)/.test(project)) {
    const directory = project.replace(/[/\\]+$/, "");
    return cwd === directory || cwd.startsWith(`${directory}/`) || cwd.startsWith(`${directory}\\`);
  }
  return cwd.toLowerCase().includes(project.toLowerCase());
}

export const SORT_KEYS = ["last", "cost", "tokens"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const SORT_VALUE: Record<SortKey, (report: SessionReport) => number> = {
  last: (report) => report.lastActivityAt ?? report.startedAt ?? -Infinity,
  cost: (report) => report.cost.usd,
  tokens: (report) => totalTokens(report.usage),
};

/** Largest first; sessions with the same value in order of their files, so that pages never overlap. */
export function sortSessions<T extends SessionReport>(reports: readonly T[], sort: SortKey): T[] {
  return reports.toSorted((a, b) => comparePlace(placeOf(a, sort), placeOf(b, sort)));
}

type Place = readonly [value: number, file: string, sessionId: string];

function placeOf(report: SessionReport, sort: SortKey): Place {
  return [SORT_VALUE[sort](report), report.file, report.sessionId];
}

function comparePlace(a: Place, b: Place): number {
  // Infinities subtract to NaN: compare instead.
  if (a[0] !== b[0]) return a[0] > b[0] ? -1 : 1;
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
  return a[2] === b[2] ? 0 : a[2] < b[2] ? -1 : 1;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/**
 * @param limit 0: all
 * @param cursor `nextCursor` of the page before: names its last session, so that new sessions move nothing
 * @throws {AgentError} usage, when the cursor is not one of ours
 */
export function takePage<T extends SessionReport>(
  sorted: readonly T[],
  sort: SortKey,
  limit: number,
  cursor: string | undefined,
): Page<T> {
  const after = cursor === undefined ? undefined : readCursor(cursor, sort);
  const rest = after === undefined ? sorted : sorted.filter((item) => comparePlace(placeOf(item, sort), after) > 0);
  if (limit === 0 || rest.length <= limit) return { items: rest };
  const items = rest.slice(0, limit);
  return { items, nextCursor: btoa(encodeURIComponent(JSON.stringify([sort, ...placeOf(items.at(-1)!, sort)]))) };
}

function readCursor(cursor: string, sort: SortKey): Place {
  try {
    const parts: unknown = JSON.parse(decodeURIComponent(atob(cursor)));
    const [cursorSort, value, file, sessionId] = Array.isArray(parts) ? parts as unknown[] : [];
    const isValue = typeof value === "number" || value === null;
    if (cursorSort === sort && isValue && typeof file === "string" && typeof sessionId === "string") {
      // JSON has no infinity: a session without any time sorts last.
      return [value ?? -Infinity, file, sessionId];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof URIError || error instanceof DOMException)) throw error;
  }
  throw new AgentError("usage", `The cursor "${cursor}" is not one of this list's.`, {
    hint: "Pass nextCursor of the page before, with the same --sort.",
  });
}

/** For each id the shortest prefix, at least `minimum` long, that no other id has. Equal ids stay whole. */
export function shortestPrefixes(ids: readonly string[], minimum = 8): Map<string, string> {
  const sorted = [...new Set(ids)].sort();
  const shared = (a: string | undefined, b: string) => {
    let length = 0;
    while (a !== undefined && length < a.length && a[length] === b[length]) length++;
    return length;
  };
  return new Map(sorted.map((id, index) => {
    const needed = Math.max(shared(sorted[index - 1], id), shared(sorted[index + 1], id)) + 1;
    return [id, id.slice(0, Math.max(minimum, needed))];
  }));
}
