import type { RecordedTurn } from "./source.ts";

/**
 * One turn out of two records of a log that show it. Early records of a response may hold estimates, so that the later one
 * speaks; what it leaves out is as the earlier one had it.
 *
 * @param earlier As the log shows them: `later` stands behind it
 */
export function mergeTurns(earlier: RecordedTurn, later: RecordedTurn): RecordedTurn {
  return {
    key: earlier.key,
    at: Math.min(earlier.at, later.at),
    endedAt: maximum(earlier.endedAt, later.endedAt),
    model: later.model,
    usage: later.usage,
    requests: later.requests ?? earlier.requests,
    terms: later.terms ?? earlier.terms,
    chain: earlier.chain,
    reported: later.reported ?? earlier.reported,
    requestedTtlMs: earlier.requestedTtlMs ?? later.requestedTtlMs,
    afterCompaction: (earlier.afterCompaction ?? false) || (later.afterCompaction ?? false),
    missReason: later.missReason ?? earlier.missReason,
    copied: (earlier.copied ?? false) && (later.copied ?? false),
    originalKey: earlier.originalKey ?? later.originalKey,
    replayKey: earlier.replayKey ?? later.replayKey,
    replay: (earlier.replay ?? false) && (later.replay ?? false),
    unrequested: (earlier.unrequested ?? false) && (later.unrequested ?? false),
    sessionId: earlier.sessionId ?? later.sessionId,
    delegation: earlier.delegation ?? later.delegation,
  };
}

function maximum(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}
