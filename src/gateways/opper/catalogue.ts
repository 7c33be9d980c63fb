/**
 * The models that the gateway offers for agents: asked for at most once a day, kept on disk, and with something to fall
 * back on when nobody answers.
 *
 * Only a refused key is an error here. Prices are those of the gateway; one that it does not tell stays unknown.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import { readPrivateText, writePrivateText } from "../../host/private_file.ts";
import { BUILT_IN_MODELS } from "./built_in_models.ts";
import type { OpperClient } from "./client.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import { textField } from "../json_fields.ts";
import { GatewayError } from "../request_json.ts";

/** How long an answer is used without asking again. */
export const CATALOGUE_LIFETIME_MS: DurationMs = 24 * 60 * 60 * 1000;

/** Whom to ask for models, and where answers are kept. */
export interface CatalogueRequest {
  readonly client: OpperClient;
  /** Absolute path of the file in which answers are kept: `catalogue.json` in our state directory. */
  readonly cachePath: string;
  readonly now: EpochMs;
  /** How long to wait for the gateway. @default 2000 */
  readonly timeoutMs?: DurationMs;
}

export interface Catalogue {
  /** At least one; in the gateway's order. */
  readonly models: readonly CatalogueModel[];
  /** `cache`: not older than a day; `stale_cache`: older, for want of an answer. */
  readonly origin: "gateway" | "cache" | "stale_cache" | "built_in";
  /** When the gateway gave this answer. Absent for the built-in list. */
  readonly fetchedAt?: EpochMs;
  /** One sentence, when the gateway was asked and gave nothing to use, or its answer could not be kept. */
  readonly problem?: string;
}

/**
 * Loads the catalogue. An answer from the last day that was given to the same key is used as it is; another key makes
 * the gateway be asked, so that a refusal comes up here and not in the middle of a run.
 *
 * @throws {GatewayError} with `failure: "refused"`, when the key is refused
 */
export async function loadCatalogue(request: CatalogueRequest): Promise<Catalogue> {
  const { client, cachePath, now, timeoutMs = 2000 } = request;
  const cache = readCache(cachePath);
  const cached = cache.get(client.host);
  if (cached !== undefined && cached.key === client.keyFingerprint) {
    const ageMs = now - cached.fetchedAt;
    if (ageMs >= 0 && ageMs < CATALOGUE_LIFETIME_MS) {
      return { models: cached.models, origin: "cache", fetchedAt: cached.fetchedAt };
    }
  }
  let problem: string;
  try {
    const models = (await client.listModels({ timeoutMs })).map(readModel).filter((model) => model !== undefined);
    if (models.length > 0) {
      const answer = { fetchedAt: now, key: client.keyFingerprint, models };
      const problem = writeCache(cachePath, new Map(cache).set(client.host, answer));
      return { models, origin: "gateway", fetchedAt: now, ...(problem === undefined ? {} : { problem }) };
    }
    problem = `${client.host} lists no model that an agent can use.`;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.failure === "refused") throw error;
    problem = error.summary;
  }
  return cached === undefined
    ? { models: BUILT_IN_MODELS, origin: "built_in", problem }
    : { models: cached.models, origin: "stale_cache", fetchedAt: cached.fetchedAt, problem };
}

/**
 * A row of the catalogue, if an agent can use the model: a language model that calls tools, and whose context holds
 * more than its longest answer.
 * Source of the rule and of the fields: opper.ai, public command line, read 2026-11-20.
 */
export function readModel(row: JsonRecord): CatalogueModel | undefined {
  const opper = isRecord(row["opper"]) ? row["opper"] : {};
  const id = textField(row["id"]);
  const contextWindow = row["context_length"];
  const maxOutputTokens = opper["max_output_tokens"];
  const capabilities = textsOf(opper["capabilities"]);
  if (id === undefined || opper["type"] !== "llm" || !capabilities.includes("tools")) return undefined;
  if (!isCount(contextWindow) || !isCount(maxOutputTokens) || contextWindow <= maxOutputTokens) return undefined;
  const levels = textsOf(isRecord(opper["reasoning"]) ? opper["reasoning"]["supported"] : undefined);
  const name = textField(row["name"]);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    contextWindow,
    maxOutputTokens,
    vision: capabilities.includes("vision"),
    // Not to reason at all is a level, too, but no reasoning.
    reasoning: levels.some((level) => level !== "none") ? levels : [],
    price: readPrice(isRecord(row["pricing"]) ? row["pricing"] : {}),
  };
}

/** Whole and above zero. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function readPrice(pricing: JsonRecord): CatalogueModel["price"] {
  const price = {
    input: usdPerMillion(pricing["prompt"]),
    output: usdPerMillion(pricing["completion"]),
    cacheRead: usdPerMillion(pricing["input_cache_read"]),
    cacheWrite: usdPerMillion(pricing["input_cache_write"]),
  };
  return Object.fromEntries(Object.entries(price).filter(([, usd]) => usd !== undefined));
}

/**
 * From US dollars per token, a text such as `"0.0000003"` or `"3e-7"`, to dollars per million, `0.3`: the point is moved
 * in the text, because a multiplication would give 0.30000000000000004 for some.
 *
 * @returns undefined for what is no price; a negative one stands for a price that varies
 */
export function usdPerMillion(perToken: unknown): Usd | undefined {
  const text = typeof perToken === "number" ? String(perToken) : typeof perToken === "string" ? perToken.trim() : "";
  const parts = /^(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (parts === null) return undefined;
  const usd = Number(`${parts[1]}e${Number(parts[2] ?? 0) + 6}`);
  return Number.isFinite(usd) ? usd : undefined;
}

/** What is kept of one host. */
interface CachedAnswer {
  readonly fetchedAt: EpochMs;
  /** Fingerprint of the key that the answer was given to; never the key. */
  readonly key: string;
  readonly models: readonly CatalogueModel[];
}

/** Raised when what is kept changes its form; older files are then not used. */
const CACHE_VERSION = 1;

/** By host. Empty when there is no file, or none that we wrote: it is only a cache. */
function readCache(path: string): ReadonlyMap<string, CachedAnswer> {
  const root = parseCache(path);
  const answers = new Map<string, CachedAnswer>();
  if (!isRecord(root) || root["version"] !== CACHE_VERSION || !isRecord(root["hosts"])) return answers;
  for (const [host, answer] of Object.entries(root["hosts"])) {
    if (!isRecord(answer)) continue;
    const { fetchedAt, key, models } = answer;
    if (typeof fetchedAt !== "number" || typeof key !== "string" || !Array.isArray(models)) continue;
    if (models.length > 0 && models.every(isCatalogueModel)) answers.set(host, { fetchedAt, key, models });
  }
  return answers;
}

function parseCache(path: string): unknown {
  try {
    return JSON.parse(readPrivateText(path) ?? "null");
  } catch (error) {
    // Not readable, or cut short: asking again mends it.
    if (error instanceof AgentError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isCatalogueModel(value: unknown): value is CatalogueModel {
  return isRecord(value) && typeof value["id"] === "string" && typeof value["vision"] === "boolean" &&
    isCount(value["contextWindow"]) && isCount(value["maxOutputTokens"]) &&
    Array.isArray(value["reasoning"]) && value["reasoning"].every((level) => typeof level === "string") &&
    isRecord(value["price"]) && Object.values(value["price"]).every((usd) => typeof usd === "number");
}

/** @returns what went wrong: a catalogue that cannot be kept is still a catalogue */
function writeCache(path: string, answers: ReadonlyMap<string, CachedAnswer>): string | undefined {
  try {
    writePrivateText(path, `${JSON.stringify({ version: CACHE_VERSION, hosts: Object.fromEntries(answers) })}\n`);
    return undefined;
  } catch (error) {
    if (error instanceof AgentError) return error.message;
    throw error;
  }
}
