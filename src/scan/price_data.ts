/**
 * The price data of one scan: the public list prices under the user's own. Loading the lists takes longer than a scan that
 * finds nothing new. So what was looked up once is kept in the index, what the lists say of the names they hold is in a
 * small file (common_prices.ts), and they themselves are loaded only for a name that neither knows.
 */
import type { Diagnostic, EpochMs, ModelRef } from "../core/model.ts";
import { costOfResponse, knowsTerms, type PriceTable } from "../core/price_table.ts";
import type { PriceBook } from "../core/pricing.ts";
import type { findCommonPrice } from "./common_prices.ts";
import { findSchedule, type ListedPriceBook, loadPriceBook, priceBookVersion } from "./price_book.ts";
import { parsePriceOverrides, type PriceOverrides } from "./price_overrides.ts";
import { type PriceSchedule, tableAt } from "./price_schedule.ts";
import { ScheduleCache } from "./schedule_cache.ts";

/** What was looked up for a model: null when it has no price. */
export interface KnownPrice extends ModelRef {
  readonly schedule: PriceSchedule | null;
}

/** What another thread needs to have the same prices. Survives structured clone. */
export interface SharedPrices {
  readonly overridesPath: string;
  readonly overridesText: string | undefined;
  readonly known: readonly KnownPrice[];
}

export class PriceData {
  readonly overridesPath: string;
  readonly overridesExist: boolean;
  readonly problems: readonly Diagnostic[];
  readonly #overridesText: string | undefined;
  readonly #overrides: PriceOverrides;
  readonly #known = new ScheduleCache(() => undefined);
  readonly #news: KnownPrice[] = [];
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
    return priceBookVersion(this.#overridesText);
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
      known: this.#readKnown?.() ?? [],
    };
  }

  static ofShared({ overridesPath, overridesText, known }: SharedPrices): PriceData {
    const prices = new PriceData(overridesPath, overridesText);
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

  /** A book that answers for these models, and for no others. */
  async bookFor(models: Iterable<ModelRef>): Promise<PriceBook> {
    for (const { schedule, ...model } of this.#readKnown?.() ?? []) this.#known.set(model, schedule ?? undefined);
    this.#readKnown = undefined;
    for (const model of models) {
      if (this.#known.has(model)) continue;
      const schedule = await this.#lookUp(model);
      this.#known.set(model, schedule ?? undefined);
      this.#news.push({ provider: model.provider, model: model.model, schedule });
    }
    return this.#book;
  }

  async #lookUp(model: ModelRef): Promise<PriceSchedule | null> {
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
      return table && costOfResponse(table, { usage, requests: how?.requests, terms: how?.terms });
    },
    knowsTerms: (model, at, terms) => {
      const table = this.#tableAt(model, at);
      return table !== undefined && knowsTerms(table, terms);
    },
  };

  #tableAt(model: ModelRef, at: EpochMs): PriceTable | undefined {
    if (!this.#known.has(model)) throw new Error(`No price was looked up for ${model.provider}/${model.model}.`);
    const schedule = this.#known.get(model);
    return schedule && tableAt(schedule, at);
  }
}
