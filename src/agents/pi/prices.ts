/**
 * Reads the prices that Pi keeps on disk: its catalogue as it last fetched it, and its user's own models. A file that is
 * broken has no prices, and what no price can be is left out and named.
 */
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import { isListPrice } from "../../core/plausible.ts";
import { parseLenientJson } from "../formats/lenient_json.ts";
import { isPromptLength, makePriceTable, notePrices, priceFieldsOf, priceRowsOf } from "../formats/price_file.ts";

/** As Pi calls what has a price of its own. */
const KINDS = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

/** Pi's `models-store.json`, 1.5: `{"<provider>": {"models": [{"id", "cost": {...}}], ...}}`, what many sell. */
export function parsePiStore(text: string, problems: string[]): DiskPrice[] {
  return Object.entries(priceFieldsOf(parseLenientJson(text))).flatMap(([provider, entry]) =>
    priceRowsOf(priceFieldsOf(entry).models).map((row) => readPiModel(provider, priceFieldsOf(row).id, row, problems))
      .filter((price) => price !== undefined)
  );
}

/**
 * Pi's `models.json`: `{"providers": {"<id>": {"baseUrl", "models": [{"id", "cost"}], "modelOverrides": {"<id>": {"cost"}}}}}`.
 * A cost of zero is what Pi assumes without one, and no price; but a server on this machine costs nothing. One that is
 * called so and is on the internet (Ollama's own) does.
 */
export function parsePiModels(text: string, problems: string[]): DiskPrice[] {
  return Object.entries(priceFieldsOf(priceFieldsOf(parseLenientJson(text)).providers)).flatMap(([provider, value]) => {
    const entry = priceFieldsOf(value);
    const models = [
      ...Object.entries(priceFieldsOf(entry.modelOverrides)).map(([id, model]) =>
        readPiModel(provider, id, model, problems)
      ),
      ...priceRowsOf(entry.models).map((model) => readPiModel(provider, priceFieldsOf(model).id, model, problems)),
    ].filter((price) => price !== undefined);
    const free = { provider: provider.toLowerCase(), model: "*", table: { input: 0, output: 0 } };
    if (isLoopback(entry.baseUrl)) return [...models, free];
    return isPublic(entry.baseUrl) ? [...models, { provider: free.provider, model: "*" }] : models;
  });
}

function readPiModel(provider: string, id: unknown, model: unknown, problems: string[]): DiskPrice | undefined {
  const cost = priceFieldsOf(priceFieldsOf(model).cost);
  notePrices(`${provider}/${id}`, cost, KINDS, problems);
  if (typeof id !== "string" || id === "" || !isListPrice(cost.input) || !isListPrice(cost.output)) return undefined;
  if (cost.input === 0 && cost.output === 0) return undefined;
  const tiers = priceRowsOf(cost.tiers).map(priceFieldsOf).filter(({ inputTokensAbove }) =>
    isPromptLength(inputTokensAbove)
  )
    .sort((a, b) => (a.inputTokensAbove as number) - (b.inputTokensAbove as number));
  for (const tier of tiers) notePrices(`${provider}/${id}`, tier, KINDS, problems);
  const table = makePriceTable((kind) => {
    // A zero read or write is one without a price, which costs what plain input does.
    const positive = (value: unknown) => isListPrice(value) && (value > 0 || kind === "input" || kind === "output");
    const base = cost[kind];
    if (!positive(base)) return undefined;
    const steps = tiers.filter((tier) => positive(tier[kind]))
      .map((tier) => ({ above: tier.inputTokensAbove as number, usdPerMillion: tier[kind] as number }));
    return steps.length === 0 ? base as number : { base: base as number, tiers: steps };
  });
  return { provider: provider.toLowerCase(), model: id.toLowerCase(), table };
}

/** Whether a server is on this machine. */
function isLoopback(url: unknown): boolean {
  if (typeof url !== "string") return false;
  try {
    return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(new URL(url).hostname);
  } catch {
    return false;
  }
}

/** Whether a server is one that anybody may reach: not in a network of the user's own, by its name or its address. */
function isPublic(url: unknown): boolean {
  if (typeof url !== "string") return false;
  try {
    const { hostname } = new URL(url);
    if (/^[\d.]+$/.test(hostname)) {
      return !/^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
        hostname,
      );
    }
    return hostname.includes(".") && !/\.(?:local|localhost|lan|home|internal|home\.arpa|ts\.net)$/.test(hostname);
  } catch {
    return false;
  }
}
