/**
 * Reads the prices that Claude Code was sent for models that it does not know itself. A file that is broken has no prices,
 * and what no price can be is left out and named.
 */
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import { isListPrice, isResponseCost, MOST_USD } from "../../core/plausible.ts";
import { endOfString, parseLenientJson } from "../formats/lenient_json.ts";
import {
  addPriceProblem,
  isPromptLength,
  makePriceTable,
  notePrices,
  type PriceFields,
  priceFieldsOf,
} from "../formats/price_file.ts";

const KINDS = {
  input: "inputTokens",
  output: "outputTokens",
  cacheRead: "promptCacheReadTokens",
  cacheWrite: "promptCacheWriteTokens",
  cacheWrite1h: "promptCacheWrite1hTokens",
} as const;

const KEY = '"additionalModelCostsCache"';

/**
 * Claude Code's `.claude.json`, 2.1: `"additionalModelCostsCache": {"<model>": {"inputTokens", ..., "webSearchRequests"?,
 * "longPrompt"?: {"abovePromptTokens", ...}, "fast"?: {...}}}`, in dollars per million tokens. The file is large and changes
 * all the time: only that member of it is parsed.
 */
export function parseClaudeCosts(text: string, problems: string[]): DiskPrice[] {
  let costs: PriceFields = {};
  for (let at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + 1)) {
    // Other members may hold the word, as what somebody typed.
    if (text[at - 1] === "\\") continue;
    const found = priceFieldsOf(parseLenientJson(objectAt(text, at + KEY.length)));
    if (Object.keys(found).length > 0) costs = found;
  }
  return Object.entries(costs).flatMap(([id, value]) => {
    const entry = priceFieldsOf(value);
    const model = id.toLowerCase();
    return [
      ...readClaudeModel(model, entry, problems),
      ...(entry.fast === undefined ? [] : readClaudeModel(`${model}-fast`, priceFieldsOf(entry.fast), problems)),
    ];
  });
}

function readClaudeModel(model: string, entry: PriceFields, problems: string[]): DiskPrice[] {
  notePrices(model, entry, Object.values(KINDS), problems);
  notePrices(model, priceFieldsOf(entry.longPrompt), Object.values(KINDS), problems);
  if (!isListPrice(entry.inputTokens) || !isListPrice(entry.outputTokens)) return [];
  // No model of Anthropic's is free.
  if (entry.inputTokens === 0 && entry.outputTokens === 0) return [];
  const long = priceFieldsOf(entry.longPrompt);
  const table = makePriceTable((kind) => {
    const key = KINDS[kind];
    const base = entry[key];
    if (!isListPrice(base)) return undefined;
    const above = long.abovePromptTokens;
    const usdPerMillion = long[key];
    return isPromptLength(above) && isListPrice(usdPerMillion) ? { base, tiers: [{ above, usdPerMillion }] } : base;
  });
  const { webSearchRequests } = entry;
  if (webSearchRequests !== undefined && webSearchRequests !== null && !isResponseCost(webSearchRequests)) {
    addPriceProblem(
      model,
      "webSearchRequests",
      webSearchRequests,
      `US dollars, zero or more and up to ${MOST_USD}`,
      problems,
    );
  }
  const webSearch = isResponseCost(webSearchRequests) ? { webSearch: webSearchRequests } : {};
  return [{ provider: "anthropic", model, table: { ...table, ...webSearch } }];
}

/**
 * The text of the object that is the next value, to its closing brace; empty where there is none. A loop, as a pattern
 * takes the square of the time for a text that was cut off.
 */
function objectAt(text: string, from: number): string {
  const start = text.indexOf("{", from);
  if (start < 0 || text.slice(from, Math.min(start, from + 100)).trim() !== ":") return "";
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return text.slice(start, at + 1);
  }
  return "";
}
