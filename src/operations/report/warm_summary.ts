/** What all warm caches come to: how many, what is at stake, when the next goes cold, and when the last one did. */
import { strategyOf } from "../../core/cache/strategies.ts";
import { addAllCosts, NO_COST } from "../../core/cost/cost.ts";
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import { lossOf, mayBeCached, type SessionReport } from "../../core/session_report.ts";
import { type Money, usdCell } from "./cells.ts";
import { formatCountdown, formatRelative } from "./format.ts";
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

/** How late a session's cache goes cold at most, where somebody's history taught it. Documented ones last a day. */
const LONGEST_MS: DurationMs = 7 * 24 * 60 * 60_000;

/** @param reports All that are meant: of hidden projects none, if they are not shown */
export function summarizeWarm(reports: readonly SessionReport[]): WarmSummary {
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
export function coldAtOf({ cache, cacheBasis: { anchor } }: SessionReport): EpochMs | undefined {
  // What is lost whatever the clock says has no end, nor has what nothing is known of.
  if (anchor === undefined || cache.expiresAt === undefined) return undefined;
  const learned = cache.evidence?.coldFromMs;
  return strategyOf(anchor).coldFrom(anchor) ?? (learned === undefined ? undefined : anchor.at + learned);
}

/** A session's cache is read where it may change the answer: of thousands that were cold long ago few are. */
function findLastCold(reports: readonly SessionReport[]): EpochMs | undefined {
  let last: EpochMs | undefined;
  for (const report of reports.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0))) {
    if (last !== undefined && (report.lastActivityAt ?? 0) + LONGEST_MS < last) break;
    if (report.isDeleted === true || report.cache.state !== "cold") continue;
    const at = coldAtOf(report);
    if (at !== undefined && (last === undefined || at > last)) last = at;
  }
  return last;
}

/** `14 caches warm, $7.27 at stake in their next requests; the next goes cold in 27s. 2 more may be warm.` */
export function warmLine(summary: WarmSummary, now: EpochMs, money: Money = {}): string {
  const { warm, maybe, atStakeUsd, unpriced, nextExpiry, lastColdAt } = summary;
  if (warm === 0) {
    const first = maybe === 0 ? "No cache is warm" : `No cache is warm for certain, ${maybe} may be`;
    return lastColdAt === undefined
      ? `${first}.`
      : `${first}. The last one went cold ${formatRelative(lastColdAt, now)}.`;
  }
  const request = warm === 1 ? "its next request" : "their next requests";
  const sum = usdCell(atStakeUsd, money).text + (unpriced > 0 && atStakeUsd !== undefined ? "+" : "");
  const next = nextExpiry === undefined
    ? ""
    : `; ${warm === 1 ? "it" : "the next"} goes cold in ${formatCountdown(nextExpiry - now)}`;
  const more = maybe === 0 ? "" : ` ${maybe} more may be warm.`;
  return `${countOf(warm, "cache")} warm, ${sum} at stake in ${request}${next}.${more}`;
}
