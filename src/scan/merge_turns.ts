import type { RecordedTurn } from "./source.ts";

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
