/**
 * Reads the prices that tools keep on disk: Pi's catalogue as it last fetched it and its user's own models, and what Claude
 * Code was sent for models that it does not know itself. Opens nothing; a file that is broken has no prices, and what no
 * price can be is left out and named.
 */
import { isListPrice, isResponseCost, LIST_PRICE_RANGE, MOST_USD } from "../../core/plausible.ts";
import type { PriceTable, Rate } from "../../core/cost/price_table.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { isCatalogueRow } from "./catalogue_rules.ts";
import { isLocalProvider } from "./sellers.ts";

/** A model that a file has a price of; `*` stands for all that a provider serves. Names are in lower case. */
export interface DiskPrice {
  readonly provider: string;
  readonly model: string;
  /** Absent: the provider is somewhere on the internet, so that it is not free, whatever its name says. */
  readonly table?: PriceTable;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Pi's `models-store.json`, 1.5: `{"<provider>": {"models": [{"id", "cost": {...}}], ...}}`. The rows that would be taken
 * into the built-in list, and no others.
 */
export function parsePiStore(text: string, problems: string[] = []): DiskPrice[] {
  return Object.entries(fieldsOf(parseJson(text))).flatMap(([provider, entry]) =>
    listOf(fieldsOf(entry).models).flatMap((row) => {
      const price = readPiModel(provider, fieldsOf(row).id, row, problems);
      return price !== undefined && isCatalogueRow(price.provider, price.model) ? [price] : [];
    })
  );
}

/**
 * Pi's `models.json`: `{"providers": {"<id>": {"baseUrl", "models": [{"id", "cost"}], "modelOverrides": {"<id>": {"cost"}}}}}`.
 * A cost of zero is what Pi assumes without one, and no price; but a server on this machine costs nothing. One that is
 * called so and is on the internet (Ollama's own) does.
 */
export function parsePiModels(text: string, problems: string[] = []): DiskPrice[] {
  return Object.entries(fieldsOf(fieldsOf(parseJson(text)).providers)).flatMap(([provider, value]) => {
    const entry = fieldsOf(value);
    const models = [
      ...Object.entries(fieldsOf(entry.modelOverrides)).map(([id, model]) =>
        readPiModel(provider, id, model, problems)
      ),
      ...listOf(entry.models).map((model) => readPiModel(provider, fieldsOf(model).id, model, problems)),
    ].filter((price) => price !== undefined);
    const free = { provider: provider.toLowerCase(), model: "*", table: { input: 0, output: 0 } };
    if (isLoopback(entry.baseUrl)) return [...models, free];
    return isLocalProvider(free.provider) && isPublic(entry.baseUrl)
      ? [...models, { provider: free.provider, model: "*" }]
      : models;
  });
}

function readPiModel(provider: string, id: unknown, model: unknown, problems: string[]): DiskPrice | undefined {
  const cost = fieldsOf(fieldsOf(model).cost);
  notePrices(`${provider}/${id}`, cost, Object.keys(CLAUDE_KINDS), problems);
  if (typeof id !== "string" || id === "" || !isListPrice(cost.input) || !isListPrice(cost.output)) return undefined;
  if (cost.input === 0 && cost.output === 0) return undefined;
  const tiers = listOf(cost.tiers).map(fieldsOf).filter(({ inputTokensAbove }) => isLength(inputTokensAbove))
    .sort((a, b) => (a.inputTokensAbove as number) - (b.inputTokensAbove as number));
  for (const tier of tiers) notePrices(`${provider}/${id}`, tier, Object.keys(CLAUDE_KINDS), problems);
  const table = readTable((kind) => {
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

const CLAUDE_KINDS = {
  input: "inputTokens",
  output: "outputTokens",
  cacheRead: "promptCacheReadTokens",
  cacheWrite: "promptCacheWriteTokens",
  cacheWrite1h: "promptCacheWrite1hTokens",
} as const;

const CLAUDE_KEY = '"additionalModelCostsCache"';

/**
 * Claude Code's `.claude.json`, 2.1: `"additionalModelCostsCache": {"<model>": {"inputTokens", ..., "webSearchRequests"?,
 * "longPrompt"?: {"abovePromptTokens", ...}, "fast"?: {...}}}`, in dollars per million tokens. The file is large and changes
 * all the time: only that member of it is parsed.
 */
export function parseClaudeCosts(text: string, problems: string[] = []): DiskPrice[] {
  let costs: Fields = {};
  for (let at = text.indexOf(CLAUDE_KEY); at >= 0; at = text.indexOf(CLAUDE_KEY, at + 1)) {
    // Other members may hold the word, as what somebody typed.
    if (text[at - 1] === "\\") continue;
    const found = fieldsOf(parseJson(objectAt(text, at + CLAUDE_KEY.length)));
    if (Object.keys(found).length > 0) costs = found;
  }
  return Object.entries(costs).flatMap(([id, value]) => {
    const entry = fieldsOf(value);
    const model = id.toLowerCase();
    return [
      ...readClaudeModel(model, entry, problems),
      ...(entry.fast === undefined ? [] : readClaudeModel(`${model}-fast`, fieldsOf(entry.fast), problems)),
    ];
  });
}

function readClaudeModel(model: string, entry: Fields, problems: string[]): DiskPrice[] {
  notePrices(model, entry, Object.values(CLAUDE_KINDS), problems);
  notePrices(model, fieldsOf(entry.longPrompt), Object.values(CLAUDE_KINDS), problems);
  if (!isListPrice(entry.inputTokens) || !isListPrice(entry.outputTokens)) return [];
  // No model of Anthropic's is free.
  if (entry.inputTokens === 0 && entry.outputTokens === 0) return [];
  const long = fieldsOf(entry.longPrompt);
  const table = readTable((kind) => {
    const key = CLAUDE_KINDS[kind];
    const base = entry[key];
    if (!isListPrice(base)) return undefined;
    const above = long.abovePromptTokens;
    const usdPerMillion = long[key];
    return isLength(above) && isListPrice(usdPerMillion) ? { base, tiers: [{ above, usdPerMillion }] } : base;
  });
  const { webSearchRequests } = entry;
  if (webSearchRequests !== undefined && webSearchRequests !== null && !isResponseCost(webSearchRequests)) {
    addProblem(
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

type Kind = keyof typeof CLAUDE_KINDS;

function readTable(rateOf: (kind: Kind) => Rate | undefined): PriceTable {
  return Object.fromEntries((Object.keys(CLAUDE_KINDS) as Kind[]).flatMap((kind) => {
    const rate = rateOf(kind);
    return rate === undefined ? [] : [[kind, rate]];
  }));
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

/** @returns Where the closing quote is, or the end of the text */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** JSON as Pi takes it: with comments behind `//` and commas before a closing bracket. */
function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Below.
  }
  try {
    return JSON.parse(withoutComments(text));
  } catch {
    return undefined;
  }
}

function withoutComments(text: string): string {
  const parts: string[] = [];
  let taken = 0;
  /** Where in `parts` a comma is that may be one too many. */
  let comma: number | undefined;
  const takeTo = (at: number) => {
    if (at > taken) parts.push(text.slice(taken, at));
    taken = at;
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === "/" && text[at + 1] === "/") {
      takeTo(at);
      const end = text.indexOf("\n", at);
      at = taken = end < 0 ? text.length : end;
    } else if (sign === ",") {
      takeTo(at);
      comma = parts.push(",") - 1;
      taken = at + 1;
    } else if (sign === "}" || sign === "]") {
      if (comma !== undefined) parts[comma] = "";
      comma = undefined;
    } else if (sign.trim() !== "") {
      comma = undefined;
      if (sign === '"') at = endOfString(text, at);
    }
  }
  takeTo(text.length);
  return parts.join("");
}

/** Names what stands where prices should and can be none. */
function notePrices(model: string, prices: Fields, kinds: readonly string[], problems: string[]): void {
  for (const kind of kinds) {
    const price = prices[kind];
    if (price === undefined || price === null || isListPrice(price)) continue;
    addProblem(model, kind, price, LIST_PRICE_RANGE, problems);
  }
}

function addProblem(model: string, kind: string, price: unknown, expected: string, problems: string[]): void {
  problems.push(
    `The price "${kind}" of ${quoteValue(model)} is ${quoteValue(price)}, expected ${expected}: it is left out.`,
  );
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
