/**
 * Everything that prices depend on, in one word: stored costs are computed again when it changes. Light, since every
 * answer asks.
 */
import { NEWER_PRICE_RELEASE, PRICE_RELEASE } from "../../core/cost/price_release.ts";
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import { parsePriceOverrides } from "./own_prices.ts";

/** Raised when anything maps, trusts or computes differently: prices/public_prices.ts, price_rules.ts, price_terms.ts and theirs. */
const RULES = 6;

/** The version that a book loaded with these overrides has, without loading the price data. */
export async function priceBookVersion(
  overridesText: string | undefined,
  disk: readonly DiskPrice[] = [],
): Promise<string> {
  const parts = [
    `genai-prices ${PRICE_RELEASE.version}`,
    `pi-ai ${NEWER_PRICE_RELEASE.version}`,
    `rules ${RULES}`,
  ];
  const { overrides } = parsePriceOverrides(overridesText);
  if (overrides.size > 0) {
    const content = [...overrides].map(([id, { sameAs, models }]) => [id, sameAs, [...models]]);
    parts.push(`overrides ${await digestOf(content)}`);
  }
  if (disk.length > 0) parts.push(`disk ${await digestOf(disk)}`);
  return parts.join(", ");
}

async function digestOf(content: unknown): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(content)));
  return new Uint8Array(digest).toHex().slice(0, 12);
}
