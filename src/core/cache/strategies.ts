/**
 * Which strategy answers for which provider and model. A new rule is a line here; the table in the documentation is
 * made from it.
 */
import type { ModelRef } from "../model.ts";
import { anthropicEphemeral } from "./anthropic_ephemeral.ts";
import { documentedWindow } from "./documented_window.ts";
import { empiricalDropoff } from "./empirical_dropoff.ts";
import type { CacheStrategy } from "./strategy.ts";

export interface StrategyRule {
  /** Providers in words, for documentation. */
  readonly providers: string;
  readonly models: string;
  readonly strategy: CacheStrategy;
  /** Document and date that the rule rests on. */
  readonly source: string;
  matches(model: ModelRef): boolean;
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

/** First match wins. */
export const STRATEGY_RULES: readonly StrategyRule[] = [
  {
    providers: "anthropic, amazon-bedrock, google-vertex",
    models: "Claude",
    strategy: anthropicEphemeral,
    source: "https://platform.claude.com/docs/en/build-with-claude/prompt-caching, 2026-11-20",
    matches: ({ provider, model }) =>
      CLAUDE_PROVIDERS.has(provider) && (provider === "anthropic" || /claude/i.test(model)),
  },
  {
    providers: "openai, openai-codex, azure-openai",
    models: "GPT-5.6 and later",
    strategy: documentedWindow,
    source: "https://developers.openai.com/api/docs/guides/prompt-caching, 2026-11-20",
    matches: ({ provider, model }) => OPENAI_PROVIDERS.has(provider) && isGptFrom(model, 5, 6),
  },
  {
    providers: "openrouter",
    models: "every",
    strategy: empiricalDropoff,
    source: "this machine's own sessions; OpenRouter may re-route a request, which they cannot show",
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

/** By provider, then by model: names joined for every look-up take longer than two look-ups. */
const FOUND = new Map<string, Map<string, CacheStrategy>>();

/** Looked up once for a model: thousands of sessions share a few. */
export function strategyFor(ref: ModelRef): CacheStrategy {
  let models = FOUND.get(ref.provider);
  if (models === undefined) FOUND.set(ref.provider, models = new Map());
  let strategy = models.get(ref.model);
  if (strategy === undefined) {
    strategy = STRATEGY_RULES.find((rule) => rule.matches(ref))!.strategy;
    models.set(ref.model, strategy);
  }
  return strategy;
}

/** Versions are numbers, not text: 5.10 comes after 5.6. */
function isGptFrom(model: string, major: number, minor: number): boolean {
  const version = model.match(/(?:^|[/:.])gpt-(\d+)(?:\.(\d+))?/i);
  // Azure writes 3.5 as 35.
  if (version === null || version[1] === "35") return false;
  const [foundMajor, foundMinor] = [Number(version[1]), Number(version[2] ?? 0)];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}
