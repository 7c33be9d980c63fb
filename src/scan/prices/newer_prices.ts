/**
 * The second built-in price list: what the catalogue of Pi asks, for models that the first list lacks.
 *
 * `newer_prices.json` is made by scripts/build_newer_prices.ts from a pinned package; a check holds the two together.
 */
import { NEWER_PRICE_RELEASE } from "../../core/cost/price_release.ts";
import type { PriceTable, Rate } from "../../core/cost/price_table.ts";
import newerPrices from "./newer_prices.json" with { type: "json" };
import { type PriceSchedule, startAt } from "./price_schedule.ts";

/**
 * Input, output, cache read and cache write in dollars per million tokens, then the same behind the number of tokens above
 * which they hold. A zero read or write is not listed.
 */
export type CompactPrice = readonly number[];

/** By the names that logs have for providers, and by model in lower case. */
export type CompactPrices = Readonly<Record<string, Readonly<Record<string, CompactPrice>>>>;

const NEWER: CompactPrices = newerPrices;

/** Where a row has what a write costs. */
const WRITE = 3;

/**
 * GitHub has billed Copilot by the token since; before, requests were counted (GitHub, "GitHub Copilot is moving to
 * usage-based billing"; 2026-11-26).
 */
export const COPILOT_SINCE = Date.parse("2026-06-01T00:00:00Z");

/**
 * @param provider The seller; see `sellerOf`
 * @returns null when the list has no price
 */
export function findNewerPrice(provider: string, model: string): PriceSchedule | null {
  if (!Object.hasOwn(NEWER, provider)) return null;
  const models = NEWER[provider]!;
  const id = model.toLowerCase().trim();
  if (!Object.hasOwn(models, id)) return null;
  const table = tableOf(models[id]!, provider === "openrouter" && id.startsWith("google/"));
  const origin = "newer" as const;
  // An alias is what it was on the day of the list; what it was before nobody wrote down.
  const since = provider === "github-copilot"
    ? COPILOT_SINCE
    : id.endsWith("-latest")
    ? Date.parse(`${NEWER_PRICE_RELEASE.date}T00:00:00Z`)
    : undefined;
  return { lists: since === undefined ? [{ table }] : startAt(since, [{ table }]), origin };
}

/**
 * @param writesOnTop Whether the price of a write comes on top of that of plain input: of Gemini OpenRouter lists what
 *   storage costs, and charges input and storage (OpenRouter, "Prompt Caching", section "Google Gemini", 2026-08-22)
 */
function tableOf(price: CompactPrice, writesOnTop: boolean): PriceTable {
  const isFree = price[0] === 0 && price[1] === 0;
  const figure = (kind: number, from: number) => {
    const own = price[from + kind]!;
    return kind === WRITE && writesOnTop ? Math.round((own + price[from]!) * 1e9) / 1e9 : own;
  };
  const rate = (kind: number): Rate | undefined => {
    if (price[kind] === 0) return isFree ? 0 : undefined;
    const base = figure(kind, 0);
    const tiers: { above: number; usdPerMillion: number }[] = [];
    for (let at = 4; at + 4 < price.length; at += 5) {
      tiers.push({ above: price[at]!, usdPerMillion: figure(kind, at + 1) });
    }
    return tiers.length === 0 ? base : { base, tiers };
  };
  const [input, output, cacheRead, cacheWrite] = [rate(0), rate(1), rate(2), rate(WRITE)];
  return {
    input,
    output,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}
