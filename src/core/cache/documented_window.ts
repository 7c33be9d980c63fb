/**
 * Providers that promise a least lifetime and keep prefixes longer as they can: warm within it, maybe after.
 *
 * The lifetime shown is the promised one in every state; what happened past it in earlier sessions is not asked.
 */
import type { DurationMs } from "../model.ts";
import { inOnePiece } from "../in_one_piece.ts";
import { STICKY_MS } from "./sticky_routing.ts";
import { settledState } from "./settled_state.ts";
import type { CacheEvidence, CacheStrategy } from "./strategy.ts";

/**
 * GPT-5.6 and later: `prompt_cache_options.ttl` is at least 30 minutes
 * (https://developers.openai.com/api/docs/guides/prompt-caching, 2026-11-20).
 */
const PROMISED_MS: DurationMs = 30 * 60_000;
/** The longest retention that OpenAI documents, `prompt_cache_retention: "24h"`. */
export const LONGEST_MS: DurationMs = 24 * 60 * 60_000;

const EVIDENCE: CacheEvidence = {
  basis: inOnePiece(
    "OpenAI documents at least 30 minutes after the last use for GPT-5.6 and later; the longest retention that it " +
      "documents for any model is 24 hours (2026-11-20).",
  ),
};

/** Warm for 30 minutes, `maybe` up to 24 hours, cold from then on. */
export const documentedWindow: CacheStrategy = {
  id: "documented_window",
  stateAt(anchor, now) {
    const settled = settledState(anchor);
    if (settled !== undefined) return settled;
    const idleMs = Math.max(0, now - anchor.at);
    const lifetime = {
      tokens: anchor.tokens,
      ttlMs: PROMISED_MS,
      expiresAt: anchor.at + PROMISED_MS,
      evidence: EVIDENCE,
    };
    // Whoever was sent to that host is sent there again for as long as the router keeps to it.
    const isKept = anchor.model.provider !== "openrouter" || idleMs < STICKY_MS;
    if (idleMs < PROMISED_MS) return { state: isKept ? "warm" : "maybe", ...lifetime };
    if (idleMs < LONGEST_MS) return { state: "maybe", ...lifetime, note: "Past the promised 30 minutes." };
    return { state: "cold", reason: "expired", ...lifetime };
  },

  coldFrom({ at }) {
    return at + LONGEST_MS;
  },

  documentedMs: [PROMISED_MS, LONGEST_MS],

  sayBriefly: () => "documented: at least 30 min, at most 24 h",
};
