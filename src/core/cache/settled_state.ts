/** The first answer of every strategy: a prefix that was never held, or that the next request cannot match, is cold. */
import type { CacheAnchor, CacheState } from "./strategy.ts";

export function settledState(anchor: CacheAnchor): CacheState | undefined {
  const reason = anchor.lost ?? (anchor.tokens === 0 ? "never_written" : undefined);
  return reason === undefined ? undefined : { state: "cold", reason, tokens: anchor.tokens };
}
