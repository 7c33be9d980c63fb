/** Which public prices are built in. Alone, because `--version` names them; what they are read with is scan/prices/public_prices.ts. */

/**
 * The pinned package and the day it was published, which the package itself does not say.
 * Source: npm's record of when the version was published.
 */
export const PRICE_RELEASE = { package: "@pydantic/genai-prices", version: "0.1.8", date: "2026-09-23" } as const;

/** The catalogue that says what the first list lacks. Source of the day: as above. */
export const NEWER_PRICE_RELEASE = { package: "@earendil-works/pi-ai", version: "1.5.2", date: "2026-11-10" } as const;

/** Day of the newest list: what came later has no price. `YYYY-MM-DD`. */
export const PRICES_AS_OF: string = NEWER_PRICE_RELEASE.date > PRICE_RELEASE.date
  ? NEWER_PRICE_RELEASE.date
  : PRICE_RELEASE.date;
