/** Rows of the board: warm caches with what is left of them, and for a minute those that just went cold. Pure. */
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import { shortProject } from "../look.ts";

export type CacheEntry = CacheOutput["caches"][number];

/** How long a row stays that went cold. */
const GOODBYE_MS: DurationMs = 60_000;
/** From when on a row is marked as soon cold. */
export const SOON_MS: DurationMs = 60_000;

/** A cache at this moment. */
export interface BoardRow {
  readonly key: string;
  readonly entry: CacheEntry;
  readonly expiresAt: EpochMs;
  /** `soon`: less than a minute is left. `lost`: just went cold. */
  readonly state: "warm" | "soon" | "lost";
  readonly leftMs: DurationMs;
  /** Of its lifetime, 0 to 1; undefined where that is not known. */
  readonly leftShare?: number;
}

/** A session's key on the board. */
export function keyOfEntry({ source, sessionId }: Pick<CacheEntry, "source" | "sessionId">): string {
  return `${source} ${sessionId}`;
}

/**
 * Remembers warm caches, so that one that goes cold is still shown for a minute when the answer has it no more. What was
 * warm and is gone before its time (compacted, deleted, continued in another session) is forgotten at once.
 */
export function rememberWarm(
  known: ReadonlyMap<string, CacheEntry>,
  caches: readonly CacheEntry[],
  now: EpochMs,
): ReadonlyMap<string, CacheEntry> {
  const next = new Map<string, CacheEntry>();
  for (const entry of caches) {
    if (entry.cache.state === "warm" && entry.cache.expiresAt !== undefined) next.set(keyOfEntry(entry), entry);
  }
  for (const [key, entry] of known) {
    const end = endOf(entry);
    if (!next.has(key) && end <= now && end > now - GOODBYE_MS) next.set(key, entry);
  }
  return next;
}

/** Soonest to go cold first, or dearest first. */
export function boardRows(
  warm: readonly CacheEntry[],
  now: EpochMs,
  sort: "left" | "stake" = "left",
): readonly BoardRow[] {
  const rows = warm.map((entry): BoardRow => {
    const expiresAt = endOf(entry);
    const leftMs = Math.max(0, expiresAt - now);
    const { ttlMs } = entry.cache;
    return {
      key: keyOfEntry(entry),
      entry,
      expiresAt,
      leftMs,
      state: leftMs === 0 ? "lost" : leftMs < SOON_MS ? "soon" : "warm",
      leftShare: ttlMs === undefined || ttlMs <= 0 ? undefined : Math.min(1, leftMs / ttlMs),
    };
  }).filter(({ expiresAt }) => expiresAt > now - GOODBYE_MS);
  const byEnd = (a: BoardRow, b: BoardRow) => a.expiresAt - b.expiresAt || (a.key < b.key ? -1 : 1);
  const byStake = (a: BoardRow, b: BoardRow) => (b.entry.lossUsd ?? -1) - (a.entry.lossUsd ?? -1) || byEnd(a, b);
  return rows.sort(sort === "stake" ? byStake : byEnd);
}

/** What is at stake and what goes cold next: of the rows that are warm at this moment. */
export function boardSum(
  rows: readonly BoardRow[],
): { readonly warm: number; readonly atStakeUsd?: Usd; readonly unpriced: number; readonly nextExpiry?: EpochMs } {
  const warm = rows.filter(({ state }) => state !== "lost");
  const losses = warm.map(({ entry }) => entry.lossUsd).filter((usd) => usd !== undefined);
  return {
    warm: warm.length,
    atStakeUsd: losses.length === 0 && warm.length > 0 ? undefined : losses.reduce((sum, usd) => sum + usd, 0),
    unpriced: warm.length - losses.length,
    nextExpiry: warm.length === 0 ? undefined : Math.min(...warm.map(({ expiresAt }) => expiresAt)),
  };
}

/** By what the board can be grouped. */
export const GROUPS = ["none", "source", "provider", "project"] as const;
export type BoardGroup = (typeof GROUPS)[number];

/** Rows by group, in the order of their first rows. */
export function groupRows(
  rows: readonly BoardRow[],
  by: BoardGroup,
): readonly (readonly [title: string, rows: readonly BoardRow[]])[] {
  const titleOf = ({ entry: { source, cache, cwd } }: BoardRow) => {
    if (by === "source") return source;
    if (by === "provider") return cache.provider ?? "?";
    return by === "project" ? shortProject(cwd) : "";
  };
  return [...Map.groupBy(rows, titleOf)];
}

/** How it is known until when a cache is warm: `documented`, `learned from 41 pauses`, `said by the agent`. */
export function evidenceText({ strategy, evidence }: CacheEntry["cache"]): string {
  switch (strategy) {
    case "empirical_dropoff":
      return evidence?.samples === undefined ? "learned" : `learned from ${evidence.samples} pauses`;
    case "recorded":
      return "said by the agent";
    case "unknown":
      return "?";
    default:
      return "documented";
  }
}

function endOf({ cache }: CacheEntry): EpochMs {
  return Date.parse(cache.expiresAt!);
}
