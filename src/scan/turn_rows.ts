/** Between rows of the index and turns: the one place that knows both shapes. */
import type { ReportedCost, Turn } from "../core/model.ts";
import type { SessionTurn } from "../core/rollup.ts";
import type { TurnRow } from "./index_store.ts";
import type { RecordedTurn } from "./source.ts";

/** The turn as its log shows it: without a price, so that an old one cannot outlive the price data it came from. */
export function turnOfRow(row: TurnRow): RecordedTurn {
  return {
    ...plainTurn(row),
    copied: row.copied === 1,
    originalKey: row.original_key ?? undefined,
    replayKey: row.replay_key ?? undefined,
    replay: row.replay === 1,
  };
}

/** What is read of a row for its session's sums. */
export type SessionTurnRow = Omit<
  TurnRow,
  "seq" | "original_key" | "replay_key" | "replay" | "copied"
>;

export const SESSION_TURN_COLUMNS =
  "t.file, t.key, t.lost, t.at, t.ended_at, t.provider, t.model, t.chain, t.input, t.cache_read, t.cache_write, " +
  "t.cache_write_1h, t.output, t.reported, t.requested_ttl_ms, t.after_compaction, t.usd, t.basis";

/** The turn with its price, and whether it counts. */
export function sessionTurnOfRow(row: SessionTurnRow): SessionTurn {
  return { ...plainTurn(row), usd: row.usd ?? undefined, basis: row.basis, counted: row.lost === 0 };
}

function plainTurn(row: SessionTurnRow): Turn {
  return {
    key: row.key,
    at: row.at,
    endedAt: row.ended_at ?? undefined,
    model: { provider: row.provider, model: row.model },
    usage: {
      input: row.input,
      cacheRead: row.cache_read,
      cacheWrite: row.cache_write,
      cacheWrite1h: row.cache_write_1h,
      output: row.output,
    },
    chain: row.chain,
    reported: row.reported === null ? undefined : JSON.parse(row.reported) as ReportedCost,
    requestedTtlMs: row.requested_ttl_ms ?? undefined,
    afterCompaction: row.after_compaction === 1,
  };
}

/**
 * One turn out of two records that show it. Independent of the order in which they come, so that a log read in one pass
 * and one read line by line give the same.
 */
export function mergeTurns(a: RecordedTurn, b: RecordedTurn): RecordedTurn {
  const [first, second] = a.at <= b.at ? [a, b] : [b, a];
  return {
    key: first.key,
    at: first.at,
    endedAt: maximum(a.endedAt, b.endedAt),
    model: first.model,
    usage: {
      input: Math.max(a.usage.input, b.usage.input),
      cacheRead: Math.max(a.usage.cacheRead, b.usage.cacheRead),
      cacheWrite: Math.max(a.usage.cacheWrite, b.usage.cacheWrite),
      cacheWrite1h: Math.max(a.usage.cacheWrite1h, b.usage.cacheWrite1h),
      output: Math.max(a.usage.output, b.usage.output),
    },
    chain: first.chain,
    reported: (a.reported?.usd ?? -1) >= (b.reported?.usd ?? -1) ? a.reported ?? b.reported : b.reported,
    requestedTtlMs: first.requestedTtlMs ?? second.requestedTtlMs,
    afterCompaction: (a.afterCompaction ?? false) || (b.afterCompaction ?? false),
    copied: (a.copied ?? false) && (b.copied ?? false),
    originalKey: first.originalKey ?? second.originalKey,
    replayKey: first.replayKey ?? second.replayKey,
    replay: (a.replay ?? false) && (b.replay ?? false),
  };
}

function maximum(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}
