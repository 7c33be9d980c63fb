import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type PriceTerms, type TokenUsage } from "../../core/model.ts";
import { loadPriceBook } from "./public_prices.ts";

const NOVEMBER = "2026-11-20T12:00:00Z";
const OWN = JSON.stringify({
  providers: {
    gateway: { models: { "claude-opus-5": { input: 1, output: 2 }, "*": { input: 3, output: 4 } } },
    home: { models: { "*": { input: 0, output: 0 } } },
  },
});

Deno.test("a cost follows searches, region and service tier", async (t) => {
  type Row = [
    name: string,
    provider: string,
    model: string,
    usage: Partial<TokenUsage>,
    terms: PriceTerms,
    usd: number | undefined,
    at?: string,
  ];
  const rows: Row[] = [
    // 1000 x 5 / 1e6 + 2 x 0.01
    ["searches", "anthropic", "claude-opus-5", { input: 1000 }, { webSearches: 2 }, 0.025],
    // 1000 x 5 x 1.1 / 1e6; searches are not multiplied
    ["kept to the US", "anthropic", "claude-opus-5", { input: 1000 }, { region: "us", webSearches: 1 }, 0.0155],
    // 1000 x 10 x 1.1 / 1e6
    ["fast, and kept to the US", "anthropic", "claude-opus-5-fast", { input: 1000 }, { region: "us" }, 0.011],
    // 1000 x 25 x 0.5 / 1e6
    ["a batch", "anthropic", "claude-opus-5", { output: 1000 }, { tier: "batch" }, 0.0125],
    // What priority costs is agreed: 1000 x 25 / 1e6
    ["Anthropic's priority", "anthropic", "claude-opus-5", { output: 1000 }, { tier: "priority" }, 0.025],
    // 1000 x 3 / 1e6 + 0.01
    ["through OpenRouter", "openrouter", "anthropic/claude-sonnet-4.6", { input: 1000 }, { webSearches: 1 }, 0.013],
    // Its region is in the price already: 1000 x 5 x 1.1 / 1e6
    ["Bedrock", "amazon-bedrock", "us.anthropic.claude-opus-5", { input: 1000 }, { region: "us" }, 0.0055],
    // 1000 x 1 / 1e6 + 0.01
    ["by the user's price", "gateway", "claude-opus-5", { input: 1000 }, { webSearches: 1 }, 0.011],
    ["a search without a price", "gateway", "llama", { input: 1000 }, { webSearches: 1 }, undefined],
    ["free", "home", "claude-opus-5", { input: 1000 }, { webSearches: 1, region: "us" }, 0],
    ["on this machine", "ollama", "qwen3", { input: 1000 }, { webSearches: 1 }, 0],

    // 1000 x 1.75 x 0.5 / 1e6
    ["OpenAI's flex", "openai", "gpt-5.2", { input: 1000 }, { tier: "flex" }, 0.000875],
    ["OpenAI's batch", "openai-codex", "gpt-5.2", { input: 1000 }, { tier: "batch" }, 0.000875],
    // 1000 x 12.5 / 1e6, as OpenAI lists it; and 1000 x 75 / 1e6
    ["priority of GPT-5.5", "openai", "gpt-5.5", { input: 1000 }, { tier: "priority" }, 0.0125],
    ["by its new name", "azure", "gpt-5.5", { output: 1000 }, { tier: "fast" }, 0.075],
    ["of a dated id", "openai", "gpt-5.5-2026-04-23", { cacheRead: 1000 }, { tier: "priority" }, 0.00125],
    // 5, 1.5, 4, 2.4 a million
    ["GPT-5.4", "openai", "gpt-5.4", { input: 1000 }, { tier: "priority" }, 0.005],
    ["GPT-5.4 mini", "openai", "gpt-5.4-mini", { input: 1000 }, { tier: "priority" }, 0.0015],
    ["Terra", "openai", "gpt-5.6-terra", { input: 1000 }, { tier: "priority" }, 0.004],
    ["Luna", "openai", "gpt-5.6-luna", { output: 1000 }, { tier: "priority" }, 0.0024],
    // 10, 1 and 60 a million, and writes as many times more as input is: 5 x 10 / 4
    ["Sol", "openai", "gpt-5.6-sol", { input: 1000 }, { tier: "priority" }, 0.01],
    ["Sol's reads", "openai", "gpt-5.6-sol", { cacheRead: 1000 }, { tier: "priority" }, 0.001],
    ["Sol's writes", "openai", "gpt-5.6-sol", { cacheWrite: 1000 }, { tier: "priority" }, 0.0125],
    ["Sol's output", "openai", "gpt-5.6-sol", { output: 1000 }, { tier: "priority" }, 0.06],
    // Long prompts cost twice as much again: 300000 x 20 / 1e6
    ["Sol, a long prompt", "openai", "gpt-5.6-sol", { input: 300_000 }, { tier: "priority" }, 6],
    // Before the price was cut, twice the standard price was what OpenAI lists: 1000 x 10 / 1e6
    ["Sol in July", "openai", "gpt-5.6-sol", { input: 1000 }, { tier: "priority" }, 0.01, "2026-08-01T00:00:00Z"],
    // 1000 x 2 x 2 / 1e6
    ["a model of the second list", "openai", "gpt-6.1-sol", { input: 1000 }, { tier: "priority" }, 0.004],
    ["a tier that nobody lists", "openai", "gpt-5.2", { input: 1000 }, { tier: "scale" }, 0.00175],
    ["not at a router", "openrouter", "openai/gpt-5.2", { input: 1000 }, { tier: "priority" }, 0.00175],
  ];
  const book = await loadPriceBook(OWN);
  for (const [name, provider, model, usage, terms, usd, at = NOVEMBER] of rows) {
    await t.step(name, () => {
      const found = book.costOf({ provider, model }, { ...NO_USAGE, ...usage }, Date.parse(at), { terms });
      strictEqual(found === undefined ? undefined : Math.round(found * 1e12) / 1e12, usd);
    });
  }
});

Deno.test("what has no price of its own is known to stand at the standard one", async () => {
  const book = await loadPriceBook(undefined);
  const knows = (provider: string, model: string, terms: PriceTerms) =>
    book.knowsTerms!({ provider, model }, Date.parse(NOVEMBER), terms);
  deepStrictEqual([
    knows("anthropic", "claude-opus-5", { region: "us", tier: "batch", webSearches: 1 }),
    knows("anthropic", "claude-opus-5", { tier: "priority" }),
    knows("anthropic", "claude-opus-5", { region: "mars" }),
    knows("openai", "gpt-5.5", { tier: "fast" }),
    knows("openai", "gpt-5.5", { tier: "scale" }),
    knows("openrouter", "openai/gpt-5.5", { tier: "flex" }),
  ], [true, false, false, true, false, false]);
});

Deno.test("a price holds from its day on", async (t) => {
  const rows: [name: string, provider: string, model: string, input: number, at: string, usd: number | undefined][] = [
    // Above 200,000 tokens twice as much, until 13 March 2026: 300000 x 6 / 1e6, then x 3
    ["Sonnet 4.5, a long prompt", "anthropic", "claude-sonnet-4-5", 300_000, "2026-03-12T23:59:59Z", 1.8],
    ["Sonnet 4.5, the day itself", "anthropic", "claude-sonnet-4-5", 300_000, "2026-03-13T00:00:00Z", 0.9],
    ["Sonnet 4, dated", "anthropic", "claude-sonnet-4-20250514", 300_000, "2026-03-12T00:00:00Z", 1.8],
    ["Sonnet 4, after", "anthropic", "claude-sonnet-4-20250514", 300_000, "2026-03-13T00:00:00Z", 0.9],
    ["Vertex does as Anthropic", "google-vertex", "claude-opus-4-6", 300_000, "2026-11-20T00:00:00Z", 1.5],
    // 1000 x 5, 5, 4 and nobody knows
    ["what opus was", "anthropic", "opus", 1000, "2026-02-04T23:00:00Z", undefined],
    ["in March", "anthropic", "opus", 1000, "2026-03-20T00:00:00Z", 0.005],
    ["in November", "anthropic", "opus", 1000, "2026-11-20T00:00:00Z", 0.004],
    // Its own price for long prompts held until then: 300000 x 10 / 1e6, then x 5
    ["opus, long", "anthropic", "claude-opus-latest", 300_000, "2026-03-01T00:00:00Z", 3],
    ["opus, long, later", "anthropic", "claude-opus-latest", 300_000, "2026-03-14T00:00:00Z", 1.5],
    // 1000 x 3 / 1e6
    ["Copilot before it billed tokens", "github-copilot", "claude-sonnet-4.6", 1000, "2026-05-31T23:59:59Z", undefined],
    ["Copilot since", "github-copilot", "claude-sonnet-4.6", 1000, "2026-06-01T00:00:00Z", 0.003],
    [
      "an alias of another vendor, before the list",
      "google",
      "gemini-pro-latest",
      1000,
      "2026-11-09T00:00:00Z",
      undefined,
    ],
    // 1000 x 2 / 1e6
    ["on its day", "google", "gemini-pro-latest", 1000, "2026-11-10T00:00:00Z", 0.002],
  ];
  const book = await loadPriceBook(undefined);
  for (const [name, provider, model, input, at, usd] of rows) {
    await t.step(
      name,
      () => strictEqual(book.costOf({ provider, model }, { ...NO_USAGE, input }, Date.parse(at)), usd),
    );
  }
});
