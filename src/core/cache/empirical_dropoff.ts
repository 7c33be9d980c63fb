/**
 * Providers that promise nothing useful: this user's own history says how long their cache lives, or nobody does.
 *
 * Learns nothing itself: that is survival.ts.
 */
import { inOnePiece } from "../in_one_piece.ts";
import { STICKY_MS } from "./sticky_routing.ts";
import { settledState } from "./settled_state.ts";
import type { CacheEvidence, CacheState, CacheStrategy, LearnedLifetime } from "./strategy.ts";
import { unknownLifetime } from "./unknown.ts";

/** With fewer samples than this a state is at best `maybe`. */
const SOLID_SAMPLES = 10;

const REROUTING_NOTE = "OpenRouter may route a request to another inference provider, which local logs cannot show.";

/** Warm while nine in ten survived, cold once half did not, `maybe` between; `unknown` without a fit. */
export const empiricalDropoff: CacheStrategy = {
  id: "empirical_dropoff",
  stateAt(anchor, now, lifetimes) {
    const isRouted = anchor.model.provider === "openrouter";
    const note = isRouted && anchor.served === undefined ? { note: REROUTING_NOTE } : {};
    const settled = settledState(anchor);
    if (settled !== undefined) return { ...settled, ...note };
    const learned = lifetimes.lookUp(anchor.model, anchor.upstream);
    const fit = learned?.fit;
    if (learned === undefined || fit === undefined) {
      return { ...unknownLifetime.stateAt(anchor, now, lifetimes), ...note };
    }
    const idleMs = Math.max(0, now - anchor.at);
    const shared = {
      tokens: anchor.tokens,
      ttlMs: fit.ttlMs,
      expiresAt: anchor.at + fit.ttlMs,
      evidence: evidenceOf(learned, fit),
      ...note,
    };
    if (idleMs >= fit.coldFromMs) return { state: "cold", reason: "expired", ...shared };
    const isSolid = learned.samples >= SOLID_SAMPLES;
    // What was learned at a host holds for as long as requests go there.
    const isKept = !isRouted || anchor.served === undefined || now - anchor.served.at < STICKY_MS;
    const isWarm = idleMs <= fit.warmUntilMs && isSolid && isKept;
    return { state: isWarm ? "warm" : "maybe", ...shared } satisfies CacheState;
  },

  coldFrom: () => undefined,

  sayBriefly: ({ survivals, samples, pool }, provider) =>
    `learned: ${survivals} of ${samples} pauses survived` +
    (pool === "provider" ? ` (all models at ${provider})` : ""),
};

const EVIDENCE = new WeakMap<LearnedLifetime, CacheEvidence>();

/** Made once for a lifetime: thousands of sessions share a few. */
function evidenceOf(learned: LearnedLifetime, fit: NonNullable<LearnedLifetime["fit"]>): CacheEvidence {
  let evidence = EVIDENCE.get(learned);
  if (evidence === undefined) EVIDENCE.set(learned, evidence = makeEvidence(learned, fit));
  return evidence;
}

function makeEvidence(learned: LearnedLifetime, fit: NonNullable<LearnedLifetime["fit"]>): CacheEvidence {
  const { pool, provider, samples, survivals, drops, upstream } = learned;
  const at = upstream === undefined ? provider : `${upstream} by way of ${provider}`;
  const of = pool === "model" ? `this model at ${at}` : `all models at ${at}`;
  return {
    basis: inOnePiece(`Learned from ${samples} pauses with ${of}: ${survivals} survived, ${drops} did not.`),
    samples,
    survivals,
    drops,
    warmUntilMs: fit.warmUntilMs,
    coldFromMs: fit.coldFromMs,
    pool,
  };
}
