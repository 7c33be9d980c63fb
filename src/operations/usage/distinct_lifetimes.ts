/** Lifetimes without those that say the same twice. Pure. */
import type { CacheOutput } from "./cache_output.ts";

/** A provider of a single model has what that has: it is left out. */
export function withoutRepeats(lifetimes: CacheOutput["lifetimes"]): CacheOutput["lifetimes"] {
  return lifetimes.filter(({ provider, model, samples }) =>
    model !== undefined ||
    !lifetimes.some((other) => other.provider === provider && other.model !== undefined && other.samples === samples)
  );
}
