/**
 * The price data of one scan: the built-in lists under the user's own prices, and under both what tools keep on disk.
 * Loading the lists takes longer than a scan that finds nothing new. So what was looked up once is kept in the index, what
 * the first list says of the names it holds is in a file (common_prices.ts), and the list itself is loaded only for a name
 * that neither knows.
 */
import type { Diagnostic, EpochMs, ModelRef } from "../../core/model.ts";
import {
  costOfResponse,
  costOfUsage,
  knowsTerms,
  type PriceTable,
  uncachedCostOfUsage,
} from "../../core/cost/price_table.ts";
import type { PriceBook } from "../../core/cost/cost.ts";
import { type FlatRates, flattenRates, NO_RATES } from "../../core/cost/flat_rates.ts";
import type { findCommonPrice } from "./common_prices.ts";
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import type { ListedPriceBook } from "./public_prices.ts";
import { parsePriceOverrides, type PriceOverrides } from "./own_prices.ts";
import { isOneTable, type PriceSchedule, tableAt } from "./price_schedule.ts";
import { priceBookVersion } from "./price_version.ts";
import { ScheduleCache } from "./known_schedules.ts";

/** What was looked up for a model: null when it has no price. */
export interface KnownPrice extends ModelRef {
  readonly schedule: PriceSchedule | null;
}

/** What another thread needs to have the same prices. Survives structured clone. */
export interface SharedPrices {
  readonly overridesPath: string;
  readonly overridesText: string | undefined;
  readonly disk: readonly DiskPrice[];
  readonly known: readonly KnownPrice[];
}

export class Prices {
  readonly overridesPath: string;
  readonly overridesExist: boolean;
  readonly problems: readonly Diagnostic[];
  readonly #overridesText: string | undefined;
  readonly #overrides: PriceOverrides;
  readonly #known = new ScheduleCache(() => undefined);
  readonly #news: KnownPrice[] = [];
  #disk: readonly DiskPrice[] = [];
  #lists: ListedPriceBook | undefined;
  #common: typeof findCommonPrice | undefined;
  #readKnown: (() => readonly KnownPrice[]) | undefined;

  constructor(overridesPath: string, overridesText: string | undefined) {
    this.overridesPath = overridesPath;
    this.overridesExist = overridesText !== undefined;
    this.#overridesText = overridesText;
    const { overrides, problems } = parsePriceOverrides(overridesText);
    this.#overrides = overrides;
    this.problems = problems.map((message) => ({ path: overridesPath, message }));
  }

  version(): Promise<string> {
    return priceBookVersion(this.#overridesText, this.#disk);
  }

  /** Takes prices for what the lists lack, before anything is looked up. */
  useDisk(prices: readonly DiskPrice[]): void {
    this.#disk = prices;
  }

  /** Of these, the ones of which no built-in list has a price, whatever the user's own say. */
  async pickUnlisted(prices: readonly DiskPrice[]): Promise<DiskPrice[]> {
    const lists = new Prices(this.overridesPath, undefined);
    const unlisted: DiskPrice[] = [];
    for (const price of prices) {
      // Nothing that a list knows under the provider's name may be free because it was reached through a server here.
      const isListed = price.model === "*"
        ? (await import("./catalogue_rules.ts")).isCatalogueProvider(price.provider)
        : isCertain(await lists.#lookUp(price));
      if (!isListed) unlisted.push(price);
    }
    return unlisted;
  }

  /** Says where to read what was looked up with prices of this {@linkcode version}. Called at most once, when needed. */
  remember(readKnown: () => readonly KnownPrice[]): void {
    this.#readKnown = readKnown;
  }

  /** For another thread. What that one looks up is to be given to {@linkcode learn}. */
  share(): SharedPrices {
    return {
      overridesPath: this.overridesPath,
      overridesText: this.#overridesText,
      disk: this.#disk,
      known: this.#readKnown?.() ?? [],
    };
  }

  static ofShared({ overridesPath, overridesText, disk, known }: SharedPrices): Prices {
    const prices = new Prices(overridesPath, overridesText);
    prices.useDisk(disk);
    prices.remember(() => known);
    return prices;
  }

  /** Takes in what was looked up elsewhere. */
  learn(news: readonly KnownPrice[]): void {
    for (const price of news) {
      if (this.#known.has(price)) continue;
      this.#known.set(price, price.schedule ?? undefined);
      this.#news.push(price);
    }
  }

  /** What was looked up since it was last asked. */
  takeNews(): readonly KnownPrice[] {
    return this.#news.splice(0);
  }

  /** The same book, where all of them were looked up already. */
  bookAtHand(models: readonly ModelRef[]): PriceBook | undefined {
    this.#takeKnown();
    for (const model of models) if (!this.#known.has(model)) return undefined;
    return this.#book;
  }

  #takeKnown(): void {
    if (this.#readKnown === undefined) return;
    for (const { schedule, ...model } of this.#readKnown()) this.#known.set(model, schedule ?? undefined);
    this.#readKnown = undefined;
  }

  /** A book that answers for these models, and for no others. */
  async bookFor(models: Iterable<ModelRef>): Promise<PriceBook> {
    this.#takeKnown();
    for (const model of models) {
      if (this.#known.has(model)) continue;
      const schedule = await this.#lookUp(model);
      this.#known.set(model, schedule ?? undefined);
      this.#news.push({ provider: model.provider, model: model.model, schedule });
    }
    return this.#book;
  }

  async #lookUp(model: ModelRef): Promise<PriceSchedule | null> {
    const listed = await this.#lookUpInLists(model);
    if (this.#disk.length === 0 || isCertain(listed) || (listed !== null && !this.#isElsewhere(model))) return listed;
    const { findDiskPrice } = await import("./find_disk_price.ts");
    // Under the user's other name of a provider as well.
    const visited = new Set<string>();
    for (let provider: string | undefined = model.provider; provider !== undefined && !visited.has(provider);) {
      const found = findDiskPrice(this.#disk, { ...model, provider });
      if (found !== null) return found;
      visited.add(provider);
      provider = this.#overrides.get(provider)?.sameAs;
    }
    return null;
  }

  /** Whether a tool's file says that a provider with the name of a local server is on the internet. */
  #isElsewhere({ provider }: ModelRef): boolean {
    return this.#disk.some((price) => price.provider === provider && price.model === "*" && price.table === undefined);
  }

  async #lookUpInLists(model: ModelRef): Promise<PriceSchedule | null> {
    // What finds prices is not loaded for an answer that only needs those that the index has.
    const { findSchedule, loadPriceBook } = await import("./public_prices.ts");
    if (this.#lists === undefined) {
      this.#common ??= (await import("./common_prices.ts")).findCommonPrice;
      const schedule = findSchedule(model, this.#overrides, this.#common);
      if (schedule !== undefined) return schedule;
    }
    this.#lists ??= await loadPriceBook(this.#overridesText);
    return this.#lists.scheduleOf(model) ?? null;
  }

  readonly #book: PriceBook = {
    costOf: (model, usage, at, how) => {
      const table = this.#tableAt(model, at);
      return table && (how === undefined ? costOfUsage(table, usage) : costOfResponse(table, usage, how));
    },
    uncachedCostOf: (model, usage, at) => {
      const table = this.#tableAt(model, at);
      return table && uncachedCostOfUsage(table, usage);
    },
    ratesOf: (model, since, until) => this.#ratesOf(model, since, until),
    knowsTerms: (model, at, terms) => {
      const table = this.#tableAt(model, at);
      return table !== undefined && knowsTerms(table, terms);
    },
  };

  /** Made once a table: each log asks for some. */
  readonly #rates = new Map<PriceTable, FlatRates | undefined>();

  #ratesOf(model: ModelRef, since: EpochMs, until: EpochMs): FlatRates | undefined {
    const schedule = this.#known.peek(model);
    if (schedule === undefined) return NO_RATES;
    if (!isOneTable(schedule, since, until)) return undefined;
    const table = tableAt(schedule, since);
    if (table === undefined) return NO_RATES;
    let rates = this.#rates.get(table);
    if (rates === undefined && !this.#rates.has(table)) this.#rates.set(table, rates = flattenRates(table));
    return rates;
  }

  #tableAt(model: ModelRef, at: EpochMs): PriceTable | undefined {
    const schedule = this.#known.peek(model);
    if (schedule !== undefined) return tableAt(schedule, at);
    if (!this.#known.has(model)) throw new Error(`No price was looked up for ${model.provider}/${model.model}.`);
    return undefined;
  }
}

/** Not only by the name of a provider. */
function isCertain(schedule: PriceSchedule | null): boolean {
  return schedule !== null && schedule.origin !== "local";
}
