/** What answers say of evidence: of a turn what a gateway said, and of many how much is known. */
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs, PricedTurn } from "../../core/model.ts";
import { upstreamOf } from "../../core/turn_evidence.ts";

/** Of a turn; nothing where nothing is known. */
export function turnEvidenceJson({ evidence, reported, usd, basis }: PricedTurn) {
  if (evidence === undefined) {
    const isBill = reported?.isBill === true && basis === "reported";
    return isBill ? { billed: { usd: usd ?? reported.usd, byok: undefined, source: "log" as const } } : {};
  }
  const { upstreamUsd, isByok, cacheDiscountUsd, attempts, tier, router, latencyMs, generationMs, replayOf } = evidence;
  const provider = upstreamOf({ evidence });
  return {
    billed: {
      usd: usd ?? evidence.usd,
      upstreamUsd,
      byok: isByok === true,
      cacheDiscountUsd,
      source: "openrouter" as const,
    },
    recordedUsd: reported !== undefined && reported.usd > 0 ? reported.usd : undefined,
    upstream: provider === undefined ? undefined : {
      provider,
      attempts: attempts?.map(({ provider, status, latencyMs }) => ({ provider, status, latencyMs })),
      tier,
      router,
      latencyMs,
      generationMs,
    },
    replayOf,
  };
}

/** How many turns can be asked about, and of how many is known what. */
export interface EvidenceKnown {
  readonly askedAt?: EpochMs;
  readonly turns: number;
  readonly found: number;
  readonly missing: number;
}

/** Undefined where there is nothing to ask. */
export function evidenceJson({ askedAt, turns, found, missing }: EvidenceKnown) {
  if (turns === 0) return undefined;
  return { askedAt: isoTime(askedAt), turns, found, missing, pending: turns - found - missing };
}
