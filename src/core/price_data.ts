/** Which public prices are built in. Alone, because `--version` names them; what they are read with is scan/price_book.ts. */

/**
 * The pinned package and the day it was published, which the package itself does not say.
 * Source: npm's record of when the version was published.
 */
export const PRICE_DATA = { package: "@pydantic/genai-prices", version: "0.1.8", date: "2026-09-23" } as const;
