/**
 * All that is known of the prices of names that most logs have, looked up beforehand: two milliseconds to read, where the
 * rules and lists that find them (price_book.ts, price_rules.ts) take ten times as long, in each of two threads.
 *
 * `usual_prices.json` is made by bench/build_prices.ts; a check holds it to what the rules say.
 */
import usualPrices from "./usual_prices.json" with { type: "json" };
import type { PriceSchedule } from "./price_schedule.ts";

/** Most names share a price with others: by provider and model, the place of the schedule in the list. */
export interface UsualPrices {
  /** Null: no known price. */
  readonly schedules: readonly (PriceSchedule | null)[];
  readonly models: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

// What is read from JSON has no literal types.
const USUAL = usualPrices as unknown as UsualPrices;

/**
 * For who has no prices of the user's own for the provider.
 *
 * @returns null when the model has no price, undefined when the rules have to be asked
 */
export function findUsualPrice(provider: string, model: string): PriceSchedule | null | undefined {
  const models = Object.hasOwn(USUAL.models, provider) ? USUAL.models[provider]! : undefined;
  // A model may be called what every object has a member of.
  return models !== undefined && Object.hasOwn(models, model) ? USUAL.schedules[models[model]!] : undefined;
}
