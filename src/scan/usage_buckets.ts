/** Sums of counted turns by quarter of an hour, model and session: fine enough for any time zone, and added up by SQLite. */
import type { Cost, EpochMs, ModelRef, TokenUsage } from "../core/model.ts";
import type { IndexStore } from "./index_store.ts";

/** Every time zone in use is offset from UTC by a multiple of this. */
const QUARTER_MS = 15 * 60_000;

export interface UsageBucket {
  /** Start of the quarter of an hour. */
  readonly at: EpochMs;
  /** Row of the index. */
  readonly session: number;
  readonly source: string;
  readonly sessionId: string;
  readonly cwd?: string;
  readonly model: ModelRef;
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

export interface BucketRange {
  /** Turns at or after. */
  readonly since?: EpochMs;
  /** Turns before. */
  readonly until?: EpochMs;
  /** Leaves out turns that were not complete at this time. */
  readonly asOf?: EpochMs;
}

export function readUsageBuckets(store: IndexStore, range: BucketRange): UsageBucket[] {
  const rows = store.all<{
    quarter: number;
    session: number;
    source: string;
    sessionId: string;
    cwd: string | null;
    provider: string;
    model: string;
    turns: number;
    input: number;
    cacheRead: number;
    cacheWrite: number;
    cacheWrite1h: number;
    output: number;
    usd: number | null;
    reported: number;
    computed: number;
    unpriced: number;
  }>(
    `SELECT CAST(t.at / ${QUARTER_MS} AS INTEGER) AS quarter, f.session, s.source, s.session_id AS sessionId,
      json_extract(s.body, '$.cwd') AS cwd, t.provider, t.model, COUNT(*) AS turns, SUM(t.input) AS input,
      SUM(t.cache_read) AS cacheRead, SUM(t.cache_write) AS cacheWrite, SUM(t.cache_write_1h) AS cacheWrite1h,
      SUM(t.output) AS output, SUM(t.usd) AS usd, SUM(t.basis = 'reported') AS reported,
      SUM(t.basis = 'computed') AS computed, SUM(t.usd IS NULL) AS unpriced
      FROM turns t JOIN files f ON f.id = t.file JOIN sessions s ON s.id = f.session
      WHERE t.lost = 0 AND t.at >= ? AND t.at < ? AND COALESCE(t.ended_at, t.at) <= ?
      GROUP BY quarter, f.session, t.provider, t.model ORDER BY quarter, f.session`,
    range.since ?? -Number.MAX_SAFE_INTEGER,
    range.until ?? Number.MAX_SAFE_INTEGER,
    range.asOf ?? Number.MAX_SAFE_INTEGER,
  );
  return rows.map((row) => ({
    at: row.quarter * QUARTER_MS,
    session: row.session,
    source: row.source,
    sessionId: row.sessionId,
    cwd: row.cwd ?? undefined,
    model: { provider: row.provider, model: row.model },
    turns: row.turns,
    usage: {
      input: row.input,
      cacheRead: row.cacheRead,
      cacheWrite: row.cacheWrite,
      cacheWrite1h: row.cacheWrite1h,
      output: row.output,
    },
    cost: {
      usd: row.usd ?? 0,
      basis: row.reported > 0 ? (row.computed > 0 ? "mixed" : "reported") : row.computed > 0 ? "computed" : "none",
      unpricedTurns: row.unpriced,
    },
  }));
}
