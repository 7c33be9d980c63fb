/** Several records of a log may show one response: what they say together. Pure. */
import type { RecordedTurn, TurnDraft } from "../../agents/source.ts";

/**
 * One turn out of two records of a log that show it. Early records of a response may hold estimates, so that the later one
 * speaks; what it leaves out is as the earlier one had it.
 *
 * @param earlier As the log shows them: `later` stands behind it
 * @param later Becomes the turn: most lines of a log repeat a response, and a new object for each is what takes time
 */
export function mergeTurns(earlier: RecordedTurn, later: TurnDraft): RecordedTurn {
  later.chain = earlier.chain;
  if (earlier.at < later.at) later.at = earlier.at;
  if (earlier.endedAt !== undefined && !(later.endedAt !== undefined && later.endedAt >= earlier.endedAt)) {
    later.endedAt = earlier.endedAt;
  }
  if (earlier.requestedTtlMs !== undefined) later.requestedTtlMs = earlier.requestedTtlMs;
  if (earlier.afterCompaction) later.afterCompaction = true;
  if (earlier.keepsWarm) later.keepsWarm = true;
  // A turn is a copy, of the background or a replay when all of its records are.
  if (later.copied && !earlier.copied) later.copied = undefined;
  if (later.background && !earlier.background) later.background = undefined;
  if (later.replay && !earlier.replay) later.replay = undefined;
  if (later.unrequested && !earlier.unrequested) later.unrequested = undefined;
  for (const field of KEPT) {
    if (earlier[field] !== undefined && later[field] === undefined) keepField(field, earlier, later);
  }
  if (earlier.originalKey !== undefined) later.originalKey = earlier.originalKey;
  if (earlier.replayKey !== undefined) later.replayKey = earlier.replayKey;
  if (earlier.sessionId !== undefined) later.sessionId = earlier.sessionId;
  if (earlier.delegation !== undefined) later.delegation = earlier.delegation;
  return later;
}

const KEPT = ["requests", "terms", "reported", "missReason", "cacheExpiresAt"] as const;

function keepField<Field extends keyof TurnDraft>(field: Field, from: RecordedTurn, to: TurnDraft): void {
  to[field] = from[field];
}
