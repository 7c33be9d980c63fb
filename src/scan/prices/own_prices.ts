/**
 * Reads the user's own prices, `prices.json`, and finds models in them.
 *
 * A broken entry is reported and left out; it never stops an answer. This file opens nothing: the text comes from the
 * caller. The checks are written by hand because they run in front of every answer, and a schema library takes longer to
 * load than the file takes to read.
 */
import { isListPrice, LIST_PRICE_RANGE } from "../../core/plausible.ts";
import type { PriceTable, Rate, TokenRates } from "../../core/cost/price_table.ts";
import { quoteValue } from "../../core/quote_value.ts";

/** The user's prices of one provider. Model names are in lower case; `*` stands for every model without a better entry. */
export interface ProviderOverride {
  /** Another provider whose prices apply to models that are not listed here. */
  readonly sameAs?: string;
  readonly models: ReadonlyMap<string, PriceTable>;
}

/** By provider, in lower case. */
export type PriceOverrides = ReadonlyMap<string, ProviderOverride>;

/** What prices.json says. */
export interface ParsedPriceOverrides {
  readonly overrides: PriceOverrides;
  /** One sentence per entry that could not be used. */
  readonly problems: readonly string[];
}

/** Keys of a model, in US dollars per million tokens. */
const RATES = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads
 * ```json
 * {
 *   "providers": {
 *     "my-gateway": {
 *       "sameAs": "anthropic",
 *       "models": {
 *         "big": {
 *           "input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75, "cacheWrite1h": 6,
 *           "tiers": [{ "promptTokensAbove": 200000, "input": 6, "output": 22.5 }]
 *         },
 *         "*": { "input": 0, "output": 0 }
 *       }
 *     }
 *   }
 * }
 * ```
 * `input` and `output` are required; `costOfUsage` says what stands in for the others. A tier keeps the base price of what
 * it leaves out. Zero is a price: the model is free.
 *
 * @param text undefined when there is no such file
 */
export function parsePriceOverrides(text: string | undefined): ParsedPriceOverrides {
  const overrides = new Map<string, ProviderOverride>();
  const problems: string[] = [];
  if (text === undefined) return { overrides, problems };

  const root = parseRoot(text, problems);
  for (const [provider, value] of fieldsOf(root, "providers", "", problems)) {
    const path = `providers.${provider}`;
    const entry = asFields(value, path, problems);
    if (entry === undefined) continue;
    reportUnknown(entry, ["sameAs", "models"], path, problems);
    const models = new Map<string, PriceTable>();
    for (const [model, rates] of fieldsOf(entry, "models", path, problems)) {
      const table = parseTable(rates, `${path}.models.${model}`, problems);
      if (table !== undefined) models.set(model.toLowerCase(), table);
    }
    const sameAs = entry.sameAs;
    if (sameAs !== undefined && typeof sameAs !== "string") {
      problems.push(`${path}.sameAs is ${quoteValue(sameAs)}; it must be the name of a provider.`);
    }
    overrides.set(provider.toLowerCase(), {
      ...(typeof sameAs === "string" ? { sameAs: sameAs.toLowerCase() } : {}),
      models,
    });
  }
  return { overrides, problems };
}

function parseRoot(text: string, problems: string[]): Fields {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    problems.push(`The file is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
    return {};
  }
  const fields = asFields(root, "The file", problems) ?? {};
  reportUnknown(fields, ["providers"], "The file", problems);
  return fields;
}

function parseTable(value: unknown, path: string, problems: string[]): PriceTable | undefined {
  const entry = asFields(value, path, problems);
  if (entry === undefined) return undefined;
  // A misspelt key is a wrong price: from here on, any problem keeps the model out.
  const before = problems.length;
  reportUnknown(entry, [...RATES, "tiers"], path, problems);
  for (const required of ["input", "output"] as const) {
    if (entry[required] === undefined) problems.push(`${path}.${required} is missing.`);
  }
  const base = parseRates(entry, path, problems);
  const tiers = parseTiers(entry.tiers, `${path}.tiers`, problems);
  if (problems.length > before) return undefined;

  const table: { -readonly [rate in keyof TokenRates]: Rate } = {};
  for (const rate of RATES) {
    const own = base[rate];
    if (own === undefined) continue;
    const steps = tiers.flatMap(({ above, rates }) => {
      const usdPerMillion = rates[rate];
      return usdPerMillion === undefined ? [] : [{ above, usdPerMillion }];
    });
    table[rate] = steps.length === 0 ? own : { base: own, tiers: steps };
  }
  return table;
}

type Rates = { readonly [rate in typeof RATES[number]]?: number };

function parseTiers(value: unknown, path: string, problems: string[]): { above: number; rates: Rates }[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push(`${path} is ${quoteValue(value)}; it must be a list.`);
    return [];
  }
  const tiers: { above: number; rates: Rates }[] = [];
  for (const [index, item] of value.entries()) {
    const at = `${path}[${index}]`;
    const tier = asFields(item, at, problems);
    if (tier === undefined) continue;
    reportUnknown(tier, [...RATES, "promptTokensAbove"], at, problems);
    const above = tier.promptTokensAbove;
    if (typeof above !== "number" || !Number.isSafeInteger(above) || above < 0) {
      problems.push(`${at}.promptTokensAbove is ${quoteValue(above)}; it must be a whole number of tokens.`);
      continue;
    }
    tiers.push({ above, rates: parseRates(tier, at, problems) });
  }
  return tiers.sort((a, b) => a.above - b.above);
}

function parseRates(entry: Fields, path: string, problems: string[]): Rates {
  const rates: { -readonly [rate in keyof Rates]: number } = {};
  for (const rate of RATES) {
    const value = entry[rate];
    if (value === undefined) continue;
    if (isListPrice(value)) rates[rate] = value;
    else problems.push(`${path}.${rate} is ${quoteValue(value)}; it must be ${LIST_PRICE_RANGE}.`);
  }
  return rates;
}

function fieldsOf(parent: Fields, key: string, path: string, problems: string[]): [string, unknown][] {
  const value = parent[key];
  if (value === undefined) return [];
  return Object.entries(asFields(value, path === "" ? key : `${path}.${key}`, problems) ?? {});
}

function asFields(value: unknown, path: string, problems: string[]): Fields | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  problems.push(`${path} is ${quoteValue(value)}; it must be an object.`);
  return undefined;
}

function reportUnknown(entry: Fields, known: readonly string[], path: string, problems: string[]): void {
  for (const key of Object.keys(entry)) {
    if (!known.includes(key)) problems.push(`${path} has an unknown key "${key}"; known are ${known.join(", ")}.`);
  }
}
