/**
 * The worth of a cached prefix: the cost of reading it from the cache, of sending it again, and of a miss.
 *
 * Rates come from what the user's own turns were billed, as far as the tool's log says, and from the price book.
 */
import {
  type EpochMs,
  isSameModel,
  type ModelRef,
  type Tokens,
  type TokenUsage,
  type Turn,
  type Usd,
} from "../model.ts";
import { FIVE_MINUTE_WRITE_MULTIPLE, ONE_HOUR_WRITE_MULTIPLE } from "./price_table.ts";
import type { PriceBook } from "./cost.ts";

/** The kinds of token that a cached prefix can be sent as. */
export type PrefixKind = "input" | "cacheRead" | "cacheWrite" | "cacheWrite1h";

/** All of them. */
export const PREFIX_KINDS: readonly PrefixKind[] = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"];

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
  const models: GrowingRates[] = [];
  for (let place = 0; place < turns.length; place++) {
    const { model } = turns[place]!;
    if (isPaid(turns[place]!) && findRates(models, model) === undefined) {
      models.push({ provider: model.provider, model: model.model });
    }
  }
  // From the last one on: what is found first is what counts, and one rate a kind is made instead of one a turn.
  for (let place = models.length === 0 ? -1 : turns.length - 1; place >= 0; place--) {
    const turn = turns[place]!;
    if (!isPaid(turn)) continue;
    const { usage, usage: { input, cacheRead, cacheWrite, cacheWrite1h }, at } = turn;
    const reported = turn.reported!;
    const rates = findRates(models, turn.model)!;
    if (isLater(rates.input, at)) rates.input = rateOf(reported.input, input, at, usage) ?? rates.input;
    if (isLater(rates.cacheRead, at)) {
      rates.cacheRead = rateOf(reported.cacheRead, cacheRead, at, usage) ?? rates.cacheRead;
    }
    // Both kinds of write are recorded as one sum, and their prices differ.
    const wrote = reported.cacheWrite;
    if (cacheWrite1h === 0 && isLater(rates.cacheWrite, at)) {
      rates.cacheWrite = rateOf(wrote, cacheWrite, at, usage) ?? rates.cacheWrite;
    }
    if (cacheWrite === 0 && isLater(rates.cacheWrite1h, at)) {
      rates.cacheWrite1h = rateOf(wrote, cacheWrite1h, at, usage) ?? rates.cacheWrite1h;
    }
  }
  const found = models.filter((rates) => PREFIX_KINDS.some((kind) => rates[kind] !== undefined));
  return before.length === 0 ? found : mergeRates(before, found);
}

type GrowingRates = ModelRef & { -readonly [kind in PrefixKind]?: ObservedRate };

/** A recorded zero may as well mean that the tool knows no price. */
function isPaid({ reported }: Turn): boolean {
  return reported !== undefined && reported.usd > 0 && Number.isFinite(reported.usd);
}

function findRates(models: readonly GrowingRates[], model: ModelRef): GrowingRates | undefined {
  // A log has a few models, and its last turns mostly the last of them.
  for (let place = models.length - 1; place >= 0; place--) if (isSameModel(models[place]!, model)) return models[place];
  return undefined;
}

function isLater(known: ObservedRate | undefined, at: EpochMs): boolean {
  return known === undefined || at > known.at;
}

/** What a recorded figure implies of a kind of token; undefined where it says nothing. */
export function rateOf(
  usd: Usd | undefined,
  tokens: Tokens,
  at: EpochMs,
  usage: TokenUsage,
): ObservedRate | undefined {
  if (usd === undefined || !(usd > 0) || tokens <= 0) return undefined;
  return { usdPerMillion: usd * 1e6 / tokens, at, promptTokens: promptOf(usage) };
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
  const asked: RatedPrefix = { model: prefix.model, at: prefix.at, promptTokens: tokens };
  const warm = costOf([0, tokens, 0, 0], asked, rates, book);
  const cold = costOf([0, 0, tokens - oneHourTokens, oneHourTokens], asked, rates, book);
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
 *
 * @returns zero or more: where a read costs more than what it spares, nothing was to be saved. Undefined where a rate is
 * not known
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
  const asked: RatedPrefix = { model: miss.model, at: miss.at, promptTokens };
  const sent = costOf([input, 0, cacheWrite, cacheWrite1h], asked, rates, book);
  const read = costOf([0, missedTokens, 0, 0], asked, rates, book);
  return sent === undefined || read === undefined ? undefined : Math.max(0, sent - read);
}

/** A request, as far as its rates depend on it. */
interface RatedPrefix {
  readonly model: ModelRef;
  readonly at: EpochMs;
  readonly promptTokens: Tokens;
}

/** Without an object or a function for each: there are thousands of misses. @param tokens Of each of PREFIX_KINDS */
function costOf(
  tokens: readonly Tokens[],
  request: RatedPrefix,
  rates: PrefixRates | undefined,
  book: PriceBook | undefined,
): Usd | undefined {
  let millionths = 0;
  for (let kind = 0; kind < tokens.length; kind++) {
    const count = tokens[kind]!;
    if (count <= 0) continue;
    const usdPerMillion = findRate(PREFIX_KINDS[kind]!, request, rates, book);
    if (usdPerMillion === undefined) return undefined;
    millionths += usdPerMillion * count;
  }
  return millionths / 1e6;
}

/**
 * The rate of a kind of token in a request of a given day and length, in US dollars per million:
 * 1. the user's own rate for that kind. Where the book knows the model, its prices carry the rate over to another day
 *    or tier;
 * 2. the user's own input rate times what the book says the kind costs in relation to input: a discount applies to all;
 * 3. the book;
 * 4. without the book, Anthropic's multiples of the user's own input rate if one-hour writes were seen, and plain input
 *    for writes otherwise: where the log never shows a paid write, what is sent again is input.
 */
function findRate(
  kind: PrefixKind,
  request: RatedPrefix,
  rates: PrefixRates | undefined,
  book: PriceBook | undefined,
): number | undefined {
  const { model } = request;
  const own = rates?.[kind];
  // Of this very request: nothing has to be carried over.
  if (own?.at === request.at && own.promptTokens === request.promptTokens) return own.usdPerMillion;
  const listed = listRate(kind, model, request, book);
  if (own !== undefined) return own.usdPerMillion * (ratio(listed, listRate(kind, model, own, book)) ?? 1);
  const input = rates?.input;
  if (input === undefined) return listed;
  if (listed !== undefined) {
    const relative = ratio(listed, listRate("input", model, input, book));
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
}

function listRate(
  kind: PrefixKind,
  model: ModelRef,
  when: Pick<RatedPrefix, "at" | "promptTokens">,
  book: PriceBook | undefined,
): number | undefined {
  const tokens = Math.max(1, when.promptTokens);
  const usd = book?.costOf(model, usageOf(kind, tokens), when.at);
  return usd === undefined ? undefined : usd * 1e6 / tokens;
}

function usageOf(kind: PrefixKind, tokens: Tokens): TokenUsage {
  return {
    input: kind === "input" ? tokens : 0,
    cacheRead: kind === "cacheRead" ? tokens : 0,
    cacheWrite: kind === "cacheWrite" ? tokens : 0,
    cacheWrite1h: kind === "cacheWrite1h" ? tokens : 0,
    output: 0,
  };
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || a === 0 || b === 0 ? undefined : a / b;
}

function promptOf(usage: TokenUsage): Tokens {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
}
