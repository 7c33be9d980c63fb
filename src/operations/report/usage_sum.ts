/** What usage and lost caches add up to, and how an answer shows it. */
import { addAmounts } from "../../core/cost/add_amounts.ts";
import { addCostTo, NO_COST } from "../../core/cost/cost.ts";
import { addLossesTo, type GrowingLosses, knownLoss, noLosses } from "../../core/cost/miss_cost.ts";
import {
  addUsageTo,
  cacheHitRatio,
  type Cost,
  NO_USAGE,
  type TokenUsage,
  type TotalCount,
  type Usd,
} from "../../core/model.ts";
import { addTotals } from "../../core/usage_total.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";

/** Added to in place: there may be a hundred thousand buckets. */
export interface UsageSum {
  turns: number;
  totals?: TotalCount;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  savedUsd: Usd;
  unknownSavings: number;
  readonly lost: GrowingLosses;
}

/** Of nothing. */
export function emptyUsageSum(): UsageSum {
  return {
    turns: 0,
    usage: { ...NO_USAGE },
    cost: { ...NO_COST },
    savedUsd: 0,
    unknownSavings: 0,
    lost: noLosses(),
  };
}

/** Adds usage, in place. */
export function addBucketTo(sum: UsageSum, bucket: UsageBucket): void {
  sum.turns += bucket.turns;
  if (bucket.totals !== undefined) sum.totals = addTotals(sum.totals, bucket.totals);
  addUsageTo(sum.usage, bucket.usage);
  addCostTo(sum.cost, bucket.cost);
  sum.savedUsd = addAmounts(sum.savedUsd, bucket.savedUsd);
  sum.unknownSavings += bucket.unknownSavings;
  if (bucket.lost !== undefined) addLossesTo(sum.lost, bucket.lost);
}

/** As answers show it. What nothing is known of is left out, and no zero. */
export function usageSumJson({ turns, totals, usage, cost, savedUsd, unknownSavings, lost }: UsageSum) {
  const isKnown = cost.basis !== "none" || cost.unpricedTurns === 0;
  return {
    turns,
    totals,
    usage,
    cost,
    cacheHitRatio: cacheHitRatio(usage),
    ...(isKnown ? { withoutCacheUsd: addAmounts(cost.usd, savedUsd), savedUsd } : {}),
    unknownSavings: unknownSavings === 0 ? undefined : unknownSavings,
    misses: lost.misses,
    missUsd: knownLoss(lost),
  };
}
