/**
 * The agent itself says when the cached prefix expires, as Copilot does of its own service: that goes before what is
 * documented of the provider, and before what was learned of it.
 */
import { inOnePiece } from "../in_one_piece.ts";
import type { EpochMs } from "../model.ts";
import { settledState } from "./settled_state.ts";
import type { CacheAnchor, CacheEvidence, CacheStrategy } from "./strategy.ts";

const EVIDENCE: CacheEvidence = { basis: inOnePiece("The agent's own log says when this cache expires.") };

/** Warm until then, cold from then on. Of an anchor with `expiresAt`. */
export const recordedExpiry: CacheStrategy = {
  id: "recorded",
  stateAt(anchor, now) {
    const settled = settledState(anchor);
    if (settled !== undefined) return settled;
    const { tokens, at } = anchor;
    const expiresAt = expiryOf(anchor);
    const lifetime = { tokens, ttlMs: Math.max(0, expiresAt - at), expiresAt, evidence: EVIDENCE };
    return now < expiresAt ? { state: "warm", ...lifetime } : { state: "cold", reason: "expired", ...lifetime };
  },

  // A request cannot be of later than its answer's expiry, but a log may say so.
  coldFrom: (anchor) => Math.max(anchor.at, expiryOf(anchor)),

  sayBriefly: () => "recorded by the agent",
};

function expiryOf({ at, expiresAt = at }: CacheAnchor): EpochMs {
  return expiresAt;
}
