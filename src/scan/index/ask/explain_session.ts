/** Explains what became of the cached prefix at each turn of a session, and what misses cost. */
import { explainTurns, type TurnCache } from "../../../core/cache/misses.ts";
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import { lifetimeTable } from "../../../core/cache/survival.ts";
import { firstRequest, promptTokens, type Usd } from "../../../core/model.ts";
import { followRates } from "../../../core/cost/rates_by_then.ts";
import { missCost } from "../../../core/cost/prefix_cost.ts";
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
  const explained: (SessionTurn & TurnCache & { missedUsd?: Usd })[] = [];
  for (const chain of Map.groupBy(turns, ({ chain }) => chain).values()) {
    const caches = explainTurns(chain, lifetimes);
    for (const [index, turn] of chain.entries()) {
      // History copied from a parent explains the first own turn; it is not this session's to report.
      if (turn.counted) explained.push({ ...turn, ...caches[index]!, missedUsd: undefined });
    }
  }
  explained.sort((a, b) => a.at - b.at);
  const misses = explained.filter(({ outcome }) => outcome === "miss");
  const book = misses.length === 0 ? undefined : await prices.bookFor(misses.map(({ model }) => model));
  // As the index has it of each log: by what was paid by then.
  const paid = followRates(turns);
  for (const miss of misses) {
    const { model, at, missedTokens } = miss;
    const request = firstRequest(miss);
    const { cacheWrite: wroteTokens, cacheWrite1h: wrote1h } = request;
    const lost = { model, missedTokens, at, wroteTokens, wrote1h, promptTokens: promptTokens(request) };
    miss.missedUsd = missCost(lost, paid(at).of(model), book);
  }
  return explained;
}
