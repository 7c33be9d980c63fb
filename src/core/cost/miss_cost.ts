/** What lost caches cost. */
import { type CacheMiss, missedTokens } from "../cache/misses.ts";
import { isSameModel, type Usd } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";
import type { PriceBook } from "./cost.ts";
import { missCost, type PrefixRates } from "./prefix_cost.ts";

/**
 * @param rates What the user pays, as all turns of the session say
 * @param book Knows the miss's model. @default prices are known by `rates` alone
 * @returns as {@linkcode missCost}
 */
export function costOfMiss(
  miss: CacheMiss,
  rates: readonly PrefixRates[],
  book: PriceBook | undefined,
): Usd | undefined {
  const { model, at, cacheWrite, cacheWrite1h, promptTokens } = miss;
  return missCost(
    { model, missedTokens: missedTokens(miss), at, wroteTokens: cacheWrite, wrote1h: cacheWrite1h, promptTokens },
    rates.find((own) => isSameModel(own, model)),
    book,
  );
}

/** How many misses there are, and what they cost: nothing is said of that where no price is known for any of them. */
export interface SessionMisses {
  readonly misses: number;
  readonly missUsd?: Usd;
}

/** @param costs Of all misses: undefined where no price is known */
export function addMisses(costs: readonly (Usd | undefined)[]): SessionMisses {
  const known = costs.filter((usd) => usd !== undefined);
  if (costs.length > 0 && known.length === 0) return { misses: costs.length };
  return { misses: costs.length, missUsd: known.reduce(addAmounts, 0) };
}
