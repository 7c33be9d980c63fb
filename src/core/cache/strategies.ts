/**
 * Which strategy answers for which provider and model. A new rule is a line here; the table in the documentation is
 * made from it.
 */
import type { DurationMs, ModelRef } from "../model.ts";
import { isClaude, readGpt, readModelName } from "../model_name.ts";
import { anthropicEphemeral } from "./anthropic_ephemeral.ts";
import { documentedWindow, LONGEST_MS } from "./documented_window.ts";
import { empiricalDropoff } from "./empirical_dropoff.ts";
import { recordedExpiry } from "./recorded_expiry.ts";
import type { CacheAnchor, CacheEvidence, CacheStrategy, CacheStrategyId, LearnedLifetime } from "./strategy.ts";
import { unknownLifetime } from "./unknown.ts";

/** Which models a strategy is for, and what says so. */
export interface StrategyRule {
  /** Providers in words, for documentation. */
  readonly providers: string;
  readonly models: string;
  readonly strategy: CacheStrategy;
  /** Document and date that the rule rests on. */
  readonly source: string;
  /** @param upstream The host behind the provider that served it, where that is known */
  matches(model: ModelRef, hidesWrites: boolean, upstream?: string): boolean;
}

/** Who sells Claude with Anthropic's own cache lifetimes. */
const CLAUDE_PROVIDERS = new Set([
  "anthropic",
  "amazon-bedrock",
  "bedrock",
  "google-vertex",
  "vertex",
  "google-vertex-anthropic",
]);
const OPENAI_PROVIDERS = new Set(["openai", "openai-codex", "azure-openai", "azure-openai-responses"]);
/** As OpenRouter names who serves OpenAI's models with OpenAI's own caches. */
const OPENAI_HOSTS = new Set(["OpenAI", "Azure"]);

/** First match wins. */
export const STRATEGY_RULES: readonly StrategyRule[] = [
  {
    providers: "anthropic, amazon-bedrock, google-vertex",
    models: "Claude",
    strategy: anthropicEphemeral,
    source: "https://platform.claude.com/docs/en/build-with-claude/prompt-caching, 2026-11-20",
    matches: ({ provider, model }) => CLAUDE_PROVIDERS.has(provider) && isClaude(model),
  },
  {
    providers: "openrouter",
    models: "Claude, where the log shows writes to the cache",
    strategy: anthropicEphemeral,
    source: "https://openrouter.ai/docs/guides/best-practices/prompt-caching, 2026-08-22",
    matches: ({ provider, model }, hidesWrites) => provider === "openrouter" && isClaude(model) && !hidesWrites,
  },
  {
    providers: "openai, openai-codex, azure-openai",
    models: "GPT-5.6 and later",
    strategy: documentedWindow,
    source: "https://developers.openai.com/api/docs/guides/prompt-caching, 2026-11-20",
    matches: ({ provider, model }) => OPENAI_PROVIDERS.has(provider) && isGptFrom(model, 5, 6),
  },
  {
    providers: "openrouter, where OpenAI or Azure is known to have served it",
    models: "GPT-5.6 and later",
    strategy: documentedWindow,
    source: "https://openrouter.ai/docs/guides/best-practices/prompt-caching, 2026-08-22",
    matches: ({ provider, model }, _hidesWrites, upstream) =>
      provider === "openrouter" && upstream !== undefined && OPENAI_HOSTS.has(upstream) && isGptFrom(model, 5, 6),
  },
  {
    providers: "openrouter",
    models: "every other",
    strategy: empiricalDropoff,
    source: "this machine's own sessions, by who served them where OpenRouter was asked that",
    matches: ({ provider }) => provider === "openrouter",
  },
  {
    providers: "every other",
    models: "every other",
    strategy: empiricalDropoff,
    source: "this machine's own sessions",
    matches: () => true,
  },
];

/**
 * After how long without a request no cache is warm, or may be, whatever the model.
 *
 * @param learned All that the state may rest on
 */
export function longestLifetime(learned: readonly LearnedLifetime[]): DurationMs {
  return learned.reduce((longest, { fit }) => Math.max(longest, fit?.coldFromMs ?? 0), LONGEST_MS);
}

/** By provider, then by model: names joined for every look-up take longer than two look-ups. */
type Found = Map<string, Map<string, CacheStrategy>>;
const FOUND: readonly [shown: Found, hidden: Found] = [new Map(), new Map()];
/** By host, where one is known. */
const FOUND_AT = new Map<string, typeof FOUND>();

/**
 * Looked up once for a model: thousands of sessions share a few.
 *
 * @param hidesWrites Whether the log shows reads of the cache alone, see `CacheAnchor`
 * @param upstream The host behind the provider. @default it is not known
 */
export function strategyFor(ref: ModelRef, hidesWrites = false, upstream?: string): CacheStrategy {
  const found = (upstream === undefined ? FOUND : foundAt(upstream))[hidesWrites ? 1 : 0];
  let models = found.get(ref.provider);
  if (models === undefined) found.set(ref.provider, models = new Map());
  let strategy = models.get(ref.model);
  if (strategy === undefined) {
    strategy = STRATEGY_RULES.find((rule) => rule.matches(ref, hidesWrites, upstream))!.strategy;
    models.set(ref.model, strategy);
  }
  return strategy;
}

function foundAt(upstream: string): typeof FOUND {
  let found = FOUND_AT.get(upstream);
  if (found === undefined) FOUND_AT.set(upstream, found = [new Map(), new Map()]);
  return found;
}

/** The strategy for what a chain left in a cache: what the agent says of its expiry goes before all rules. */
export function strategyOf(
  { model, hidesWrites, expiresAt, upstream }: Pick<CacheAnchor, "model" | "hidesWrites" | "expiresAt" | "upstream">,
): CacheStrategy {
  return expiresAt === undefined ? strategyFor(model, hidesWrites === true, upstream) : recordedExpiry;
}

const STRATEGIES: readonly CacheStrategy[] = [
  ...new Set([...STRATEGY_RULES.map(({ strategy }) => strategy), recordedExpiry, unknownLifetime]),
];

/**
 * What the state of a cache rests on, in a few words, from what its report or its JSON says. Undefined where there is no
 * evidence.
 */
export function briefEvidence(
  cache: { readonly strategy: CacheStrategyId; readonly provider?: string; readonly evidence?: CacheEvidence },
): string | undefined {
  if (cache.evidence === undefined) return undefined;
  return STRATEGIES.find(({ id }) => id === cache.strategy)!.sayBriefly(cache.evidence, cache.provider);
}

/** Whether the state of a cache of this model may rest on what was learned from history. */
export function mayRestOnHistory(model: ModelRef, upstream?: string): boolean {
  return [false, true].some((hidesWrites) => strategyFor(model, hidesWrites, upstream).id === empiricalDropoff.id);
}

/** Lifetimes that are documented of this model, where no history decides. */
export function documentedLifetimes(model: ModelRef, upstream?: string): readonly DurationMs[] | undefined {
  return mayRestOnHistory(model, upstream) ? undefined : strategyFor(model, false, upstream).documentedMs;
}

/** Versions are numbers, not text: 5.10 comes after 5.6. */
function isGptFrom(model: string, major: number, minor: number): boolean {
  if (!/gpt-/i.test(model)) return false;
  // As most write it: the rules for all other ways take a millisecond to compile, in every answer.
  const { family, version } = model.startsWith("gpt-") ? readGpt(model) : readModelName(model);
  if (family !== "gpt" || version === undefined) return false;
  return version.major > major || (version.major === major && version.minor >= minor);
}
