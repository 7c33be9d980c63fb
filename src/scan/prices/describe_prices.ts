/** Which prices costs are computed with, as answers say it. */
import { NEWER_PRICE_RELEASE, PRICE_RELEASE, PRICES_AS_OF } from "../../core/cost/price_release.ts";
import type { Prices } from "./prices.ts";

/** The lists with their dates, and where the user's own are. */
export function describePrices({ overridesPath, overridesExist }: Pick<Prices, "overridesPath" | "overridesExist">) {
  return {
    date: PRICES_AS_OF,
    version: `${PRICE_RELEASE.package} ${PRICE_RELEASE.version}`,
    lists: [PRICE_RELEASE, NEWER_PRICE_RELEASE].map(({ package: name, version, date }) => ({ name, version, date })),
    overrides: overridesPath,
    overridesExist,
  };
}
