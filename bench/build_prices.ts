/**
 * Builds src/scan/common_prices.json from the first price list. Names that only the second has are in it too, as having no
 * price there: the first list need not be loaded for them. And src/scan/usual_prices.json, what all lists and rules
 * together say of the names that most logs have.
 *
 *     deno run -A --frozen bench/build_prices.ts            writes the files
 *     deno run -A --frozen bench/build_prices.ts --check    fails when a file is not what the data give
 */
import { findProvider } from "@pydantic/genai-prices";
import { loadListedPrices, loadPriceBook } from "../src/scan/price_book.ts";
import type { CommonPrices } from "../src/scan/common_prices.ts";
import type { UsualPrices } from "../src/scan/usual_prices.ts";
import newerPrices from "../src/scan/newer_prices.json" with { type: "json" };

const COMMON_FILE = new URL("../src/scan/common_prices.json", import.meta.url);
const USUAL_FILE = new URL("../src/scan/usual_prices.json", import.meta.url);
/** `provider,model,…`: ids as clients write them. */
const WRITTEN_IDS = new URL("../tests/fixtures/model_prices.csv", import.meta.url);

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
const commonText = `{\n${
  Object.entries(prices).map(([listed, models]) => `${JSON.stringify(listed)}: ${JSON.stringify(models)}`).join(",\n")
}\n}\n`;

/** Who sells the models of a maker, by the names that logs have, under the names that the maker gave them. */
const SELLERS: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["anthropic", "amazon-bedrock", "google-vertex"],
  openai: ["openai", "openai-codex"],
  google: ["google"],
};

async function usualPairs(): Promise<readonly (readonly [provider: string, model: string])[]> {
  const pairs: (readonly [string, string])[] = [];
  for (const line of (await Deno.readTextFile(WRITTEN_IDS)).trimEnd().split("\n").slice(1)) {
    const [provider, model] = line.split(",");
    pairs.push([provider!, model!]);
  }
  for (const [maker, sellers] of Object.entries(SELLERS)) {
    for (const model of Object.keys(prices[maker]!)) {
      for (const seller of sellers) pairs.push([seller, model]);
      pairs.push(["opper", `${maker}/${model}`]);
    }
  }
  // Of open-weight models at a router most have no known price, which is the same work to find out.
  for (const model of Object.keys(prices.openrouter!)) pairs.push(["openrouter", model]);
  return pairs.sort(([a, one], [b, other]) => a < b || (a === b && one < other) ? -1 : 1);
}

async function findUsual(): Promise<UsualPrices> {
  const book = await loadPriceBook(undefined);
  const places = new Map<string, number>();
  const models: Record<string, Record<string, number>> = {};
  for (const [provider, model] of await usualPairs()) {
    const schedule = JSON.stringify(book.scheduleOf({ provider, model }) ?? null);
    if (!places.has(schedule)) places.set(schedule, places.size);
    (models[provider] ??= {})[model] = places.get(schedule)!;
  }
  return { schedules: [...places.keys()].map((text) => JSON.parse(text)), models };
}

const usual = await findUsual();
const lines = (entries: readonly string[]) => entries.join(",\n");
const usualText = `{\n"schedules": [\n${
  lines(usual.schedules.map((schedule) => JSON.stringify(schedule)))
}\n],\n"models": {\n${
  lines(
    Object.entries(usual.models).map(([provider, models]) => `${JSON.stringify(provider)}: ${JSON.stringify(models)}`),
  )
}\n}\n}\n`;

for (const [file, text] of [[COMMON_FILE, commonText], [USUAL_FILE, usualText]] as const) {
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(file, text);
  else if (await Deno.readTextFile(file) !== text) {
    console.error(`src/scan/${file.pathname.split("/").at(-1)} is not what the price data give: run deno task prices.`);
    Deno.exit(1);
  }
}
