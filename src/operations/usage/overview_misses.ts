/** Which session lost most of its caches. Pure. */
import { addLossesTo, type GrowingLosses, noLosses } from "../../core/cost/miss_cost.ts";
import type { Usd } from "../../core/model.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";

/** @returns undefined where none has a price: what nobody can price is not the dearest */
export function dearestMisses(
  usage: readonly Pick<UsageBucket, "session" | "sessionId" | "lost">[],
): { readonly sessionId: string; readonly misses: number; readonly usd: Usd } | undefined {
  const bySession = new Map<number, GrowingLosses & { readonly sessionId: string }>();
  for (const { session, sessionId, lost } of usage) {
    if (lost === undefined) continue;
    let sum = bySession.get(session);
    if (sum === undefined) bySession.set(session, sum = { sessionId, ...noLosses() });
    addLossesTo(sum, lost);
  }
  const [dearest] = [...bySession.values()].sort((a, b) => b.usd - a.usd);
  if (dearest === undefined || dearest.usd === 0) return undefined;
  const { sessionId, misses, usd } = dearest;
  return { sessionId, misses, usd };
}
