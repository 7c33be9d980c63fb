/**
 * What a turn has of what a gateway says of its response (evidence.ts), for prices and caches. Apart from that, since turns
 * have it: amounts are US dollars, times milliseconds.
 */

/** Where a response came from, and what was charged for it. Unknown is absent, never zero. */
export interface TurnEvidence {
  /** Charged by the gateway. */
  readonly usd: number;
  /** Charged by the upstream itself, to a key of the person's own. */
  readonly upstreamUsd?: number;
  readonly isByok?: true;
  readonly cacheDiscountUsd?: number;
  /** Who served it, as the gateway names it. */
  readonly upstream?: string;
  readonly attempts?: readonly TurnAttempt[];
  readonly latencyMs?: number;
  readonly generationMs?: number;
  readonly tier?: string;
  readonly router?: string;
  /** As the client sent it. */
  readonly sessionId?: string;
  /** Of the response that it repeats: it then costs nothing, and reached no cache of prompts. */
  readonly replayOf?: string;
}

/** One host that was tried; the last one served it. */
export interface TurnAttempt {
  readonly provider: string;
  /** HTTP status. */
  readonly status?: number;
  readonly latencyMs?: number;
}

/** Who served it; undefined where that is not known, and for what no upstream was asked for. */
export function upstreamOf(turn: { readonly evidence?: TurnEvidence }): string | undefined {
  const { evidence } = turn;
  return evidence === undefined || isRepeated(turn) ? undefined : evidence.upstream || undefined;
}

/** Whether it is another response once more, out of the gateway's cache of responses. */
export function isRepeated({ evidence }: { readonly evidence?: TurnEvidence }): boolean {
  return evidence?.replayOf !== undefined;
}
