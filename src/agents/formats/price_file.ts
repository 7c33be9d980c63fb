/** What files with prices of models have in common, whose they are: fields that may hold anything, and what no price can be. */
import { isRecord } from "../../core/json/is_record.ts";
import type { PriceTable, Rate } from "../../core/cost/price_table.ts";
import { isListPrice, LIST_PRICE_RANGE } from "../../core/plausible.ts";
import { quoteValue } from "../../core/quote_value.ts";

/** Of an object that may hold anything. */
export type PriceFields = Readonly<Record<string, unknown>>;

/** What has a price of its own. */
export type PriceKind = "input" | "output" | "cacheRead" | "cacheWrite" | "cacheWrite1h";

const PRICE_KINDS: readonly PriceKind[] = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"];

/** @param rateOf Undefined for what has none */
export function makePriceTable(rateOf: (kind: PriceKind) => Rate | undefined): PriceTable {
  return Object.fromEntries(PRICE_KINDS.flatMap((kind) => {
    const rate = rateOf(kind);
    return rate === undefined ? [] : [[kind, rate]];
  }));
}

/** Names what stands where prices should and can be none. */
export function notePrices(model: string, prices: PriceFields, kinds: readonly string[], problems: string[]): void {
  for (const kind of kinds) {
    const price = prices[kind];
    if (price === undefined || price === null || isListPrice(price)) continue;
    addPriceProblem(model, kind, price, LIST_PRICE_RANGE, problems);
  }
}

/** Names one. @param expected What would be one */
export function addPriceProblem(
  model: string,
  kind: string,
  price: unknown,
  expected: string,
  problems: string[],
): void {
  problems.push(
    `The price "${kind}" of ${quoteValue(model)} is ${quoteValue(price)}, expected ${expected}: it is left out.`,
  );
}

/** Whether it may be a number of tokens from which on something else is paid. */
export function isPromptLength(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** None of what is no object. */
export function priceFieldsOf(value: unknown): PriceFields {
  return isRecord(value) ? value : {};
}

/** Nothing of what is no list. */
export function priceRowsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
