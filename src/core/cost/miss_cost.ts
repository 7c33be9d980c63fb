/** What lost caches cost, and add up to. */
import { type CacheMiss, missedTokens } from "../cache/misses.ts";
import type { Tokens, Turn, Usd } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";
import type { PriceBook } from "./cost.ts";
import { missCost, type PrefixRates } from "./prefix_cost.ts";
import { followPaid, type PaidTurns } from "./rates_by_then.ts";

/**
 * The misses with what they cost, by what the user had paid by then; where that is not enough to say it, by what was paid
 * first afterwards, too.
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
  return priceByPaid(misses, followPaid(turns, before), book);
}

/** The same, whatever form turns have. @param paid Undefined where nothing was paid */
export function priceByPaid(
  misses: readonly CacheMiss[],
  paid: PaidTurns | undefined,
  book: PriceBook | undefined,
): readonly CacheMiss[] {
  if (paid === undefined) return misses.map((miss) => withCost(miss, costOfMiss(miss, undefined, book)));
  const inOrder = misses.toSorted((a, b) => a.at - b.at);
  const known = new Map(inOrder.map((miss) => [miss, { ...miss.model, ...paid.until(miss.at).of(miss.model) }]));
  const costs = new Map(inOrder.map((miss) => [miss, costOfMiss(miss, known.get(miss), book)]));
  // A model's first miss may come before anything was read from its cache.
  for (const miss of inOrder.toReversed()) {
    if (costs.get(miss) !== undefined) continue;
    const later = paid.after(miss.at).of(miss.model);
    if (later !== undefined) costs.set(miss, costOfMiss(miss, { ...later, ...known.get(miss) }, book));
  }
  return misses.map((miss) => withCost(miss, costs.get(miss)));
}

function withCost(miss: CacheMiss, usd: Usd | undefined): CacheMiss {
  return usd === undefined ? miss : { ...miss, usd };
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
export function knownLoss({ misses, usd, unpriced }: Omit<LostCaches, "tokens">): Usd | undefined {
  return misses > 0 && unpriced === misses ? undefined : usd;
}
