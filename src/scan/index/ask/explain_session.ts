/** Explains what became of the cached prefix at each turn of a session, and what misses cost. */
import { explainTurns, type TurnCache } from "../../../core/cache/misses.ts";
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import { lifetimeTable } from "../../../core/cache/survival.ts";
import { firstRequest, promptTokens, type Usd } from "../../../core/model.ts";
import { missCost, ratesFromTurns } from "../../../core/cost/prefix_cost.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { isResponse } from "../../../core/usage_total.ts";
import type { PriceSource } from "../sums/make_session.ts";

/** A turn with what became of its cached prefix, and what a miss cost. */
export interface ExplainedTurn extends SessionTurn, TurnCache {
  readonly missedUsd?: Usd;
}

/** @param all All turns in the session's logs, in order of time. Those that count come back, and no totals */
export async function explainSession(
  all: readonly SessionTurn[],
  learned: readonly LearnedLifetime[],
  prices: PriceSource,
): Promise<ExplainedTurn[]> {
  const turns = all.filter(isResponse);
  const lifetimes = lifetimeTable(learned);
  const rates = ratesFromTurns(turns);
  const explained: ExplainedTurn[] = [];
  for (const chain of Map.groupBy(turns, ({ chain }) => chain).values()) {
    const caches = explainTurns(chain, lifetimes);
    for (const [index, turn] of chain.entries()) {
      const cache = caches[index]!;
      // History copied from a parent explains the first own turn; it is not this session's to report.
      if (!turn.counted) continue;
      const request = firstRequest(turn);
      const missedUsd = cache.outcome !== "miss" ? undefined : missCost(
        {
          model: turn.model,
          missedTokens: cache.missedTokens,
          at: turn.at,
          wroteTokens: request.cacheWrite,
          wrote1h: request.cacheWrite1h,
          promptTokens: promptTokens(request),
        },
        rates.find(({ provider, model }) => provider === turn.model.provider && model === turn.model.model),
        await prices.bookFor([turn.model]),
      );
      explained.push({ ...turn, ...cache, missedUsd });
    }
  }
  return explained.sort((a, b) => a.at - b.at);
}
