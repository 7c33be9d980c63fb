/** Choosing, ordering and paging sessions. Pure: works on reports. */
import { folderKey, isWindowsPath, restBelow } from "../../core/folder.ts";
import { type EpochMs, totalTokens } from "../../core/model.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import type { SessionReport } from "../../core/session_report.ts";
import type { OperationContext } from "../contract/context.ts";
import { comparePlaces, type Page, type Place, takeItems } from "./paging.ts";

export interface SessionFilter {
  readonly source?: readonly string[];
  readonly project?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly cache?: readonly string[];
  readonly since?: EpochMs;
  readonly until?: EpochMs;
  /** Words, each of which stands somewhere in what names the session, in any case of letters. */
  readonly search?: string;
}

/** Those that pass, in their order. Without a condition all do, and none is looked at. */
export function filterSessions<T extends SessionReport>(reports: readonly T[], filter: SessionFilter): readonly T[] {
  const { source, project, model, provider, cache, since, until, search } = filter;
  const isAny = [source, project, model, provider, cache, since, until, search].some((part) => part !== undefined);
  return isAny ? reports.filter((report) => matchesFilter(report, filter)) : reports;
}

/** A session passes when every given condition holds. Names are compared without regard to case. */
function matchesFilter(report: SessionReport, filter: SessionFilter): boolean {
  const contains = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  const last = report.lastActivityAt ?? report.startedAt ?? -Infinity;
  return (filter.source === undefined || filter.source.includes(report.source)) &&
    (filter.project === undefined || matchesProject(report.cwd, filter.project)) &&
    (filter.since === undefined || last >= filter.since) &&
    (filter.until === undefined || last < filter.until) &&
    // Last, what may have to be read.
    (filter.model === undefined || report.models.some(({ model }) => contains(model, filter.model!))) &&
    (filter.provider === undefined ||
      report.models.some(({ provider }) => provider === filter.provider!.toLowerCase())) &&
    (filter.search === undefined || matchesSearch(report, filter.search)) &&
    (filter.cache === undefined || isInState(report, filter.cache));
}

/** Each word is found in the id, the directory, the title, a model or the trace. Without a word, every session is. */
function matchesSearch(report: SessionReport, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const has = (word: string) => (text: string | undefined) => text?.toLowerCase().includes(word) === true;
  return words.every((word) =>
    has(word)(report.sessionId) || has(word)(report.cwd) ||
    // Has to be read.
    has(word)(report.title) || report.models.some(({ model }) => has(word)(model)) || has(word)(report.traceId)
  );
}

function isInState(report: SessionReport, states: readonly string[]): boolean {
  const mayBe = report.isLongCold !== true || states.includes("cold") || states.includes("unknown");
  return mayBe && states.includes(report.cache.state);
}

/** An absolute path means that directory and all below it; anything else is part of the path. */
export function matchesProject(cwd: string | undefined, project: string): boolean {
  if (cwd === undefined) return false;
  if (/^([/\\]|[A-Za-z]:)/.test(project)) return restBelow(cwd, project) !== undefined;
  if (!isWindowsPath(cwd)) return cwd.toLowerCase().includes(project.toLowerCase());
  return folderKey(cwd).includes(project.toLowerCase().replaceAll("/", "\\"));
}

/** `.`, `..`, `./x` and `~` mean directories, by all names that they have; other text is part of a path, or a whole one. */
export function namesOfProject(typed: string, context: Pick<OperationContext, "resolvePath">): readonly string[] {
  return /^(~|\.{1,2})($|[/\\])/.test(typed) ? context.resolvePath(typed) : [typed];
}

/** What {@linkcode matchesProject} is to look for, from what was typed. */
export function resolveProject(typed: string, context: Pick<OperationContext, "resolvePath">): string {
  return namesOfProject(typed, context)[0]!;
}

export const SORT_KEYS = ["last", "cost", "tokens", "turns", "duration", "missUsd"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** What is not known comes last, behind nothing at all. */
const SORT_VALUE: Record<SortKey, (report: SessionReport) => number> = {
  last: (report) => report.lastActivityAt ?? report.startedAt ?? -Infinity,
  cost: (report) => report.cost.usd,
  tokens: (report) => totalTokens(report.usage),
  turns: (report) => isKnownAsTotals(report) ? -Infinity : report.turns,
  duration: (report) => report.durationMs ?? -Infinity,
  missUsd: (report) => report.missUsd ?? -Infinity,
};

/**
 * Largest first; sessions with the same value in order of their files, so that pages never overlap.
 *
 * @param first So many are needed in order: the others follow in any. @default all
 */
export function sortSessions<T extends SessionReport>(
  reports: readonly T[],
  sort: SortKey,
  first: number = Infinity,
): T[] {
  // One list of numbers: a place for each of a hundred thousand takes as much memory as a sixth of them.
  const values = new Float64Array(reports.length);
  for (let place = 0; place < values.length; place++) values[place] = sortValue(reports[place]!, sort);
  // Numbers alone are put in order in a tenth of the time.
  const last = first < reports.length ? values.toSorted()[Math.max(first - 1, 0)]! : NaN;
  // What is no number is after all others, so that there is no last one either.
  const isAll = Number.isNaN(last);
  const order: number[] = [];
  const rest: number[] = [];
  for (let place = 0; place < values.length; place++) (isAll || values[place]! <= last ? order : rest).push(place);
  order.sort((a, b) => {
    if (values[a] !== values[b]) return values[a]! < values[b]! ? -1 : 1;
    const [one, other] = [reports[a]!, reports[b]!];
    return comparePlaces([one.file, one.sessionId], [other.file, other.sessionId]);
  });
  return [...order, ...rest].map((place) => reports[place]!);
}

/** JSON, and so a cursor, has no infinity: a session without any time sorts last all the same. */
function sortValue(report: SessionReport, sort: SortKey): number {
  return Math.min(-SORT_VALUE[sort](report), Number.MAX_VALUE);
}

function placeOf(report: SessionReport, sort: SortKey): Place {
  return [sortValue(report, sort), report.file, report.sessionId];
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
  return takeItems(sorted, { list: sort, placeOf: (report) => placeOf(report, sort), limit, cursor });
}

/** Short forms by id, worked out for those that are asked for. */
export type ShortIds = Pick<ReadonlyMap<string, string>, "get">;

/** For each id the shortest prefix, at least `minimum` long, that no other id has. Equal ids stay whole. */
export function shortestPrefixes(ids: readonly string[], minimum = 8): ShortIds {
  // Who has all sessions ready asks for none.
  let inOrder: readonly string[] | undefined;
  // Less than that makes no difference.
  const shared = (a: string | undefined, b: string) => {
    if (a === undefined || !a.startsWith(b.slice(0, minimum))) return 0;
    let length = Math.min(minimum, b.length);
    while (length < a.length && a[length] === b[length]) length++;
    return length;
  };
  return {
    get(id) {
      const sorted = inOrder ??= ids.toSorted();
      const from = firstAtOrBehind(sorted, id);
      if (sorted[from] !== id) return undefined;
      let to = from;
      while (sorted[to] === id) to++;
      const needed = Math.max(shared(sorted[from - 1], id), shared(sorted[to], id)) + 1;
      return id.slice(0, Math.max(minimum, needed));
    },
  };
}

function firstAtOrBehind(sorted: readonly string[], id: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
