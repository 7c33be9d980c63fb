/**
 * The price book: the built-in lists, with the user's own prices over them. This file reads the first list, that of
 * `@pydantic/genai-prices`; where the second comes in, and what follows from both, is price_rules.ts.
 *
 * Answers only what is certain. Providers are mapped by name, a model must be the one that its row means, and what is not
 * known stays undefined. Opens no file and never asks the network: prices are those of the pinned packages. Why these, and
 * which rows are not trusted: docs/adr/0002-price-data.md and 0008-second_price_list.md.
 */
import type { calcPrice, findProvider, ModelInfo, ModelPrice, TieredPrices } from "@pydantic/genai-prices";
import type { EpochMs, ModelRef } from "../../core/model.ts";
import { readModelName } from "../../core/model_name.ts";
import { PRICES_AS_OF } from "../../core/cost/price_release.ts";
import { costOfResponse, costOfUsage, knowsTerms, type PriceTable, type Rate } from "../../core/cost/price_table.ts";
import type { PriceBook } from "../../core/cost/cost.ts";
import { rowMeansModel } from "./match_model.ts";
import { ScheduleCache } from "./known_schedules.ts";
import { DAY_MS, modulo, type PriceSchedule, tableAt } from "./price_schedule.ts";
import { parsePriceOverrides, type PriceOverrides, type ProviderOverride } from "./own_prices.ts";
import { priceBookVersion } from "./price_version.ts";
import { type FindListed, findPublicPrice } from "./price_rules.ts";
import { addTerms } from "./price_terms.ts";

/** The two functions of the package that are used. */
interface Library {
  readonly calcPrice: typeof calcPrice;
  readonly findProvider: typeof findProvider;
}

/**
 * Provider ids of the logs, and what the price data calls them. Only providers that bill by the token at public prices;
 * `openai-codex` is a plan's share of the same models, priced at what the tokens would cost. Left out on purpose:
 * `github-copilot` and `google-gemini-cli` (plans that are not billed by these prices), `opper` (no public list in the
 * data), and every name that users make up.
 */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["anthropic", "anthropic"],
  ["openai", "openai"],
  ["openai-codex", "openai"],
  ["azure", "azure"],
  ["azure-openai", "azure"],
  ["azure-openai-responses", "azure"],
  ["google", "google"],
  ["google-generative-ai", "google"],
  ["google-vertex", "google"],
  ["amazon-bedrock", "aws"],
  ["openrouter", "openrouter"],
  ["groq", "groq"],
  ["mistral", "mistral"],
  ["deepseek", "deepseek"],
  ["xai", "x-ai"],
  ["fireworks", "fireworks"],
  ["together", "together"],
  ["cerebras", "cerebras"],
  ["moonshotai", "moonshotai"],
  ["minimax", "minimax"],
  ["zai", "zai"],
]);

/** Whose list prices hold at a provider that resells: there the data looks further when its own rows know no match. */
const RESOLD: ReadonlyMap<string, readonly string[]> = new Map([
  ["azure", ["openai"]],
  ["google", ["anthropic"]],
]);

/**
 * Rows that contradict the vendor's own list or a second catalogue, by `<provider>/<model>`. The reasons are in
 * docs/adr/0002-price-data.md, to be gone through again with each new version of the package.
 */
const NOT_TRUSTED: readonly RegExp[] = [
  /^aws\/(?:eu|jp)\.amazon\.nova-2/,
  /^deepseek\/deepseek-(?:chat|reasoner|r1)/,
  /^groq\/openai\/gpt-oss-safeguard/,
  /^(?:openai|azure)\/(?:.*\/)?gpt-oss/,
  /^mistral\/(?:mistral-large|mistral-small|codestral|magistral-(?:medium|small))-latest$/,
  /^mistral\/(?:labs-|open-mistral-nemo|pixtral-12b)/,
  // Models that many hosts serve cost what the host asks, and the log does not name it.
  /^openrouter\/(?!(?:anthropic|openai|x-ai)\/|.*:free$)/,
  /^openrouter\/anthropic\/claude-3/,
  /^openrouter\/openai\/(?:gpt-oss|gpt-5\.6-sol|gpt-4o(?:-20|:|$))/,
  /^openrouter\/x-ai\/grok-(?:4\.20|4\.3|build)/,
  /^zai\/glm-5\.3-flash$/,
];

/**
 * Loads the price data and puts the user's prices over it. Takes some 50 ms: to be called only once a turn needs it.
 *
 * @param overridesText The text of `prices.json`; see `parsePriceOverrides`. Entries that are not valid are left out.
 */
export async function loadPriceBook(overridesText: string | undefined): Promise<ListedPriceBook> {
  const { overrides } = parsePriceOverrides(overridesText);
  const [library, version] = await Promise.all([
    import("@pydantic/genai-prices"),
    priceBookVersion(overridesText),
  ]);
  const schedules = new ScheduleCache((model) =>
    findSchedule(model, overrides, (provider, model) => findListedSchedule(provider, model, library)) ?? undefined
  );
  return {
    version,
    date: PRICES_AS_OF,
    scheduleOf: (model) => schedules.get(model),
    costOf(model, usage, at, how) {
      const schedule = schedules.get(model);
      const table = schedule && tableAt(schedule, at);
      return table && (how === undefined ? costOfUsage(table, usage) : costOfResponse(table, usage, how));
    },
    knowsTerms(model, at, terms) {
      const schedule = schedules.get(model);
      const table = schedule && tableAt(schedule, at);
      return table !== undefined && knowsTerms(table, terms);
    },
  };
}

/** A price book that also says all that it knows of a model. */
export interface ListedPriceBook extends PriceBook {
  /** Changes whenever the book may answer differently, so that stored figures can be told from current ones. */
  readonly version: string;
  /** Day of the price data, `YYYY-MM-DD`. */
  readonly date: string;
  /** Undefined when no price is known. */
  scheduleOf(model: ModelRef): PriceSchedule | undefined;
}

/**
 * A model listed by the user comes first, then the provider that `sameAs` names, then the user's `*`, then the lists. With
 * all that is known of searches, regions and tiers.
 *
 * @param listed What the first list says of a model
 * @returns null when it has no price, undefined when the first list has to be loaded to say so
 */
export function findSchedule(
  model: ModelRef,
  overrides: PriceOverrides,
  listed: FindListed,
): PriceSchedule | null | undefined {
  const found = findRates(model, overrides, listed, []);
  return found && addTerms(found, model);
}

function findRates(
  { provider, model }: ModelRef,
  overrides: PriceOverrides,
  listed: FindListed,
  visited: readonly string[],
): PriceSchedule | null | undefined {
  const own = overrides.get(provider);
  const table = own && findOwnPrice(own, model);
  if (table !== undefined) return { lists: [{ table }] };
  if (own?.sameAs !== undefined && own.sameAs !== provider && !visited.includes(own.sameAs)) {
    const same = findRates({ provider: own.sameAs, model }, overrides, listed, [...visited, provider]);
    if (same !== null) return same;
  }
  const catchAll = own?.models.get("*");
  return catchAll === undefined ? findPublicPrice(provider, model, listed) : { lists: [{ table: catchAll }] };
}

/** By the id as it was logged, then by the model's own name: `claude-opus-5-5` is meant with `[1m]` as well. */
function findOwnPrice({ models }: ProviderOverride, model: string): PriceTable | undefined {
  const exact = models.get(model.toLowerCase());
  if (exact !== undefined || models.size === 0) return exact;
  const { name, isFast, isFree } = readModelName(model);
  return isFree ? undefined : models.get(isFast ? `${name}-fast` : name);
}

/** What the first list says of a model under this very name. For who looks names up beforehand. */
export async function loadListedPrices(): Promise<(provider: string, model: string) => PriceSchedule | null> {
  const library = await import("@pydantic/genai-prices");
  return (provider, model) => findListedSchedule(provider, model, library);
}

/** What the data call a provider; undefined for one that they have no prices of. */
export function listedName(provider: string): string | undefined {
  return PROVIDERS.get(provider);
}

function findListedSchedule(provider: string, model: string, library: Library): PriceSchedule | null {
  const providerId = PROVIDERS.get(provider);
  if (providerId === undefined) return null;
  // The package only shows its search as a part of a calculation; the time does not matter to which row is found.
  const row = library.calcPrice({}, model, { providerId, timestamp: new Date(0) })?.model;
  if (row === undefined || !rowMeansModel(row.match, model)) return null;
  const lists = [providerId, ...(RESOLD.get(providerId) ?? [])];
  if (!lists.some((id) => library.findProvider({ providerId: id })?.models.includes(row))) return null;
  const name = `${providerId}/${model.toLowerCase().trim()}`;
  if (NOT_TRUSTED.some((pattern) => pattern.test(name))) return null;
  return scheduleOf(row, name.endsWith(":free"));
}

/**
 * Reads a row. Of several lists the last one counts that holds at a time. A list for certain hours follows the list
 * whose prices it changes, so that it starts no earlier than that one.
 */
function scheduleOf({ prices }: ModelInfo, free: boolean): PriceSchedule {
  if (!Array.isArray(prices)) return { lists: [{ table: tableOf(prices, free) }] };
  let since: EpochMs | undefined;
  const lists = prices.map((list) => {
    const constraint = list.constraint;
    if (constraint?.type === "start_date") since = Date.parse(constraint.start_date);
    const hours = constraint?.type === "time_of_date"
      ? { start: timeOfDay(constraint.start_time), end: timeOfDay(constraint.end_time) }
      : undefined;
    return { since, hours, table: tableOf(list.prices, free) };
  });
  return { lists };
}

/** @param time As `HH:MM:SSZ`, or with an offset. */
function timeOfDay(time: string): number {
  return modulo(Date.parse(`1970-01-01T${time}`), DAY_MS);
}

/**
 * Reads a price list. An empty one means free for OpenRouter's `:free` variants, and elsewhere that the price was not
 * listed, or is not by the token.
 */
function tableOf(prices: ModelPrice, free: boolean): PriceTable | undefined {
  if (prices.input_mtok === undefined && prices.output_mtok === undefined) {
    return free && Object.keys(prices).length === 0 ? { input: 0, output: 0 } : undefined;
  }
  return {
    input: rateOf(prices.input_mtok),
    output: rateOf(prices.output_mtok),
    cacheRead: rateOf(prices.cache_read_mtok),
    cacheWrite: rateOf(prices.cache_write_mtok),
    cacheWrite1h: rateOf(prices.cache_write_1h_mtok),
  };
}

function rateOf(price: number | TieredPrices | undefined): Rate | undefined {
  if (price === undefined || typeof price === "number") return price;
  const tiers = price.tiers.map(({ start, price }) => ({ above: start, usdPerMillion: price }));
  return { base: price.base, tiers: tiers.sort((a, b) => a.above - b.above) };
}
