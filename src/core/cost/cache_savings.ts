/**
 * What caching saved: what turns would have cost with all of their prompts sent as plain input, less what they cost. Below
 * zero where writing to the cache cost more than reading from it saved.
 */
import {
  type EpochMs,
  type ModelRef,
  promptTokens,
  type Tokens,
  type TokenUsage,
  type Turn,
  type Usd,
} from "../model.ts";
import { addAmounts } from "./add_amounts.ts";
import { isRepeated } from "../turn_evidence.ts";
import type { PriceBook } from "./cost.ts";
import { isReported, reportedUsd } from "./cost.ts";

/**
 * Of one turn. By what a gateway says that it was; else by what its tool wrote down for each kind of token, where it did; else by the book, whose relation of the
 * two holds for a discount as well.
 *
 * @param usd What it cost
 * @param book Knows the turn's model, unless `needsSavingsPrice` and `needsPrice` are false
 * @returns undefined where it is not known
 */
export function savedByCache(turn: Turn, usd: Usd | undefined, book: PriceBook | undefined): Usd | undefined {
  if (usd === undefined) return undefined;
  const { usage, model, at, reported, terms, evidence } = turn;
  // Who repeats a response reads no prompt, cached or not.
  if (isRepeated(turn)) return 0;
  if (evidence?.cacheDiscountUsd !== undefined) return evidence.cacheDiscountUsd;
  if (!isCached(turn) && (isReported(turn) || !terms?.hidesWrites)) return 0;
  if (isReported(turn)) {
    const saved = savedByParts(
      usage.input,
      usage.cacheRead,
      usage.cacheWrite + usage.cacheWrite1h,
      reported?.input ?? NaN,
      reported?.cacheRead ?? NaN,
      reported?.cacheWrite ?? NaN,
    );
    if (!Number.isNaN(saved)) return saved;
  }
  const listed = isReported(turn) ? book?.costOf(model, usage, at, turn) : usd;
  return savedByBook(usd, listed, book && costWithoutCache(book, model, usage, at, turn));
}

/**
 * By the list's price of the turn as it was, and without a cache.
 *
 * @param usd What it cost
 */
export function savedByBook(usd: Usd, listed: Usd | undefined, uncached: Usd | undefined): Usd | undefined {
  if (listed === undefined || uncached === undefined) return undefined;
  if (listed === usd) return addAmounts(uncached, -usd);
  return listed > 0 ? addAmounts(usd * (uncached / listed), -usd) : undefined;
}

/**
 * By what a tool wrote down: for input, for what was read from the cache, and for what was written to it.
 *
 * @param reportedInput US dollars, NaN where the tool does not say, as the two behind it
 * @returns NaN where those do not say it: plain input has no price without a token of it
 */
function savedByParts(
  input: Tokens,
  read: Tokens,
  written: Tokens,
  reportedInput: Usd,
  reportedRead: Usd,
  reportedWrite: Usd,
): Usd {
  if (!(input > 0 && reportedInput > 0)) return NaN;
  const cost = (read === 0 ? 0 : reportedRead) + (written === 0 ? 0 : reportedWrite);
  return addAmounts(reportedInput / input * (read + written), -cost);
}

/** Whether {@linkcode savedByCache} would look into the book, beside what the price itself needs. */
export function needsSavingsPrice(turn: Turn): boolean {
  return isReported(turn) && isCached(turn) && savedByCache(turn, reportedUsd(turn), undefined) === undefined;
}

/** Whether it says that a cache was read or written. */
function isCached({ usage }: Turn): boolean {
  return usage.cacheRead !== 0 || usage.cacheWrite !== 0 || usage.cacheWrite1h !== 0;
}

/** What the list says of a turn, had all of its prompt been plain input. @param how As `costOf` has it */
export function costWithoutCache(
  book: PriceBook,
  model: ModelRef,
  usage: TokenUsage,
  at: EpochMs,
  how: Pick<Turn, "requests" | "terms" | "total"> | undefined,
): Usd | undefined {
  const isPlain = how === undefined ||
    (how.requests === undefined && how.terms === undefined && how.total === undefined);
  if (isPlain && book.uncachedCostOf !== undefined) return book.uncachedCostOf(model, usage, at);
  return book.costOf(model, withoutCache(usage), at, how && uncached(how));
}

/** All of the prompt as plain input. */
function withoutCache(usage: TokenUsage): TokenUsage {
  return { input: promptTokens(usage), cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: usage.output };
}

/** What its price depends on beside its tokens, had there been no cache. */
function uncached({ requests, terms, total }: Pick<Turn, "requests" | "terms" | "total">) {
  return {
    requests: requests?.map(withoutCache),
    terms: terms?.hidesWrites ? { ...terms, hidesWrites: undefined } : terms,
    total,
  };
}
