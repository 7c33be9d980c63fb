/** Claude's explicit cache: five minutes or an hour from the start of the request, and anew with every hit. */
import type { DurationMs } from "../model.ts";
import { settledState } from "./settled_state.ts";
import type { CacheEvidence, CacheStrategy } from "./strategy.ts";

const FIVE_MINUTES_MS: DurationMs = 5 * 60_000;
const ONE_HOUR_MS: DurationMs = 60 * 60_000;

/** https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching, read 2026-11-20. */
const EVIDENCE: CacheEvidence = {
  basis: "Anthropic documents 5 minutes or 1 hour from the start of the request, renewed by every hit (2026-11-20). " +
    "Entries may be evicted sooner under load.",
};

/**
 * While both are alive, the lifetime shown is the one that ends first: that of the five-minute part, if there is one.
 */
export const anthropicEphemeral: CacheStrategy = {
  id: "anthropic_ephemeral",
  stateAt(anchor, now) {
    const settled = settledState(anchor);
    if (settled !== undefined) return settled;
    const idleMs = Math.max(0, now - anchor.at);
    const lifetimes: [ttlMs: DurationMs, tokens: number][] = [
      ...(anchor.tokens > anchor.oneHourTokens ? [[FIVE_MINUTES_MS, anchor.tokens] as [number, number]] : []),
      ...(anchor.oneHourTokens > 0 ? [[ONE_HOUR_MS, anchor.oneHourTokens] as [number, number]] : []),
    ];
    const alive = lifetimes.find(([ttlMs]) => idleMs < ttlMs);
    const [ttlMs, tokens] = alive ?? lifetimes.at(-1)!;
    const lifetime = { ttlMs, expiresAt: anchor.at + ttlMs, evidence: EVIDENCE };
    return alive === undefined
      ? { state: "cold", reason: "expired", tokens: anchor.tokens, ...lifetime }
      : { state: "warm", tokens, ...lifetime };
  },
};
