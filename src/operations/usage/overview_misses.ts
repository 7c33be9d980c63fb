/** Which session lost most to misses. Pure. */
import type { Usd } from "../../core/model.ts";
import type { PricedMiss } from "../../scan/index/ask/price_session_misses.ts";
import { addMissTo, emptyMissSum } from "../report/usage_sum.ts";

/** @returns undefined where none has a price: what nobody can price is not the dearest */
export function dearestMisses(
  lost: readonly PricedMiss[],
): { readonly sessionId: string; readonly misses: number; readonly usd: Usd } | undefined {
  let dearest: ReturnType<typeof dearestMisses>;
  for (const ofSession of Map.groupBy(lost, ({ session }) => session).values()) {
    const sum = emptyMissSum();
    for (const miss of ofSession) addMissTo(sum, miss);
    const { misses, usd } = sum;
    if (usd > (dearest?.usd ?? 0)) dearest = { sessionId: ofSession[0]!.sessionId, misses, usd };
  }
  return dearest;
}
