/** Explains what became of the cached prefix at each turn of a session, and what misses cost. */
import { type CacheMiss, explainTurns, type TurnCache } from "../../../core/cache/misses.ts";
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import { lifetimeTable } from "../../../core/cache/lifetime_table.ts";
import { observeChain } from "../../../core/cache/survival.ts";
import type { EpochMs, Usd } from "../../../core/model.ts";
import { priceMisses } from "../../../core/cost/miss_cost.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { isResponse } from "../../../core/usage_total.ts";
import type { PriceSource } from "../sums/make_session.ts";

/** A turn with what became of its cached prefix, and what a miss cost. */
export interface ExplainedTurn extends SessionTurn, TurnCache {
  readonly missedUsd?: Usd;
}

/** The same of what a session's logs have, up to a time. @param all Undefined where some were deleted, as the answer is then */
export async function explainLogs(
  all: readonly SessionTurn[] | undefined,
  { now, isPast }: { readonly now: EpochMs; readonly isPast: boolean },
  learned: readonly LearnedLifetime[],
  prices: PriceSource,
): Promise<ExplainedTurn[] | undefined> {
  const wanted = isPast ? all?.filter((turn) => (turn.endedAt ?? turn.at) <= now) : all;
  return wanted && await explainSession(wanted, learned, prices);
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
  const missing: { readonly turn: (typeof explained)[number]; readonly miss: CacheMiss }[] = [];
  for (const chain of Map.groupBy(turns, ({ chain }) => chain).values()) {
    const caches = explainTurns(chain, lifetimes);
    // History copied from a parent explains the first own turn; it is not this session's to report.
    const misses = observeChain(chain, ({ counted }) => counted).misses.values();
    for (const [index, turn] of chain.entries()) {
      if (!turn.counted) continue;
      const told = { ...turn, ...caches[index]!, missedUsd: undefined };
      explained.push(told);
      if (told.outcome === "miss") missing.push({ turn: told, miss: misses.next().value! });
    }
  }
  if (missing.length > 0) {
    const book = await prices.bookFor(missing.map(({ miss }) => miss.model));
    const priced = priceMisses(missing.map(({ miss }) => miss), turns, [], book);
    for (const [index, { turn }] of missing.entries()) turn.missedUsd = priced[index]!.usd;
  }
  explained.sort((a, b) => a.at - b.at);
  return explained;
}
