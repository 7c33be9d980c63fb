/**
 * The second built-in price list: what the catalogue of Pi asks, for models that the first list lacks.
 *
 * `newer_prices.json` is made by bench/build_newer_prices.ts from a pinned package; a check holds the two together.
 */
import { NEWER_PRICE_DATA } from "../core/price_data.ts";
import type { PriceTable, Rate } from "../core/price_table.ts";
import newerPrices from "./newer_prices.json" with { type: "json" };
import type { PriceSchedule } from "./price_schedule.ts";

/**
 * Input, output, cache read and cache write in dollars per million tokens, then the same behind the number of tokens above
 * which they hold. A zero read or write is not listed.
 */
export type CompactPrice = readonly number[];

/** By the names that logs have for providers, and by model in lower case. */
export type CompactPrices = Readonly<Record<string, Readonly<Record<string, CompactPrice>>>>;

const NEWER: CompactPrices = newerPrices;

/** Logs have several names for these. */
const SAME_PROVIDER: Readonly<Record<string, string>> = {
  "openai-codex": "openai",
  "azure-openai": "azure",
  "azure-openai-responses": "azure",
  "google-generative-ai": "google",
  vertex: "google-vertex",
};

/**
 * GitHub has billed Copilot by the token since; before, requests were counted (GitHub, "GitHub Copilot is moving to
 * usage-based billing"; 2026-11-26).
 */
const COPILOT_SINCE = Date.parse("2026-06-01T00:00:00Z");

/** @returns null when the list has no price */
export function findNewerPrice(provider: string, model: string): PriceSchedule | null {
  const listed = Object.hasOwn(SAME_PROVIDER, provider) ? SAME_PROVIDER[provider]! : provider;
  if (!Object.hasOwn(NEWER, listed)) return null;
  const models = NEWER[listed]!;
  const id = model.toLowerCase().trim();
  if (!Object.hasOwn(models, id)) return null;
  const table = tableOf(models[id]!);
  const origin = "newer" as const;
  // An alias is what it was on the day of the list; what it was before nobody wrote down.
  const since = listed === "github-copilot"
    ? COPILOT_SINCE
    : id.endsWith("-latest")
    ? Date.parse(`${NEWER_PRICE_DATA.date}T00:00:00Z`)
    : undefined;
  return since === undefined ? { lists: [{ table }], origin } : { lists: [{}, { since, table }], origin };
}

function tableOf(price: CompactPrice): PriceTable {
  const isFree = price[0] === 0 && price[1] === 0;
  const rate = (kind: number): Rate | undefined => {
    const base = price[kind]!;
    if (base === 0) return isFree ? 0 : undefined;
    const tiers: { above: number; usdPerMillion: number }[] = [];
    for (let at = 4; at + 4 < price.length; at += 5) {
      tiers.push({ above: price[at]!, usdPerMillion: price[at + 1 + kind]! });
    }
    return tiers.length === 0 ? base : { base, tiers };
  };
  const [input, output, cacheRead, cacheWrite] = [rate(0), rate(1), rate(2), rate(3)];
  return {
    input,
    output,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}
