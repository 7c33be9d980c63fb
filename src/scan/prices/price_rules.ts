/**
 * Looks up a model's public price: in which lists, in which order, and what one vendor's list means for another seller.
 *
 * The first list by the id as it was logged, then by the model's own name; the second list in the same way; then rules. An
 * id is read by core/model_name.ts alone: nothing here compares parts of names.
 */
import { type ModelName, readModelName } from "../../core/model_name.ts";
import { NEWER_PRICE_RELEASE, PRICE_RELEASE } from "../../core/cost/price_release.ts";
import { baseOf, type PriceTable } from "../../core/cost/price_table.ts";
import {
  CLAUDE_ALIASES,
  correctClaudePrice,
  findClaudePrice,
  mapRates,
  multiplyRate,
  withWrites,
} from "./claude_prices.ts";
import { COPILOT_SINCE, findNewerPrice } from "./newer_prices.ts";
import { DISCONTINUED_AT_COPILOT } from "./copilot_prices.ts";
import { type PriceList, type PriceSchedule, startAt } from "./price_schedule.ts";
import { isLocalProvider, sellerOf } from "./sellers.ts";

/** What the first list says: null when it has no price that can be trusted, undefined when it has to be loaded for that. */
export type FindListed = (provider: string, model: string) => PriceSchedule | null | undefined;

/** Ollama passes these on to its own machines, which are paid for as a plan. */
const CLOUD_MODEL = /[:-]cloud$/;

const FREE: PriceSchedule = { lists: [{ table: { input: 0, output: 0 } }] };
const LOCAL: PriceSchedule = { ...FREE, origin: "local" };

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

/** Sellers with prices of their own that a proxy may name in front of a model (LiteLLM), of which no list has a price. */
const UNLISTED_SELLER = /^(?:databricks|lm_studio|ollama|ollama_chat|replicate|snowflake)\//;
/** Sellers that ask what makers do, in lists that have today's price alone. */
const RESELLERS = new Set(["opencode", "openrouter", "vercel-ai-gateway"]);

/** Makers at whose prices a plan that bills in units without a public rate is valued, as makers' own plans are. */
const VALUED_MAKERS = new Set(["anthropic", "google", "openai"]);

const COPILOT_PATH = /^github[_-]copilot\//;

/** How hard a model thinks is asked for beside its name, and changes no rate; proxies put it behind the name. */
const EFFORT = /^(gpt-[5-9].*|o\d.*|codex.*)-(?:minimal|low|medium|high|xhigh)$/;

/** @returns null when nothing has a price, undefined when the first list has to be loaded to say so */
export function findPublicPrice(provider: string, model: string, listed: FindListed): PriceSchedule | null | undefined {
  if (isLocalProvider(provider)) return CLOUD_MODEL.test(model.toLowerCase()) ? null : LOCAL;
  const seller = sellerOf(provider);
  const isMaker = seller === "anthropic" || seller === "openai";
  const id = model.trim().toLowerCase();
  if (isMaker && COPILOT_PATH.test(id)) {
    return findPublicPrice("github-copilot", id.replace(COPILOT_PATH, ""), listed);
  }
  if (isMaker && UNLISTED_SELLER.test(id)) return null;
  const name = readModelName(model);
  if (name.isOpaque) return null;
  if (seller === "factory") {
    return VALUED_MAKERS.has(name.vendor ?? "") ? findPublicPrice(name.vendor!, model, listed) : null;
  }
  if (name.isFree) return seller === "openrouter" ? FREE : null;
  // Models that many hosts serve cost what the host asks, and the log does not name it: no list has to be asked.
  if (seller === "openrouter" && name.vendor !== undefined && !ONE_PRICE.has(name.vendor)) return null;

  const isBedrock = seller === "amazon-bedrock" || (isMaker && name.isBedrock === true);
  if (isBedrock) return findOnBedrock(model, name, listed);
  if (name.family === "claude") {
    switch (seller) {
      case "anthropic":
        return findMakersClaude(model, name, listed);
      // Google has Claude on Vertex alone.
      case "google":
      case "google-vertex":
        return first(
          () => name.isFast ? null : findMakersClaude(name.name, name, listed),
          () => name.isFast ? null : listed("google-vertex", model),
        );
      case "openrouter":
        return first(
          ...inLists(seller, [model, `anthropic/${dotted(name)}`], listed),
          () => findMakersClaude(model, name, listed),
        );
    }
  }
  switch (seller) {
    case "openai":
      return first(
        () => findMakersOpenAi(model, name, listed),
        () => {
          const plain = EFFORT.exec(name.name)?.[1];
          return plain === undefined ? null : findMakersOpenAi(plain, readModelName(plain), listed);
        },
      );
    case "azure":
      // A deployment may be called anything: only a name that is OpenAI's is believed.
      return first(
        () => listed(seller, model),
        () => name.vendor === "openai" ? findMakersOpenAi(name.name, name, listed) : null,
      );
    case "github-copilot":
      return first(
        () => withMakersDates(first(...inLists(seller, namesAt(model, name), listed)), name, listed),
        () => findDiscontinuedAtCopilot(name, listed),
      );
  }
  const found = first(...inLists(seller, namesAt(model, name), listed));
  return RESELLERS.has(seller) ? withMakersDates(found, name, listed) : found;
}

/**
 * Lists of resellers have the price of their day alone. Where that is the maker's of the same day, what the maker asked
 * before and will ask holds for them as well.
 */
function withMakersDates(
  found: PriceSchedule | null | undefined,
  { vendor, name }: ModelName,
  listed: FindListed,
): PriceSchedule | null | undefined {
  if (!found || (vendor !== "openai" && vendor !== "google") || name.includes(":")) return found;
  const { table, since: start } = found.lists.at(-1)!;
  // One list, or one since the day on which there was a price at all.
  if (table === undefined || found.lists.slice(0, -1).some((list) => list.table !== undefined)) return found;
  const makers = listed(vendor, name);
  if (makers === undefined) return undefined;
  const day = Date.parse(`${(found.origin === "newer" ? NEWER_PRICE_RELEASE : PRICE_RELEASE).date}T00:00:00Z`);
  const today = makers?.lists.findLast(({ since }) => since === undefined || since <= day);
  if (!makers || today?.table === undefined || !isSamePrice(table, today.table)) return found;
  if (makers.lists.length === 1 || makers.lists.some(({ hours }) => hours !== undefined)) return found;
  const lists = makers.lists.map((list) => list === today ? { ...list, table } : list);
  return { ...found, lists: start === undefined ? lists : startAt(start, lists) };
}

/** By what is asked for a short prompt: sellers draw the border to long ones elsewhere. */
function isSamePrice(a: PriceTable, b: PriceTable): boolean {
  return a.input !== undefined && a.output !== undefined && b.input !== undefined && b.output !== undefined &&
    baseOf(a.input) === baseOf(b.input) && baseOf(a.output) === baseOf(b.output);
}

/** Models that Copilot has dropped again since it bills tokens, at their makers' prices. */
function findDiscontinuedAtCopilot(name: ModelName, listed: FindListed): PriceSchedule | null | undefined {
  const spelled = name.family === "claude" ? dotted(name) : name.name;
  if (!Object.hasOwn(DISCONTINUED_AT_COPILOT, spelled)) return null;
  const found = findPublicPrice(DISCONTINUED_AT_COPILOT[spelled]!, spelled, listed);
  return found && { ...found, lists: startAt(COPILOT_SINCE, found.lists) };
}

/** The names under which a seller may list the model, the most specific first. */
function namesAt(model: string, name: ModelName): string[] {
  if (name.family === "claude") {
    const spelled = dotted(name);
    // At raised speed it costs a multiple: never by the name without it.
    return [model, ...(name.isFast ? [`${name.name}-fast`] : [name.name]), spelled, `anthropic/${spelled}`];
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
  // AWS asks more in its regions for the government, by model, and the lists do not say how much.
  if (name.geography === "us-gov") return null;
  return first(
    () => {
      const found = listed("amazon-bedrock", model.toLowerCase().trim().replace(/\[1m\]$/, ""));
      return name.geography === "global" ? withMakersDates(found, name, listed) : found;
    },
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
