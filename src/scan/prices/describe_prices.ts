/** Which prices a scan goes by, as answers say it. */
import { NEWER_PRICE_RELEASE, PRICE_RELEASE, PRICES_AS_OF } from "../../core/cost/price_release.ts";
import type { Prices } from "./prices.ts";

/** The lists that came with the program, and the user's own prices. */
export interface PricesInUse {
  /** Of the lists: `2026-11-20`. */
  readonly date: string;
  readonly version: string;
  readonly lists: { readonly name: string; readonly version: string; readonly date: string }[];
  /** Path of prices.json, whether it is there or not. */
  readonly overrides: string;
  readonly overridesExist: boolean;
}

/** @param prices Of the scan */
export function describePrices({ overridesPath, overridesExist }: Prices): PricesInUse {
  return {
    date: PRICES_AS_OF,
    version: `${PRICE_RELEASE.package} ${PRICE_RELEASE.version}`,
    lists: [PRICE_RELEASE, NEWER_PRICE_RELEASE].map(({ package: name, version, date }) => ({ name, version, date })),
    overrides: overridesPath,
    overridesExist,
  };
}
