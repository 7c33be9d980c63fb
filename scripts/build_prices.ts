/**
 * Builds src/scan/prices/common_prices.json from the first price list. Names that only the second has are in it too, as having no
 * price there: the first list need not be loaded for them.
 *
 *     deno run -A --frozen scripts/build_prices.ts            writes the file
 *     deno run -A --frozen scripts/build_prices.ts --check    fails when the file is not what the data give
 */
import { findProvider } from "@pydantic/genai-prices";
import { loadListedPrices } from "../src/scan/prices/public_prices.ts";
import type { CommonPrices } from "../src/scan/prices/common_prices.ts";
import newerPrices from "../src/scan/prices/newer_prices.json" with { type: "json" };

const FILE = new URL("../src/scan/prices/common_prices.json", import.meta.url);

/** The data's names, each with a name that logs have for it. Routers of thousands of models are left to the data. */
const PROVIDERS = {
  anthropic: "anthropic",
  openai: "openai",
  azure: "azure",
  google: "google",
  aws: "amazon-bedrock",
  groq: "groq",
  mistral: "mistral",
  deepseek: "deepseek",
  "x-ai": "xai",
  cerebras: "cerebras",
  moonshotai: "moonshotai",
  minimax: "minimax",
  zai: "zai",
  openrouter: "openrouter",
};
/** Vendors whose names are met at those who resell their models, too. */
const RESOLD: Readonly<Record<string, readonly string[]>> = {
  aws: ["anthropic"],
  google: ["anthropic"],
  azure: ["openai"],
};

/** Names with a date, which the tools write and only rules of the data find (Anthropic, "Models overview", 2026-11-20). */
const DATED: Readonly<Record<string, readonly string[]>> = {
  anthropic: [
    "claude-opus-4-5-20251101",
    "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5-20250929",
    "claude-opus-4-1-20250805",
    "claude-opus-4-20250514",
    "claude-sonnet-4-20250514",
    "claude-3-7-sonnet-20250219",
    "claude-3-5-haiku-20241022",
    "claude-3-5-sonnet-20241022",
  ],
};

/** Anthropic's models of which price_rules.ts knows the price from elsewhere (claude_prices.ts). */
const UNLISTED = ["claude-mythos-5", "claude-mythos-5-1", "claude-mythos-5-2"];

type Match = NonNullable<ReturnType<typeof findProvider>>["models"][number]["match"];

/** The names that a rule takes for what they are. */
function namesOf(match: Match): readonly string[] {
  if ("equals" in match) return [match.equals];
  return "or" in match ? match.or.flatMap(namesOf) : [];
}

function namesAt(provider: string): readonly string[] {
  const models = findProvider({ providerId: provider })?.models;
  if (models === undefined) throw new Error(`The price data know no provider ${provider}.`);
  return models.flatMap(({ id, match }) => [id, ...namesOf(match)]);
}

const find = await loadListedPrices();
const newer: Readonly<Record<string, object>> = newerPrices;
const prices: CommonPrices = Object.fromEntries(
  Object.entries(PROVIDERS).map(([listed, provider]) => {
    const names = new Set([
      ...[listed, ...(RESOLD[listed] ?? [])].flatMap(namesAt),
      ...(DATED[listed] ?? []),
      ...Object.keys(newer[provider] ?? {}),
      ...(listed === "anthropic" ? UNLISTED : []),
      ...(listed === "google" ? Object.keys(newerPrices["google-vertex"]) : []),
    ]);
    return [
      listed,
      Object.fromEntries(
        [...names].sort().map((model) => [model, find(provider, model)]),
      ),
    ];
  }),
);
// A line a provider: short, and a change can still be seen.
const text = `{\n${
  Object.entries(prices).map(([listed, models]) => `${JSON.stringify(listed)}: ${JSON.stringify(models)}`).join(",\n")
}\n}\n`;

if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, text);
else if (await Deno.readTextFile(FILE) !== text) {
  console.error("src/scan/prices/common_prices.json is not what the price data give: run deno task prices.");
  Deno.exit(1);
}
