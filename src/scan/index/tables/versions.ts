/** Which prices and rules an index was built with. An index built with others is discarded. */
import { ROLLUP_VERSION } from "../../../core/rollup_version.ts";
import type { IndexStore } from "./store.ts";

/** @param priceVersion `Prices.version` */
export function isOutdated(store: IndexStore, priceVersion: string): boolean {
  return store.readMeta("prices") !== priceVersion || store.readMeta("rollup") !== String(ROLLUP_VERSION);
}

/** Has the index say what it was built with, once it holds nothing that was built with anything else. */
export function noteVersions(store: IndexStore, priceVersion: string): void {
  store.writeMeta("prices", priceVersion);
  store.writeMeta("rollup", String(ROLLUP_VERSION));
}

/** Has the next scan begin with an empty index. */
export function forgetVersions(store: IndexStore): void {
  store.remove("meta", "key IN ('prices', 'rollup')");
}
