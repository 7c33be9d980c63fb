import { ok, strictEqual } from "node:assert/strict";
import { briefEvidence, STRATEGY_RULES, strategyFor, strategyOf } from "./strategies.ts";
import type { CacheAnchor, CacheStrategyId, LearnedLifetime } from "./strategy.ts";
import { lifetimeTable } from "./lifetime_table.ts";

Deno.test("strategyFor()", async (t) => {
  const rows: [provider: string, model: string, expected: CacheStrategyId][] = [
    ["anthropic", "claude-sonnet-4-5", "anthropic_ephemeral"],
    ["anthropic", "claude-opus-4-6", "anthropic_ephemeral"],
    ["anthropic", "opus", "anthropic_ephemeral"],
    // Anthropic's lifetimes hold for its own models, whatever client asked for others.
    ["anthropic", "unknown", "empirical_dropoff"],
    ["anthropic", "glm-5.3", "empirical_dropoff"],
    ["unknown", "glm-4.6", "empirical_dropoff"],
    ["unknown", "deepseek-v4-flash", "empirical_dropoff"],
    ["openrouter", "z-ai/glm-5.3", "empirical_dropoff"],
    ["openrouter", "claude-haiku-4.5", "anthropic_ephemeral"],
    ["openrouter", "anthropic--claude-4.6-opus", "anthropic_ephemeral"],
    ["amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic_ephemeral"],
    ["google-vertex", "claude-sonnet-4-5@20250929", "anthropic_ephemeral"],
    ["amazon-bedrock", "amazon.nova-pro-v1:0", "empirical_dropoff"],
    ["google-vertex", "gemini-3-pro", "empirical_dropoff"],
    // Claude is sold here, but its lifetimes are not documented for it.
    ["opper", "anthropic/claude-sonnet-4.6", "empirical_dropoff"],
    ["openrouter", "anthropic/claude-sonnet-4.6", "anthropic_ephemeral"],
    ["openrouter", "openai/gpt-5.6", "empirical_dropoff"],
    ["opper", "gpt-5.6", "empirical_dropoff"],
    ["openai", "gpt-5.6", "documented_window"],
    ["openai", "GPT-5.6", "documented_window"],
    ["openai", "openai/gpt-5.6", "documented_window"],
    ["openai", "gpt-5.6-sol", "documented_window"],
    ["openai", "gpt-5.10", "documented_window"],
    ["openai", "gpt-5.10-mini", "documented_window"],
    ["openai", "gpt-6", "documented_window"],
    ["openai", "gpt-6-codex", "documented_window"],
    ["openai", "gpt-6-mini", "documented_window"],
    ["openai", "gpt-7", "documented_window"],
    ["openai", "gpt-10.1", "documented_window"],
    ["openai-codex", "gpt-5.6-sol", "documented_window"],
    ["azure-openai", "gpt-5.6", "documented_window"],
    ["openai", "gpt-5.5", "empirical_dropoff"],
    ["openai", "gpt-5.4-mini", "empirical_dropoff"],
    ["openai", "gpt-5", "empirical_dropoff"],
    ["openai", "gpt-5-2025-08-07", "empirical_dropoff"],
    ["openai", "gpt-4o", "empirical_dropoff"],
    ["openai", "gpt-4.1", "empirical_dropoff"],
    ["openai", "o3", "empirical_dropoff"],
    ["openai", "o4-mini", "empirical_dropoff"],
    ["openai", "gpt-oss-120b", "empirical_dropoff"],
    ["azure-openai", "gpt-35-turbo", "empirical_dropoff"],
    ["openai-codex", "gpt-5.5", "empirical_dropoff"],
    ["deepseek", "deepseek-chat", "empirical_dropoff"],
    ["my-gateway", "qwen3-coder", "empirical_dropoff"],
    ["unknown", "unknown", "empirical_dropoff"],
  ];
  for (const [provider, model, expected] of rows) {
    await t.step(`${provider} ${model}`, () => strictEqual(strategyFor({ provider, model }).id, expected));
  }
});

Deno.test("strategyOf() what was only read", async (t) => {
  const rows: [provider: string, model: string, expected: CacheStrategyId][] = [
    // A client that cannot show writes does not show for how long they were made either.
    ["openrouter", "anthropic/claude-sonnet-4.6", "empirical_dropoff"],
    ["github-copilot", "claude-sonnet-4.6", "empirical_dropoff"],
    // Who bills writes shows them: there were none since the log began.
    ["anthropic", "claude-sonnet-4-5", "anthropic_ephemeral"],
    ["amazon-bedrock", "us.anthropic.claude-opus-5", "anthropic_ephemeral"],
    ["openai", "gpt-5.6", "documented_window"],
  ];
  for (const [provider, model, expected] of rows) {
    await t.step(`${provider} ${model}`, () => {
      strictEqual(strategyOf({ model: { provider, model }, hidesWrites: true }).id, expected);
    });
  }
});

Deno.test("briefEvidence() of what a strategy says fits on a line of 80 columns", async (t) => {
  const fit = { warmUntilMs: 600_000, coldFromMs: 1_800_000, ttlMs: 1_200_000 };
  const learned = (provider: string, model?: string): LearnedLifetime => ({
    pool: model === undefined ? "provider" : "model",
    provider,
    model,
    samples: 39,
    survivals: 13,
    drops: 26,
    fit,
  });
  const lifetimes = lifetimeTable([learned("deepseek", "deepseek-chat"), learned("deepseek"), learned("openrouter")]);
  const rows: [provider: string, model: string, expiresAt: number | undefined, expected: string | undefined][] = [
    ["anthropic", "claude-sonnet-4-5", undefined, "documented: 5 min or 1 h (not a promise)"],
    ["openrouter", "anthropic/claude-opus-5", undefined, "documented: 5 min or 1 h, at one host for 10 min"],
    ["openai", "gpt-5.6", undefined, "documented: at least 30 min, at most 24 h"],
    ["deepseek", "deepseek-chat", undefined, "learned: 13 of 39 pauses survived"],
    ["openrouter", "z-ai/glm-5.3", undefined, "learned: 13 of 39 pauses survived (all models at openrouter)"],
    ["github-copilot", "gpt-5.6", 5000, "recorded by the agent"],
    ["mistral", "mistral-large", undefined, undefined],
  ];
  for (const [provider, model, expiresAt, expected] of rows) {
    await t.step(`${provider} ${model}`, () => {
      const anchor: CacheAnchor = {
        model: { provider, model },
        at: 0,
        tokens: 9000,
        oneHourTokens: 0,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      const strategy = strategyOf(anchor);
      const { evidence, state } = strategy.stateAt(anchor, 1000, lifetimes);
      const said = briefEvidence({ strategy: state === "unknown" ? "unknown" : strategy.id, provider, evidence });
      strictEqual(said, expected);
      ok((said ?? "").length <= 62);
    });
  }
});

Deno.test("STRATEGY_RULES name a dated source for everything documented, and end with one for all others", () => {
  for (const { strategy, source } of STRATEGY_RULES) {
    if (strategy.id !== "empirical_dropoff") ok(/^https:.* \d{4}-\d\d-\d\d$/.test(source), source);
  }
  ok(STRATEGY_RULES.at(-1)!.matches({ provider: "", model: "" }, false));
});
