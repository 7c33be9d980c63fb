/**
 * Claude's explicit cache: five minutes or an hour from the start of the request, and again from every hit.
 *
 * Says what is documented; that a provider may evict sooner is in the evidence, not in the state.
 */
import type { DurationMs, Tokens } from "../model.ts";
import { inOnePiece } from "../in_one_piece.ts";
import { STICKY_MS } from "./sticky_routing.ts";
import { settledState } from "./settled_state.ts";
import type { CacheEvidence, CacheStrategy } from "./strategy.ts";

const FIVE_MINUTES_MS: DurationMs = 5 * 60_000;
const ONE_HOUR_MS: DurationMs = 60 * 60_000;

/**
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching, 2026-11-20. Early evictions: issue 94177 of
 * github.com/anthropics/claude-code, comment of 2026-09-14: 2,286 returns, 8 % broken after 10 to 20 minutes, 25 % after
 * 45 to 60.
 */
const EVIDENCE: CacheEvidence = {
  basis: inOnePiece(
    "Anthropic documents 5 minutes or 1 hour from the start of the request, renewed by every hit (2026-11-20). " +
      "Not a promise: one user found 8 to 25 % of prefixes gone after 10 to 60 minutes of an hour (claude-code#94177).",
  ),
};

const ROUTED_EVIDENCE: CacheEvidence = {
  basis: inOnePiece(
    "Anthropic documents 5 minutes or 1 hour from the start of the request, renewed by every hit (2026-11-20); OpenRouter " +
      "keeps a conversation at one host until ten minutes without a request (2026-08-22).",
  ),
};
const ROUTED_NOTE =
  "OpenRouter may route a request to another host, which has nothing cached; for ten minutes it keeps to the last one.";

/**
 * While both are alive, the lifetime shown is the one that ends first: that of the five-minute part, if there is one.
 */
export const anthropicEphemeral: CacheStrategy = {
  id: "anthropic_ephemeral",
  stateAt(anchor, now) {
    const isRouted = anchor.model.provider === "openrouter";
    const note = isRouted && anchor.served === undefined ? { note: ROUTED_NOTE } : {};
    const settled = settledState(anchor);
    if (settled !== undefined) return { ...settled, ...note };
    const idleMs = Math.max(0, now - anchor.at);
    const lifetimes: [ttlMs: DurationMs, tokens: Tokens][] = [];
    if (anchor.tokens > anchor.oneHourTokens) lifetimes.push([FIVE_MINUTES_MS, anchor.tokens]);
    if (anchor.oneHourTokens > 0) lifetimes.push([ONE_HOUR_MS, anchor.oneHourTokens]);
    const alive = lifetimes.find(([ttlMs]) => idleMs < ttlMs);
    const [ttlMs, tokens] = alive ?? lifetimes.at(-1)!;
    const evidence = isRouted ? ROUTED_EVIDENCE : EVIDENCE;
    const lifetime = { ttlMs, expiresAt: anchor.at + ttlMs, evidence, ...note };
    return alive === undefined
      ? { state: "cold", reason: "expired", tokens: anchor.tokens, ...lifetime }
      : { state: isRouted && idleMs >= STICKY_MS ? "maybe" : "warm", tokens, ...lifetime };
  },

  coldFrom({ at, oneHourTokens }) {
    return at + (oneHourTokens > 0 ? ONE_HOUR_MS : FIVE_MINUTES_MS);
  },

  documentedMs: [FIVE_MINUTES_MS, ONE_HOUR_MS],

  sayBriefly: (_evidence, provider) =>
    provider === "openrouter"
      ? "documented: 5 min or 1 h, at one host for 10 min"
      : "documented: 5 min or 1 h (not a promise)",
};
