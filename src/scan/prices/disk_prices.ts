/** Which of the prices that agents keep in files of their own are taken. */
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import { isCatalogueRow } from "./catalogue_rules.ts";
import { isLocalProvider } from "./sellers.ts";

/**
 * Of a catalogue, the rows that would be taken into the built-in list, and no others. That a provider is on the internet is
 * news of one that is called like a server on this machine (Ollama's own): of others nobody thinks that they are free.
 */
export function pickDiskPrices(prices: readonly DiskPrice[], isCatalogue: boolean): readonly DiskPrice[] {
  return prices.filter(({ provider, model, table }) =>
    table === undefined ? isLocalProvider(provider) : !isCatalogue || isCatalogueRow(provider, model)
  );
}
