/** Finds a model in the prices that tools keep on disk. */
import type { ModelRef } from "../../core/model.ts";
import { readModelName } from "../../core/model_name.ts";
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import type { PriceSchedule } from "./price_schedule.ts";
import { addTerms } from "./price_terms.ts";
import { sellerOf } from "./sellers.ts";

/** By the id as it was logged, by the model's own name, then what the provider asks for all that it serves. */
export function findDiskPrice(prices: readonly DiskPrice[], model: ModelRef): PriceSchedule | null {
  const { name, isFast, isFree } = readModelName(model.model);
  const own = isFree ? [] : [isFast ? `${name}-fast` : name];
  const seller = sellerOf(model.provider);
  for (const name of [model.model.toLowerCase().trim(), ...own, "*"]) {
    const named = prices.filter(({ model, table }) => model === name && table !== undefined);
    const found = named.find(({ provider }) => provider === model.provider) ??
      // What a tool's file has of a whole server is said of that name alone.
      (name === "*" ? undefined : named.find(({ provider }) => sellerOf(provider) === seller));
    if (found?.table !== undefined) return addTerms({ lists: [{ table: found.table }], origin: "disk" }, model);
  }
  return null;
}
