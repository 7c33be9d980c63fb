/** What all warm caches come to, in a sentence. Pure, and loads no strategy: the page says the same. */
import type { EpochMs, Usd } from "../../core/model.ts";
import { type Money, usdCell } from "./cells.ts";
import { formatCountdown, formatRelative } from "./format.ts";
import { countOf } from "./notes.ts";

/** Of caches that are there, or may be. */
export interface WarmSummary {
  /** Caches that are warm for certain. */
  readonly warm: number;
  /** Caches that may be warm: nothing of them is in the sum. */
  readonly maybe: number;
  /**
   * What the next requests of the warm ones would cost more, had they gone cold. Undefined where none of them has a price
   * that is known; zero when none is warm.
   */
  readonly atStakeUsd?: Usd;
  /** Warm caches without a known price: missing from the sum. */
  readonly unpriced: number;
  /** When the first of the warm ones goes cold. */
  readonly nextExpiry?: EpochMs;
  /** When the latest of those went cold whose time ran out. */
  readonly lastColdAt?: EpochMs;
}

/** `$7.27 at stake`, of the warm ones; undefined where none is. */
export function stakeText({ warm, atStakeUsd, unpriced }: WarmSummary, money: Money = {}): string | undefined {
  if (warm === 0) return undefined;
  const isPart = unpriced > 0 && atStakeUsd !== undefined;
  return `${usdCell(atStakeUsd, money).text}${isPart ? "+" : ""} at stake`;
}

/** `14 caches warm, $7.27 at stake in their next requests; the next goes cold in 27s. 2 more may be warm.` */
export function warmLine(summary: WarmSummary, now: EpochMs, money: Money = {}): string {
  const { warm, maybe, nextExpiry, lastColdAt } = summary;
  if (warm === 0) {
    const first = maybe === 0 ? "No cache is warm" : `No cache is warm for certain, ${maybe} may be`;
    return lastColdAt === undefined
      ? `${first}.`
      : `${first}. The last one went cold ${formatRelative(lastColdAt, now)}.`;
  }
  const request = warm === 1 ? "its next request" : "their next requests";
  const next = nextExpiry === undefined
    ? ""
    : `; ${warm === 1 ? "it" : "the next"} goes cold in ${formatCountdown(nextExpiry - now)}`;
  const more = maybe === 0 ? "" : ` ${maybe} more may be warm.`;
  return `${countOf(warm, "cache")} warm, ${stakeText(summary, money)} in ${request}${next}.${more}`;
}
