/**
 * Weighs what agents themselves add up for their sessions, when sessions changed: whether such a total is a session's own
 * depends on others, so that each answer would have to look at all of them.
 */
import { addsTotal, SessionNeighbours } from "../../../core/cost/tool_total.ts";
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import { LazyReport } from "../ask/lazy_report.ts";
import { SessionBodies } from "../ask/session_bodies.ts";
import { writeAddedTotals } from "../tables/added_totals.ts";
import type { SessionHeads } from "../tables/session_heads.ts";
import type { IndexStore } from "../tables/store.ts";

/** @param heads Of all sessions, as they are now @param paths Of logs: rows of sessions may have them as well, so that of many each is kept once */
export function weighTotals(store: IndexStore, heads: SessionHeads, paths: () => readonly string[]): void {
  if (!heads.ids.some((_, place) => heads.figures.mayCostMore(place))) return writeAddedTotals(store, []);
  const bodies = new SessionBodies(store, heads.ids, paths);
  const reports = reportNeighbours(heads, bodies);
  const neighbours = new SessionNeighbours(reports);
  const adding = reports.filter((report) => report.mayCostMore && addsTotal(report, neighbours));
  writeAddedTotals(store, adding.map(({ id, toolTotal }) => [id, toolTotal!.usd]));
}

/**
 * Those that may cost more, and all that may have been counted with them: of the same agent in the same directory, or by one
 * process, which only sessions with a total tell. To make a report of each of thousands takes longer than all else here.
 */
function reportNeighbours(heads: SessionHeads, bodies: SessionBodies): readonly LazyReport[] {
  const { ids, sources, figures } = heads;
  const directories = new Map<string, Set<string | undefined>>();
  for (const place of ids.keys()) {
    if (!figures.mayCostMore(place)) continue;
    const ofSource = directories.get(sources[place]!);
    if (ofSource === undefined) directories.set(sources[place]!, new Set([bodies.cwdOf(place)]));
    else ofSource.add(bodies.cwdOf(place));
  }
  const reports: LazyReport[] = [];
  for (const place of ids.keys()) {
    const ofSource = directories.get(sources[place]!);
    if (ofSource === undefined || !figures.hasTotal(place) && !ofSource.has(bodies.cwdOf(place))) continue;
    reports.push(new LazyReport(place, heads, bodies, NO_CLOCK));
  }
  return reports;
}

const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

/** No cache is asked for. */
const NO_CLOCK = { now: 0, lifetimes: NOTHING_LEARNED, longestLifetimeMs: 0 };
