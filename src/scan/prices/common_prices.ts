/**
 * The price data's answers for the names in them, looked up beforehand: a file that takes a millisecond to
 * read where the data take 50. A name that only a rule of the data finds is not here.
 *
 * `common_prices.json` is made by scripts/build_prices.ts from the pinned package; a check holds the two together.
 */
import commonPrices from "./common_prices.json" with { type: "json" };
import { listedName } from "./public_prices.ts";
import type { PriceSchedule } from "./price_schedule.ts";

/** By the data's names of providers, and by model. Null: no price that can be trusted. */
export type CommonPrices = Readonly<Record<string, Readonly<Record<string, PriceSchedule | null>>>>;

const COMMON: CommonPrices = commonPrices;

/** @returns null when the model has no price, undefined when the data themselves have to be asked */
export function findCommonPrice(provider: string, model: string): PriceSchedule | null | undefined {
  const listed = listedName(provider);
  if (listed === undefined) return null;
  const models = COMMON[listed];
  // A model may be called what every object has a member of.
  return models !== undefined && Object.hasOwn(models, model) ? models[model] : undefined;
}
