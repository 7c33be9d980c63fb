/** What all warm caches come to: how many, what is at stake, when the next goes cold, and when the last one did. */
import { strategyOf } from "../../core/cache/strategies.ts";
import { addAllCosts, NO_COST } from "../../core/cost/cost.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { type CacheReport, lossOf, mayBeCached, type SessionReport } from "../../core/session_report.ts";
import type { Cell } from "../contract/view.ts";
import { cacheCell } from "./cells.ts";
import type { Clock } from "./clock_input.ts";
import { formatTime } from "./format.ts";
import type { SessionJson } from "./schemas.ts";
import type { WarmSummary } from "./warm_text.ts";

/** What a session's cache is told by. */
export type CachedSession = Pick<
  SessionReport,
  "cache" | "cacheBasis" | "lastActivityAt" | "isDeleted" | "isLongCold" | "coldBy"
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
  // Worked out once: in putting thousands in order each is compared a dozen times.
  const times = reports.map(({ lastActivityAt }) => lastActivityAt ?? 0);
  for (const place of latestFirst(times)) {
    const report = reports[place]!;
    if (last !== undefined && times[place]! + LONGEST_MS < last) break;
    if (last !== undefined && (report.coldBy ?? Infinity) <= last) continue;
    if (report.isDeleted === true || report.cache.state !== "cold") continue;
    const at = coldAtOf(report);
    if (at !== undefined && (last === undefined || at > last)) last = at;
  }
  return last;
}

/** Places of times, the latest first; of those that are alike, in their order. Mostly the latest of all are enough. */
function* latestFirst(times: readonly EpochMs[]): Generator<number> {
  const recent = times.reduce((latest, time) => Math.max(latest, time), -Infinity) - 2 * LONGEST_MS;
  for (const isRecent of [true, false]) {
    const places: number[] = [];
    for (let place = 0; place < times.length; place++) if (times[place]! >= recent === isRecent) places.push(place);
    yield* places.sort((a, b) => times[b]! - times[a]!);
  }
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
