/** What the tokens of one turn cost by the list: by its model, its day and the length of its prompt. */
import type { PriceBook } from "../cost/cost.ts";
import {
  type EpochMs,
  firstRequest,
  type ModelRef,
  NO_USAGE,
  type PricedTurn,
  promptTokens,
  type Tokens,
  type TokenUsage,
  type Usd,
} from "../model.ts";

/** US dollars for each token. */
export interface TurnRates {
  readonly input: Usd;
  readonly read: Usd;
  readonly write5m: Usd;
  readonly write1h: Usd;
  readonly output: Usd;
}

/** A recorded price that differs by less is the list's. */
const SAME_USD: Usd = 1e-9;

/** @returns undefined where the book does not know all of them */
function ratesAt(book: PriceBook, model: ModelRef, at: EpochMs, prompt: Tokens): TurnRates | undefined {
  const length = Math.max(1, prompt);
  const rateOf = (kind: keyof TokenUsage) => {
    const usd = book.costOf(model, { ...NO_USAGE, [kind]: length }, at);
    return usd === undefined ? NaN : usd / length;
  };
  const input = rateOf("input");
  // A million, beside a prompt of this length.
  const withOutput = book.costOf(model, { ...NO_USAGE, input: length, output: 1e6 }, at) ?? NaN;
  const rates = {
    input,
    read: rateOf("cacheRead"),
    write5m: rateOf("cacheWrite"),
    write1h: rateOf("cacheWrite1h"),
    output: (withOutput - input * length) / 1e6,
  };
  return Number.isNaN(rates.input + rates.read + rates.write5m + rates.write1h + rates.output) ? undefined : rates;
}

/** What is bought beside tokens is left out. */
export function tokensUsd({ input, cacheRead, cacheWrite, cacheWrite1h, output }: TokenUsage, rates: TurnRates): Usd {
  return input * rates.input + cacheRead * rates.read + cacheWrite * rates.write5m + cacheWrite1h * rates.write1h +
    output * rates.output;
}

/** What a written token costs, by lifetime as LIFETIMES_MS. */
export function writeRates({ write5m, write1h }: TurnRates): readonly [fiveMinutes: Usd, oneHour: Usd] {
  return [write5m, write1h];
}

/** Why a turn has no part in the replay. */
export type LeftOutReason = "no_choice" | "no_price" | "other_price";

/** A turn's rates, where they explain what it cost to a billionth of a dollar. Else why they are not used. */
export function explainPrice(
  turn: PricedTurn,
  book: PriceBook,
): { readonly rates: TurnRates; readonly otherUsd: Usd } | LeftOutReason {
  const { model, at, usage, usd, terms } = turn;
  const rates = usd === undefined ? undefined : ratesAt(book, model, at, promptTokens(firstRequest(turn)));
  if (usd === undefined || rates === undefined) return "no_price";
  // A tier or a region whose price nobody lists stands at the standard one.
  if (turn.atStandardRate) return "other_price";
  const searches = terms?.webSearches ?? 0;
  // Searches cost the same under every setting; what else a price depends on changes all rates.
  const otherUsd = searches === 0
    ? 0
    : (book.costOf(model, usage, at, { terms: { webSearches: searches } }) ?? NaN) - tokensUsd(usage, rates);
  return Math.abs(tokensUsd(usage, rates) + otherUsd - usd) < SAME_USD ? { rates, otherUsd } : "other_price";
}
