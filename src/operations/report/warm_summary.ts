/** What all warm caches come to: how many, what is at stake, when the next goes cold, and when the last one did. */
import { strategyOf } from "../../core/cache/strategies.ts";
import { addAllCosts, NO_COST } from "../../core/cost/cost.ts";
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import { type CacheReport, lossOf, mayBeCached, type SessionReport } from "../../core/session_report.ts";
import type { Cell } from "../contract/view.ts";
import { cacheCell, type Money, usdCell } from "./cells.ts";
import type { Clock } from "./clock_input.ts";
import { formatCountdown, formatRelative, formatTime } from "./format.ts";
import type { SessionJson } from "./schemas.ts";
import { countOf } from "./notes.ts";

/** Of caches that are there, or may be. */
export interface WarmSummary {
  /** Caches that are warm for certain. */
  readonly warm: number;
  /** Caches that may be warm: nothing of them is in the sum. */
  readonly maybe: number;
  /**
   * What the next requests of the warm ones would cost more, had they gone cold. Undefined where none of them has a price
   * that is known; zero when none is warm.
   */
  readonly atStakeUsd?: Usd;
  /** Warm caches without a known price: missing from the sum. */
  readonly unpriced: number;
  /** When the first of the warm ones goes cold. */
  readonly nextExpiry?: EpochMs;
  /** When the latest of those went cold whose time ran out. */
  readonly lastColdAt?: EpochMs;
}

/** What a session's cache is told by. */
export type CachedSession = Pick<
  SessionReport,
  "cache" | "cacheBasis" | "lastActivityAt" | "isDeleted" | "isLongCold"
>;

/** How late a session's cache goes cold at most, where somebody's history taught it. Documented ones last a day. */
const LONGEST_MS: DurationMs = 7 * 24 * 60 * 60_000;

/** @param reports All that are meant: of hidden projects none, if they are not shown */
export function summarizeWarm(reports: readonly CachedSession[]): WarmSummary {
  const held = reports.filter(mayBeCached);
  const warm = held.filter(({ cache }) => cache.state === "warm");
  const losses = warm.map(({ cache }) => lossOf(cache.resumeUsd)).filter((loss) => loss !== undefined);
  const ends = warm.map(({ cache }) => cache.expiresAt).filter((end) => end !== undefined);
  return {
    warm: warm.length,
    maybe: held.length - warm.length,
    atStakeUsd: losses.length === 0 && warm.length > 0
      ? undefined
      : addAllCosts(losses.map((usd) => ({ ...NO_COST, usd }))).usd,
    unpriced: warm.length - losses.length,
    nextExpiry: ends.length === 0 ? undefined : Math.min(...ends),
    lastColdAt: findLastCold(reports),
  };
}

/**
 * When a cache is cold at the latest: of one that may be warm, when that ends too. Undefined where nobody knows, and where
 * no clock decides.
 */
export function coldAtOf({ cache, cacheBasis: { anchor } }: CachedSession): EpochMs | undefined {
  // What is lost whatever the clock says has no end, nor has what nothing is known of.
  if (anchor === undefined || cache.expiresAt === undefined) return undefined;
  const learned = cache.evidence?.coldFromMs;
  return strategyOf(anchor).coldFrom(anchor) ?? (learned === undefined ? undefined : anchor.at + learned);
}

const RANK: Readonly<Record<CacheReport["state"], number>> = { warm: 0, maybe: 1, cold: 2, unknown: 3 };

/**
 * Where a cache stands in a list: those that end first come first, behind the warm ones those that may be; of those that are
 * cold, what was warm last. What has no known end comes last.
 */
export function placeByEnd(report: CachedSession): readonly [rank: number, at: number] {
  const { cache: { state, expiresAt }, lastActivityAt = 0 } = report;
  const rank = RANK[state];
  switch (state) {
    case "warm":
      return [rank, expiresAt ?? Number.MAX_VALUE];
    case "maybe":
      return [rank, coldAtOf(report) ?? Number.MAX_VALUE];
    case "cold":
      return [rank, -(coldAtOf(report) ?? 0)];
    case "unknown":
      return [rank, -lastActivityAt];
  }
}

/** A session's cache is read where it may change the answer: of thousands that were cold long ago few are. */
function findLastCold(reports: readonly CachedSession[]): EpochMs | undefined {
  let last: EpochMs | undefined;
  for (const report of reports.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0))) {
    if (last !== undefined && (report.lastActivityAt ?? 0) + LONGEST_MS < last) break;
    if (report.isDeleted === true || report.cache.state !== "cold") continue;
    const at = coldAtOf(report);
    if (at !== undefined && (last === undefined || at > last)) last = at;
  }
  return last;
}

/** `warm 4m 12s`, and `maybe, until 14:02`: from when on it is cold for certain. */
export function heldCell(
  { cache, coldAt }: { readonly cache: SessionJson["cache"]; readonly coldAt?: string },
  { now, timezone }: Pick<Clock, "now" | "timezone">,
): Cell {
  const cell = cacheCell(cache, now);
  if (cache.state !== "maybe") return cell;
  const until = Date.parse(coldAt ?? cache.expiresAt ?? "");
  return { ...cell, text: until > now ? `maybe, until ${formatTime(until, timezone, now)}` : "maybe" };
}

/** `$7.27 at stake`, of the warm ones; undefined where none is. */
export function stakeText({ warm, atStakeUsd, unpriced }: WarmSummary, money: Money = {}): string | undefined {
  if (warm === 0) return undefined;
  const isPart = unpriced > 0 && atStakeUsd !== undefined;
  return `${usdCell(atStakeUsd, money).text}${isPart ? "+" : ""} at stake`;
}

/** `14 caches warm, $7.27 at stake in their next requests; the next goes cold in 27s. 2 more may be warm.` */
export function warmLine(summary: WarmSummary, now: EpochMs, money: Money = {}): string {
  const { warm, maybe, nextExpiry, lastColdAt } = summary;
  if (warm === 0) {
    const first = maybe === 0 ? "No cache is warm" : `No cache is warm for certain, ${maybe} may be`;
    return lastColdAt === undefined
      ? `${first}.`
      : `${first}. The last one went cold ${formatRelative(lastColdAt, now)}.`;
  }
  const request = warm === 1 ? "its next request" : "their next requests";
  const next = nextExpiry === undefined
    ? ""
    : `; ${warm === 1 ? "it" : "the next"} goes cold in ${formatCountdown(nextExpiry - now)}`;
  const more = maybe === 0 ? "" : ` ${maybe} more may be warm.`;
  return `${countOf(warm, "cache")} warm, ${stakeText(summary, money)} in ${request}${next}.${more}`;
}
