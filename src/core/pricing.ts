/**
 * What turns cost, what a cached prefix is worth, and how far each figure can be trusted.
 *
 * A figure that the tool wrote down comes first, the price data second, and what neither knows stays unknown. Where the
 * price data comes from, and how a model is found in it, is the price book's business (scan/price_book.ts).
 */
import {
  type Cost,
  type CostBasis,
  type EpochMs,
  isSameModel,
  type ModelRef,
  NO_USAGE,
  type PricedTurn,
  type Tokens,
  type TokenUsage,
  type Turn,
  type Usd,
} from "./model.ts";
import { FIVE_MINUTE_WRITE_MULTIPLE, ONE_HOUR_WRITE_MULTIPLE } from "./price_table.ts";

/** Price data: the public list prices, with the user's own prices over them. */
export interface PriceBook {
  /**
   * @param at When the request was sent: prices change, and a turn costs what it cost on its day
   * @returns undefined when no price is known; zero only for models that are known to be free
   */
  costOf(model: ModelRef, usage: TokenUsage, at: EpochMs): Usd | undefined;
}

/** The sum of no turns. */
export const NO_COST: Cost = { usd: 0, basis: "none", unpricedTurns: 0 };

/** Whether the tool wrote down what a turn cost. Tools write zero for models they have no price for. */
function isReported(turn: Turn): boolean {
  const usd = turn.reported?.usd;
  return usd !== undefined && usd > 0 && Number.isFinite(usd);
}

function hasTokens({ usage }: Turn): boolean {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.output !== 0;
}

/** Whether {@linkcode turnCost} would look into the book. Callers load the price data only if some turn needs it. */
export function needsPrice(turn: Turn): boolean {
  return !isReported(turn) && hasTokens(turn);
}

/**
 * What a turn costs by what its tool recorded, else by the book. A recorded zero is not a price: only the book can say
 * that a model is free. A turn without tokens costs nothing, on no basis.
 */
export function turnCost(turn: Turn, book: PriceBook | undefined): Pick<PricedTurn, "usd" | "basis"> {
  if (isReported(turn)) return { usd: turn.reported!.usd, basis: "reported" };
  if (!hasTokens(turn)) return { usd: 0, basis: "none" };
  const usd = book?.costOf(turn.model, turn.usage, turn.at);
  return usd === undefined ? { basis: "none" } : { usd, basis: "computed" };
}

/** Adds two sums; {@linkcode NO_COST} changes nothing. Exact to a millionth of a millionth of a dollar. */
export function addCost(a: Cost, b: Cost): Cost {
  return {
    usd: addUsd(a.usd, b.usd),
    basis: addBasis(a.basis, b.basis),
    unpricedTurns: a.unpricedTurns + b.unpricedTurns,
  };
}

/** Adds one priced turn to a sum. */
export function addTurnCost(sum: Cost, turn: PricedTurn): Cost {
  const added = { ...sum };
  addTurnCostTo(added, turn);
  return added;
}

/** The same in place: a session may have thousands of turns. */
export function addTurnCostTo(sum: { -readonly [key in keyof Cost]: Cost[key] }, turn: PricedTurn): void {
  if (turn.usd === undefined) sum.unpricedTurns++;
  else sum.usd = addUsd(sum.usd, turn.usd);
  sum.basis = addBasis(sum.basis, turn.basis);
}

export function sumCosts(turns: readonly PricedTurn[]): Cost {
  return turns.reduce(addTurnCost, NO_COST);
}

/**
 * List prices have few decimals, so that costs do as well. Rounding each sum back to twelve of them drops the error of
 * the binary addition before it can pile up: below a thousand dollars the sum is the same in any order and grouping.
 */
function addUsd(a: Usd, b: Usd): Usd {
  return Math.round((a + b) * 1e12) / 1e12;
}

function addBasis(a: CostBasis, b: CostBasis): CostBasis {
  if (a === b || b === "none") return a;
  return a === "none" ? b : "mixed";
}

/** The kinds of token that a cached prefix can be sent as. */
type PrefixKind = "input" | "cacheRead" | "cacheWrite" | "cacheWrite1h";

const PREFIX_KINDS: readonly PrefixKind[] = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"];

/** A rate that a turn's recorded figures imply. */
export interface ObservedRate {
  readonly usdPerMillion: number;
  /** When the turn was sent, and how long its prompt was: the rate belongs to that day and to that price tier. */
  readonly at: EpochMs;
  readonly promptTokens: Tokens;
}

/** What a user really pays for the prompt tokens of one model, as far as the tool's log says. Survives JSON. */
export type PrefixRates = ModelRef & { readonly [kind in PrefixKind]?: ObservedRate };

/**
 * Derives rates from the turns that carry a recorded price, by model, in order of first appearance. Of several rates
 * for the same tokens the latest turn's counts.
 *
 * @param before Rates of the turns before these
 */
export function ratesFromTurns(
  turns: readonly Turn[],
  before: readonly PrefixRates[] = [],
): readonly PrefixRates[] {
  const models: (ModelRef & Partial<Record<PrefixKind, ObservedRate>>)[] = before.map((rates) => ({ ...rates }));
  let last: ModelRef | undefined;
  let rates: (typeof models)[number] | undefined;
  for (const { model, usage, reported, at } of turns) {
    // A recorded zero may as well mean that the tool knows no price.
    if (reported === undefined || !(reported.usd > 0) || !Number.isFinite(reported.usd)) continue;
    if (model !== last) {
      last = model;
      rates = models.find((known) => isSameModel(known, model));
    }
    if (rates === undefined) models.push(rates = { provider: model.provider, model: model.model });
    const promptTokens = promptOf(usage);
    noteRate(rates, "input", reported.input, usage.input, at, promptTokens);
    noteRate(rates, "cacheRead", reported.cacheRead, usage.cacheRead, at, promptTokens);
    // Both kinds of write are recorded as one sum, and their prices differ.
    const { cacheWrite, cacheWrite1h } = usage;
    if (cacheWrite1h === 0) noteRate(rates, "cacheWrite", reported.cacheWrite, cacheWrite, at, promptTokens);
    if (cacheWrite === 0) noteRate(rates, "cacheWrite1h", reported.cacheWrite, cacheWrite1h, at, promptTokens);
  }
  return models.filter((rates) => PREFIX_KINDS.some((kind) => rates[kind] !== undefined));
}

/** The later of each rate, by model; of two of one time the second. */
export function mergeRates(a: readonly PrefixRates[], b: readonly PrefixRates[]): readonly PrefixRates[] {
  const merged = a.map((rates) => {
    const other = b.find((other) => isSameModel(other, rates));
    if (other === undefined) return rates;
    const later: { -readonly [kind in PrefixKind]?: ObservedRate } = {};
    for (const kind of PREFIX_KINDS) {
      const [one, two] = [rates[kind], other[kind]];
      const rate = one === undefined || (two !== undefined && two.at >= one.at) ? two : one;
      if (rate !== undefined) later[kind] = rate;
    }
    return { provider: rates.provider, model: rates.model, ...later };
  });
  return [...merged, ...b.filter((rates) => !a.some((known) => isSameModel(known, rates)))];
}

function noteRate(
  rates: Partial<Record<PrefixKind, ObservedRate>>,
  kind: PrefixKind,
  usd: Usd | undefined,
  tokens: Tokens,
  at: EpochMs,
  promptTokens: Tokens,
): void {
  if (usd === undefined || !(usd > 0) || tokens <= 0 || at < (rates[kind]?.at ?? -Infinity)) return;
  rates[kind] = { usdPerMillion: usd * 1e6 / tokens, at, promptTokens };
}

/** A cached prefix, and when it would be sent again. A `CacheAnchor` is one. */
export interface CachedPrefix {
  readonly model: ModelRef;
  readonly tokens: Tokens;
  /** The part of `tokens` that was written for one hour. */
  readonly oneHourTokens: Tokens;
  readonly at: EpochMs;
}

/** What a prefix costs. A figure is absent when no rate is known for it. */
export interface PrefixCost {
  /** All of it read from the cache. */
  readonly warm?: Usd;
  /** All of it sent again: written to the cache as before where the provider bills writes, else as plain input. */
  readonly cold?: Usd;
}

/** @param rates What the user pays for `prefix.model`, where the tool's log says so. Goes before the book. */
export function prefixCost(
  prefix: CachedPrefix,
  rates: PrefixRates | undefined,
  book: PriceBook | undefined,
): PrefixCost {
  const { tokens, oneHourTokens } = prefix;
  const rateOf = rateFinder({ ...prefix, promptTokens: tokens }, rates, book);
  const warm = costOf(rateOf, { cacheRead: tokens });
  const cold = costOf(rateOf, { cacheWrite: tokens - oneHourTokens, cacheWrite1h: oneHourTokens });
  return { ...(warm === undefined ? {} : { warm }), ...(cold === undefined ? {} : { cold }) };
}

/** Prefix tokens that a turn could have read from the cache and did not. */
export interface MissedPrefix {
  readonly model: ModelRef;
  readonly missedTokens: Tokens;
  readonly at: EpochMs;
  /** `usage.cacheWrite` of the turn. */
  readonly wroteTokens: Tokens;
  /** `usage.cacheWrite1h` of the turn. */
  readonly wrote1h: Tokens;
  /**
   * Length of the turn's whole prompt, which decides the price tier.
   * @default the larger of what was missed and what was written
   */
  readonly promptTokens?: Tokens;
}

/**
 * What a miss cost: the missed tokens at the price they were really sent for, less what reading them would have cost.
 * A missed prefix was first of all written again: for an hour as far as the turn wrote for an hour (such entries stand
 * at the start of a prompt), then at the standard lifetime, and the rest was plain input.
 */
export function missCost(
  miss: MissedPrefix,
  rates: PrefixRates | undefined,
  book: PriceBook | undefined,
): Usd | undefined {
  const { missedTokens, wroteTokens, wrote1h } = miss;
  const cacheWrite1h = Math.min(missedTokens, wrote1h);
  const cacheWrite = Math.min(missedTokens - cacheWrite1h, wroteTokens);
  const input = missedTokens - cacheWrite1h - cacheWrite;
  const promptTokens = miss.promptTokens ?? Math.max(missedTokens, wroteTokens + wrote1h);
  const rateOf = rateFinder({ ...miss, promptTokens }, rates, book);
  const sent = costOf(rateOf, { cacheWrite1h, cacheWrite, input });
  const read = costOf(rateOf, { cacheRead: missedTokens });
  return sent === undefined || read === undefined ? undefined : sent - read;
}

type RateFinder = (kind: PrefixKind) => number | undefined;

function costOf(rateOf: RateFinder, tokens: { readonly [kind in PrefixKind]?: Tokens }): Usd | undefined {
  let millionths = 0;
  for (const kind of PREFIX_KINDS) {
    const count = tokens[kind] ?? 0;
    if (count <= 0) continue;
    const usdPerMillion = rateOf(kind);
    if (usdPerMillion === undefined) return undefined;
    millionths += usdPerMillion * count;
  }
  return millionths / 1e6;
}

/**
 * Finds the rate of a kind of token in a request of a given day and length, in US dollars per million:
 * 1. the user's own rate for that kind. Where the book knows the model, its prices carry the rate over to another day
 *    or tier;
 * 2. the user's own input rate times what the book says the kind costs in relation to input: a discount applies to all;
 * 3. the book;
 * 4. without the book, Anthropic's multiples of the user's own input rate if one-hour writes were seen, and plain input
 *    for writes otherwise: where the log never shows a paid write, what is sent again is input.
 */
function rateFinder(
  request: { readonly model: ModelRef; readonly at: EpochMs; readonly promptTokens: Tokens },
  rates: PrefixRates | undefined,
  book: PriceBook | undefined,
): RateFinder {
  return (kind) => {
    const listed = listRate(kind, request);
    const own = rates?.[kind];
    if (own !== undefined) return own.usdPerMillion * (ratio(listed, listRate(kind, own)) ?? 1);
    const input = rates?.input;
    if (input === undefined) return listed;
    if (listed !== undefined) {
      const relative = ratio(listed, listRate("input", input));
      return relative === undefined ? listed : input.usdPerMillion * relative;
    }
    switch (kind) {
      case "cacheRead":
        return undefined;
      case "cacheWrite1h":
        return input.usdPerMillion * ONE_HOUR_WRITE_MULTIPLE;
      default:
        return input.usdPerMillion * (rates?.cacheWrite1h === undefined ? 1 : FIVE_MINUTE_WRITE_MULTIPLE);
    }
  };

  function listRate(kind: PrefixKind, when: { readonly at: EpochMs; readonly promptTokens: Tokens }) {
    const tokens = Math.max(1, when.promptTokens);
    const usd = book?.costOf(request.model, { ...NO_USAGE, [kind]: tokens }, when.at);
    return usd === undefined ? undefined : usd * 1e6 / tokens;
  }
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || a === 0 || b === 0 ? undefined : a / b;
}

function promptOf(usage: TokenUsage): Tokens {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
}
