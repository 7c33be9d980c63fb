/**
 * The price list of one model, and what a response costs by it.
 *
 * Holds the arithmetic only: which list applies to a model on a day is decided elsewhere (the price book), and so is
 * whether the tool already wrote down what was paid (cost/cost.ts).
 */
import { addUsage, NO_USAGE, type PriceTerms, type Tokens, type TokenUsage, type Turn, type Usd } from "../model.ts";

/** A rate that depends on the size of the prompt. The whole request is billed at the rate of the tier it falls into. */
export interface TieredRate {
  /** US dollars per million tokens. */
  readonly base: number;
  /** Ascending. A tier applies to prompts of more than `above` tokens, cached ones included. */
  readonly tiers: readonly { readonly above: Tokens; readonly usdPerMillion: number }[];
}

/** US dollars per million tokens. */
export type Rate = number | TieredRate;

/** Rates by kind of token. An absent rate is unknown, not zero; see {@linkcode costOfUsage} for what stands in for it. */
export type TokenRates = { readonly [kind in keyof TokenUsage]?: Rate };

/** What one model costs. Survives JSON. */
export interface PriceTable extends TokenRates {
  /** US dollars for each search on the provider's side. */
  readonly webSearch?: Usd;
  /** What all rates of tokens are multiplied by, by `PriceTerms.region`. */
  readonly regions?: Readonly<Record<string, number>>;
  /** By `PriceTerms.tier`: what all rates of tokens are multiplied by, or rates of its own. */
  readonly serviceTiers?: Readonly<Record<string, number | TokenRates>>;
}

/**
 * A write for one hour costs twice the input price of the model, a write for five minutes 1.25 times.
 * Source: Anthropic, "Prompt caching", section "Pricing", which lists no exception; every Claude model in the price data
 * agrees (2026-09-23).
 */
export const ONE_HOUR_WRITE_MULTIPLE = 2;
export const FIVE_MINUTE_WRITE_MULTIPLE = 1.25;

/**
 * What a response costs. Where the list has no rate for a kind of token, tokens of that kind are charged as follows, so
 * that a gap in the data never makes a session look cheaper than it was:
 * - cache reads and standard cache writes as plain input. This is also how providers without such a price bill them.
 * - one-hour writes at {@linkcode ONE_HOUR_WRITE_MULTIPLE} times plain input, not at the price of a shorter write.
 *
 * @param promptTokens Length of the prompt, which decides the tier of each rate. @default what `usage` has of it
 * @returns undefined when there are input or output tokens and no such rate, or when a count is not a number of tokens
 */
export function costOfUsage(table: TokenRates, usage: TokenUsage, promptTokens?: Tokens): Usd | undefined {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
  const sent = input + cacheRead + cacheWrite + cacheWrite1h;
  const isCount = input >= 0 && cacheRead >= 0 && cacheWrite >= 0 && cacheWrite1h >= 0 && output >= 0;
  if (!isCount || !Number.isFinite(sent + output)) return undefined;
  const prompt = promptTokens ?? sent;
  // Added up one by one, without a list of them or a call for each: every turn of every log comes by here. In millionths of
  // a dollar, in which most costs are whole numbers that add up without error. NaN where tokens have no rate.
  const { input: plainRate, cacheRead: readRate, cacheWrite: writeRate, cacheWrite1h: hourRate, output: outRate } =
    table;
  const plain = (typeof plainRate === "object" ? rateAt(plainRate, prompt) : plainRate) ?? NaN;
  const read = (typeof readRate === "object" ? rateAt(readRate, prompt) : readRate) ?? plain;
  const write = (typeof writeRate === "object" ? rateAt(writeRate, prompt) : writeRate) ?? plain;
  const hour = (typeof hourRate === "object" ? rateAt(hourRate, prompt) : hourRate) ?? ONE_HOUR_WRITE_MULTIPLE * plain;
  const out = (typeof outRate === "object" ? rateAt(outRate, prompt) : outRate) ?? NaN;
  const millionths = (input === 0 ? 0 : plain * input) + (cacheRead === 0 ? 0 : read * cacheRead) +
    (cacheWrite === 0 ? 0 : write * cacheWrite) + (cacheWrite1h === 0 ? 0 : hour * cacheWrite1h) +
    (output === 0 ? 0 : out * output);
  return Number.isNaN(millionths) ? undefined : millionths / 1e6;
}

/** The same with all of the prompt as plain input. @param usage Of which {@linkcode costOfUsage} knows the cost */
export function uncachedCostOfUsage(
  table: TokenRates,
  { input, cacheRead, cacheWrite, cacheWrite1h, output }: TokenUsage,
): Usd | undefined {
  const prompt = input + cacheRead + cacheWrite + cacheWrite1h;
  const { input: plainRate, output: outRate } = table;
  const plain = (typeof plainRate === "object" ? rateAt(plainRate, prompt) : plainRate) ?? NaN;
  const out = (typeof outRate === "object" ? rateAt(outRate, prompt) : outRate) ?? NaN;
  const millionths = (prompt === 0 ? 0 : plain * prompt) + (output === 0 ? 0 : out * output);
  return Number.isNaN(millionths) ? undefined : millionths / 1e6;
}

/**
 * What a response costs with all that its price depends on. A tier or region that the table does not list costs the
 * standard rates; {@linkcode knowsTerms} tells. A total costs the base rates: it has the prompts of many requests, of
 * which nobody knows how long each was, so that what a long one costs more is not in it.
 *
 * @returns as {@linkcode costOfUsage}; undefined also for searches without a known price
 */
export function costOfResponse(
  table: PriceTable,
  usage: TokenUsage,
  { requests, terms, total }: Pick<Turn, "requests" | "terms" | "total">,
): Usd | undefined {
  if (total !== undefined) return costOfUsage(table, usage, 0);
  if (requests === undefined && terms === undefined) return costOfUsage(table, usage);
  const tier = ownMember(table.serviceTiers, terms?.tier);
  const rates = typeof tier === "object" ? tier : table;
  const factor = (typeof tier === "number" ? tier : 1) *
    (ownMember(table.regions, terms?.region) ?? 1);
  if (terms?.hidesWrites && requests === undefined) usage = withHiddenWrites(rates, usage);
  let usd: Usd | undefined;
  if (requests !== undefined && requests.length > 1 && addsUp(requests, usage)) {
    usd = 0;
    for (const request of requests) {
      const part = costOfUsage(rates, request);
      if (part === undefined) return undefined;
      usd += part;
    }
  } else usd = costOfUsage(rates, usage);
  if (usd === undefined) return undefined;
  if (factor !== 1) usd *= factor;
  const searches = terms?.webSearches ?? 0;
  if (searches === 0) return usd;
  return table.webSearch === undefined ? undefined : usd + searches * table.webSearch;
}

/** The shortest prompt that is cached by a seller who bills writes without being asked. OpenAI, "Prompt caching", 2026-11. */
const SHORTEST_CACHED_PROMPT: Tokens = 1024;

/**
 * What is not read from a cache is written to it, where writes have a price of their own: of 703,051 such tokens that Codex
 * sent to GPT-5.6 in 21 tasks, 702,443 were billed as written (aws-samples/sample-agent-cost-bench, pull request 4,
 * 2026-07). Below the shortest prompt nothing is.
 */
function withHiddenWrites(table: PriceTable, usage: TokenUsage): TokenUsage {
  const { input, cacheRead, cacheWrite } = usage;
  const isBilled = table.cacheWrite !== undefined && baseOf(table.cacheWrite) > baseOf(table.input ?? 0);
  if (!isBilled || cacheWrite > 0 || input + cacheRead < SHORTEST_CACHED_PROMPT) return usage;
  return { ...usage, input: 0, cacheWrite: input };
}

/** Whether the table has a price for the tier and the region, as far as they are not the standard. */
export function knowsTerms(table: PriceTable, { tier, region }: PriceTerms): boolean {
  return (tier === undefined || ownMember(table.serviceTiers, tier) !== undefined) &&
    (region === undefined || ownMember(table.regions, region) !== undefined);
}

/** Names come from logs: one may be called what every object has a member of. */
function ownMember<T>(members: Readonly<Record<string, T>> | undefined, name: string | undefined): T | undefined {
  return members !== undefined && name !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}

function addsUp(requests: readonly TokenUsage[], usage: TokenUsage): boolean {
  const sum = requests.reduce(addUsage, NO_USAGE);
  return sum.input === usage.input && sum.cacheRead === usage.cacheRead && sum.cacheWrite === usage.cacheWrite &&
    sum.cacheWrite1h === usage.cacheWrite1h && sum.output === usage.output;
}

/** What is asked for the shortest prompt. */
export function baseOf(rate: Rate): number {
  return typeof rate === "number" ? rate : rate.base;
}

function rateAt(rate: TieredRate, promptTokens: Tokens): number {
  let usdPerMillion = rate.base;
  for (const tier of rate.tiers) {
    if (promptTokens > tier.above) usdPerMillion = tier.usdPerMillion;
  }
  return usdPerMillion;
}
