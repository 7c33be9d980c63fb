/**
 * Where a model's public price is looked up, in which order, and what follows from one vendor's list for another seller.
 *
 * The first list by the id as it was logged, then by the model's own name; the second list in the same way; then rules. An
 * id is read by core/model_name.ts alone: nothing here compares parts of names.
 */
import { type ModelName, readModelName } from "../core/model_name.ts";
import {
  CLAUDE_ALIASES,
  correctClaudePrice,
  findClaudePrice,
  mapRates,
  multiplyRate,
  withWrites,
} from "./claude_prices.ts";
import { findNewerPrice } from "./newer_prices.ts";
import type { PriceList, PriceSchedule } from "./price_schedule.ts";

/** What the first list says: null when it has no price that can be trusted, undefined when it has to be loaded for that. */
export type FindListed = (provider: string, model: string) => PriceSchedule | null | undefined;

/** Servers on the user's own machine, as tools call them. Nobody bills. */
const LOCAL_PROVIDERS = new Set([
  "gpt4all",
  "jan",
  "llama-cpp",
  "llama-server",
  "llama.cpp",
  "llamacpp",
  "lm-studio",
  "lmstudio",
  "local",
  "localai",
  "mlx",
  "mlx-lm",
  "ollama",
  "oss",
  "vllm",
]);

/** Ollama passes these on to its own machines, which are paid for as a plan. */
const CLOUD_MODEL = /[:-]cloud$/;

const FREE: PriceSchedule = { lists: [{ table: { input: 0, output: 0 } }] };

/**
 * What Bedrock asks over the maker's list outside of its global endpoint: for OpenAI's models and for Claude since 4.5.
 * Source: AWS, "Amazon Bedrock pricing", and every such row of the first list (2026-09-23). The second list has models
 * without prefix at the list price in part, which the first contradicts throughout.
 */
const BEDROCK_REGIONAL = 1.1;

/** Every -codex and -codex-max before cost what its base does. */
const GPT_5_6_CODEX = /^gpt-5\.6-codex(?:-max)?$/;

/** Makers whose models OpenRouter sells at one price, as both lists show it. */
const ONE_PRICE = new Set(["anthropic", "google", "mistralai", "openai", "x-ai"]);

const BEDROCK = new Set(["amazon-bedrock", "bedrock"]);
const VERTEX = new Set(["google-vertex", "google-vertex-anthropic", "vertex"]);
const AZURE = new Set(["azure", "azure-openai", "azure-openai-responses"]);
const OPENAI = new Set(["openai", "openai-codex"]);

/** @returns null when nothing has a price, undefined when the first list has to be loaded to say so */
export function findPublicPrice(provider: string, model: string, listed: FindListed): PriceSchedule | null | undefined {
  if (LOCAL_PROVIDERS.has(provider)) return CLOUD_MODEL.test(model.toLowerCase()) ? null : FREE;
  const name = readModelName(model);
  if (name.isOpaque) return null;
  if (name.isFree) return provider === "openrouter" ? FREE : null;
  // Models that many hosts serve cost what the host asks, and the log does not name it: no list has to be asked.
  if (provider === "openrouter" && name.vendor !== undefined && !ONE_PRICE.has(name.vendor)) return null;

  const isClaude = name.family === "claude";
  const isBedrock = BEDROCK.has(provider) || (provider === "anthropic" && name.isBedrock === true);
  if (isClaude && (isBedrock || VERTEX.has(provider) || provider === "anthropic" || provider === "openrouter")) {
    return isBedrock
      ? findOnBedrock(model, name, listed)
      : provider === "anthropic"
      ? findMakersClaude(model, name, listed)
      : VERTEX.has(provider)
      ? first(
        () => name.isFast ? null : findMakersClaude(name.name, name, listed),
        () => listed("google-vertex", model),
      )
      : first(...inLists(provider, [model, `anthropic/${dotted(name)}`], listed), () =>
        findMakersClaude(model, name, listed));
  }
  if (isBedrock) return findOnBedrock(model, name, listed);
  if (OPENAI.has(provider)) return findMakersOpenAi(model, name, listed);
  if (AZURE.has(provider)) {
    // A deployment may be called anything: only a name that is OpenAI's is believed.
    return first(
      () => listed(provider, model),
      () => name.vendor === "openai" ? findMakersOpenAi(name.name, name, listed) : null,
    );
  }
  return first(...inLists(provider, namesAt(model, name), listed));
}

/** The names under which a seller may list the model, the most specific first. */
function namesAt(model: string, name: ModelName): string[] {
  if (name.family === "claude") {
    const spelled = dotted(name);
    return [model, name.name, spelled, `anthropic/${spelled}`];
  }
  // Routers list by maker; those who serve what others made list by a path.
  return name.vendor === undefined ? [model, name.name] : [model, `${name.vendor}/${name.name}`, name.name];
}

function findMakersClaude(model: string, name: ModelName, listed: FindListed): PriceSchedule | null | undefined {
  if (name.isFast) return findClaudePrice(name);
  if (Object.hasOwn(CLAUDE_ALIASES, name.name)) return findAlias(name.name, listed);
  const dated = name.date === undefined ? [] : [`${name.name}-${name.date}`];
  const found = first(...inLists("anthropic", [model, ...dated, name.name], listed), () => findClaudePrice(name));
  if (!found) return found;
  const lists = found.lists.map((list) => list.table === undefined ? list : { ...list, table: withWrites(list.table) });
  return correctClaudePrice({ ...found, lists }, name);
}

/** The prices of the models that the name stood for, each from its day on; without a price before the first. */
function findAlias(alias: string, listed: FindListed): PriceSchedule | null | undefined {
  const lists: PriceList[] = [{}];
  for (const [day, model] of CLAUDE_ALIASES[alias]!) {
    const found = findMakersClaude(model, readModelName(model), listed);
    if (found === undefined) return undefined;
    const since = Date.parse(`${day}T00:00:00Z`);
    // What the model cost before it was meant does not matter.
    for (const list of found?.lists ?? [{}]) lists.push({ ...list, since: Math.max(since, list.since ?? since) });
  }
  return { lists, origin: "claude" };
}

function findMakersOpenAi(model: string, name: ModelName, listed: FindListed): PriceSchedule | null | undefined {
  const names = GPT_5_6_CODEX.test(name.name) ? [model, name.name, "gpt-5.6"] : [model, name.name];
  // OpenRouter asks what OpenAI does, and has rows that the list of OpenAI's own lacks.
  return first(...inLists("openai", names, listed), () => findNewerPrice("openrouter", `openai/${name.name}`));
}

function findOnBedrock(model: string, name: ModelName, listed: FindListed): PriceSchedule | null | undefined {
  return first(
    () => listed("amazon-bedrock", model.toLowerCase().trim().replace(/\[1m\]$/, "")),
    () => {
      if (name.isFast) return null;
      const makers = name.family === "claude"
        ? findMakersClaude(name.name, name, listed)
        : name.vendor === "openai"
        ? findMakersOpenAi(name.name, name, listed)
        : null;
      if (!makers || name.geography === "global" || (name.family === "claude" && !isSince(name, 4, 5))) return makers;
      return {
        ...makers,
        lists: makers.lists.map((list) =>
          list.table === undefined
            ? list
            : { ...list, table: mapRates(list.table, (rate) => multiplyRate(rate, BEDROCK_REGIONAL)) }
        ),
      };
    },
  );
}

function isSince({ version }: ModelName, major: number, minor: number): boolean {
  return version !== undefined && (version.major > major || (version.major === major && version.minor >= minor));
}

/** As routers and Copilot write it: `claude-opus-4.6`, `claude-3.5-haiku`, `claude-opus-4.6-fast`. */
function dotted({ name, isFast }: ModelName): string {
  return name.replace(/(\d)-(\d)/, "$1.$2") + (isFast ? "-fast" : "");
}

type Find = () => PriceSchedule | null | undefined;

/** All names in the first list, then all in the second. */
function inLists(provider: string, names: readonly string[], listed: FindListed): Find[] {
  const distinct = [...new Set(names)];
  return [
    ...distinct.map((name) => () => listed(provider, name)),
    ...distinct.map((name) => () => findNewerPrice(provider, name)),
  ];
}

/** The first answer; undefined as soon as one is not known, since what comes later counts less. */
function first(...finds: readonly Find[]): PriceSchedule | null | undefined {
  for (const find of finds) {
    const found = find();
    if (found !== null) return found;
  }
  return null;
}
