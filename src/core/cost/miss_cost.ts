/** What lost caches cost, and add up to. */
import { type CacheMiss, missedTokens } from "../cache/misses.ts";
import type { EpochMs, ModelRef, Tokens, Turn, Usd } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";
import type { PriceBook } from "./cost.ts";
import { missCost, type PrefixRates } from "./prefix_cost.ts";
import { followRates } from "./rates_by_then.ts";

/**
 * The misses with what they cost, by what the user had paid by then.
 *
 * @param misses Of turns of one log, in any order
 * @param turns That log's, or all of them that are new, in order of time
 * @param before What turns before those say that was paid
 * @param book Knows the misses' models. @default prices are known by turns alone
 * @returns in the same order
 */
export function priceMisses(
  misses: readonly CacheMiss[],
  turns: readonly Turn[],
  before: readonly PrefixRates[],
  book: PriceBook | undefined,
): readonly CacheMiss[] {
  return priceInOrder(misses, followRates(turns, before), book);
}

/** The same, whatever form turns have. @param paid What was paid by a time: called with times that do not go back */
export function priceInOrder(
  misses: readonly CacheMiss[],
  paid: (at: EpochMs) => { of(model: ModelRef): PrefixRates | undefined },
  book: PriceBook | undefined,
): readonly CacheMiss[] {
  const costs = new Map<CacheMiss, Usd | undefined>();
  for (const miss of misses.toSorted((a, b) => a.at - b.at)) {
    costs.set(miss, costOfMiss(miss, paid(miss.at).of(miss.model), book));
  }
  return misses.map((miss) => {
    const usd = costs.get(miss);
    return usd === undefined ? miss : { ...miss, usd };
  });
}

function costOfMiss(miss: CacheMiss, rates: PrefixRates | undefined, book: PriceBook | undefined): Usd | undefined {
  const { model, at, cacheWrite, cacheWrite1h, promptTokens } = miss;
  return missCost(
    { model, missedTokens: missedTokens(miss), at, wroteTokens: cacheWrite, wrote1h: cacheWrite1h, promptTokens },
    rates,
    book,
  );
}

/** What lost caches add up to. */
export interface LostCaches {
  readonly misses: number;
  readonly tokens: Tokens;
  /** Of those that have a price. */
  readonly usd: Usd;
  readonly unpriced: number;
}

/** One that is added to. */
export type GrowingLosses = { -readonly [Key in keyof LostCaches]: LostCaches[Key] };

/** Of none. */
export function noLosses(): GrowingLosses {
  return { misses: 0, tokens: 0, usd: 0, unpriced: 0 };
}

/** Adds one, in place. */
export function addMissTo(sum: GrowingLosses, miss: CacheMiss): void {
  addLossesTo(sum, {
    misses: 1,
    tokens: missedTokens(miss),
    usd: miss.usd ?? 0,
    unpriced: miss.usd === undefined ? 1 : 0,
  });
}

/** Adds others, in place. */
export function addLossesTo(sum: GrowingLosses, { misses, tokens, usd, unpriced }: LostCaches): void {
  sum.misses += misses;
  sum.tokens += tokens;
  sum.usd = addAmounts(sum.usd, usd);
  sum.unpriced += unpriced;
}

/** Undefined where there are some, and none has a known price. */
export function knownLoss({ misses, usd, unpriced }: LostCaches): Usd | undefined {
  return misses > 0 && unpriced === misses ? undefined : usd;
}
