import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { calcPrice } from "@pydantic/genai-prices";
import config from "../../../deno.json" with { type: "json" };
import { NO_USAGE, type TokenUsage } from "../../core/model.ts";
import { PRICE_RELEASE } from "../../core/cost/price_release.ts";
import { loadPriceBook } from "./public_prices.ts";
import { priceBookVersion } from "./price_version.ts";

const MILLION = 1_000_000;
const NOVEMBER = Date.parse("2026-11-20T12:00:00Z");

/** The cost of a usage in millionths of a dollar, without the noise of the last binary digits. */
async function millionths(
  provider: string,
  model: string,
  usage: Partial<TokenUsage>,
  at: string | number = NOVEMBER,
  overridesText?: string,
): Promise<number | undefined> {
  const book = await loadPriceBook(overridesText);
  const time = typeof at === "number" ? at : Date.parse(at);
  const usd = book.costOf({ provider, model }, { ...NO_USAGE, ...usage }, time);
  return usd === undefined ? undefined : Math.round(usd * 1e12) / 1e6;
}

Deno.test("the price data's date belongs to the pinned version", () => {
  strictEqual(config.imports[PRICE_RELEASE.package], `npm:${PRICE_RELEASE.package}@${PRICE_RELEASE.version}`);
  // A new version has a new date: look it up with `npm view @pydantic/genai-prices time`, and go through ADR 0002 again.
  deepStrictEqual([PRICE_RELEASE.version, PRICE_RELEASE.date], ["0.1.8", "2026-09-23"]);
});

Deno.test("costOf agrees with what the tools wrote down themselves", async (t) => {
  // Token counts and totals as in tests/fixtures/home.
  const rows: [name: string, provider: string, model: string, usage: Partial<TokenUsage>, millionths: number][] = [
    // 35 x 5 + 215 x 25 + 30015 x 0.5 + 1015 x 10 = 175 + 5375 + 15007.5 + 10150
    ["Claude Code, one-hour writes", "anthropic", "claude-opus-4-6", {
      input: 35,
      output: 215,
      cacheRead: 30_015,
      cacheWrite1h: 1015,
    }, 30_707.5],
    // 65 x 5 + 515 x 25 + 80015 x 0.5 + 2515 x 6.25 = 325 + 12875 + 40007.5 + 15718.75
    ["Claude Code, five-minute writes", "anthropic", "claude-opus-4-6", {
      input: 65,
      output: 515,
      cacheRead: 80_015,
      cacheWrite: 2515,
    }, 68_926.25],
    // 81 x 3 + 621 x 15 + 90021 x 0.3 + 3021 x 3.75 = 243 + 9315 + 27006.3 + 11328.75
    ["Claude Code, Sonnet", "anthropic", "claude-sonnet-4-5", {
      input: 81,
      output: 621,
      cacheRead: 90_021,
      cacheWrite: 3021,
    }, 47_893.05],
    // 20 x 5 + 12 x 25 + 1390 x 0.5 + 14 x 10 = 100 + 300 + 695 + 140
    ["Pi, one-hour writes", "anthropic", "claude-opus-4-6", {
      input: 20,
      output: 12,
      cacheRead: 1390,
      cacheWrite1h: 14,
    }, 1235],
    // 58 x 1.75 + 23 x 14 + 1367 x 0.175 = 101.5 + 322 + 239.225
    ["Pi, OpenAI", "openai", "gpt-5.2", { input: 58, output: 23, cacheRead: 1367 }, 662.725],
  ];
  for (const [name, provider, model, usage, expected] of rows) {
    await t.step(name, async () => strictEqual(await millionths(provider, model, usage), expected));
  }
});

Deno.test("costOf finds the right row for the ids that logs hold", async (t) => {
  // Dollars per million tokens: input, output, cache read, five-minute or standard write, one-hour write.
  type Rates = [input: number, output: number, read: number, write: number, write1h: number];
  const SONNET: Rates = [3, 15, 0.3, 3.75, 6];
  const OPUS: Rates = [5, 25, 0.5, 6.25, 10];
  const OPUS_4: Rates = [15, 75, 1.5, 18.75, 30];
  const HAIKU: Rates = [1, 5, 0.1, 1.25, 2];
  const REGIONAL_SONNET: Rates = [3.3, 16.5, 0.33, 4.125, 6.6];
  const GPT_5_2: Rates = [1.75, 14, 0.175, 1.75, 3.5];
  const rows: [provider: string, model: string, rates: Rates | undefined][] = [
    ["anthropic", "claude-opus-5-5", [4, 20, 0.2, 5, 8]],
    ["anthropic", "claude-opus-5", OPUS],
    ["anthropic", "claude-opus-4-8", OPUS],
    ["anthropic", "claude-opus-4-6", OPUS],
    ["anthropic", "claude-opus-4-6-fast", [30, 150, 3, 37.5, 60]],
    ["anthropic", "claude-opus-4-7-fast", [30, 150, 3, 37.5, 60]],
    ["anthropic", "claude-opus-4-8-fast", [10, 50, 1, 12.5, 20]],
    ["anthropic", "claude-opus-5-fast", [10, 50, 1, 12.5, 20]],
    ["anthropic", "claude-opus-4-6-20260205-fast", [30, 150, 3, 37.5, 60]],
    ["anthropic", "claude-opus-5-20260724-fast", [10, 50, 1, 12.5, 20]],
    ["anthropic", "claude-opus-5-5-fast", [8, 40, 0.4, 10, 16]],
    ["anthropic", "claude-sonnet-5-5", [2, 10, 0.1, 2.5, 4]],
    ["anthropic", "claude-sonnet-5-5-20260929", [2, 10, 0.1, 2.5, 4]],
    ["anthropic", "vertex_ai/claude-opus-4-6", OPUS],
    ["anthropic", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", REGIONAL_SONNET],
    ["anthropic", "anthropic/claude-haiku-4.5", HAIKU],
    ["anthropic", "anthropic--claude-4.6-opus", OPUS],
    ["openrouter", "claude-haiku-4.5", HAIKU],
    ["openrouter", "anthropic/claude-opus-5.5-fast", [8, 40, 0.4, 10, 16]],
    // What the names without a version meant in November 2026.
    ["anthropic", "haiku", [0.1, 0.5, 0.01, 0.125, 0.2]],
    ["anthropic", "fable[1m]", [8, 40, 0.2, 10, 16]],
    ["anthropic", "claude-opus-4-5-20251101", OPUS],
    ["anthropic", "claude-opus-4-1-20250805", OPUS_4],
    ["anthropic", "claude-opus-4-20250514", OPUS_4],
    ["anthropic", "claude-sonnet-5", [2, 10, 0.2, 2.5, 4]],
    ["anthropic", "claude-sonnet-4-6", SONNET],
    ["anthropic", "claude-sonnet-4-5", SONNET],
    ["anthropic", "claude-sonnet-4-5-20250929", SONNET],
    ["anthropic", "claude-sonnet-4-20250514", SONNET],
    ["anthropic", "claude-3-7-sonnet-20250219", SONNET],
    ["anthropic", "claude-haiku-4-5-20251001", HAIKU],
    ["anthropic", "claude-3-5-haiku-20241022", [0.8, 4, 0.08, 1, 1.6]],
    ["anthropic", "claude-fable-5", [10, 50, 1, 12.5, 20]],
    ["anthropic", "claude-fable-5-1", [10, 50, 0.25, 12.5, 20]],
    ["openai", "gpt-5.6-sol", [4, 20, 0.4, 5, 8]],
    ["openai", "gpt-5.5", [5, 30, 0.5, 5, 10]],
    // As every -codex before cost what its base did.
    ["openai", "gpt-5.6-codex", [4, 20, 0.4, 5, 8]],
    ["openai", "gpt-5.6-codex-max", [4, 20, 0.4, 5, 8]],
    ["azure", "openai/gpt-5.6-codex", [4, 20, 0.4, 5, 8]],
    ["openai", "gpt-5.5-2026-04-23", [5, 30, 0.5, 5, 10]],
    ["openai", "gpt-5.4-mini", [0.75, 4.5, 0.075, 0.75, 1.5]],
    ["openai", "gpt-5.4-mini-2026-03-17", [0.75, 4.5, 0.075, 0.75, 1.5]],
    ["openai", "gpt-5.2", GPT_5_2],
    ["openai", "gpt-5.2-2025-12-11", GPT_5_2],
    ["openai", "gpt-5.2-codex", GPT_5_2],
    ["openai", "gpt-5-nano-2025-08-07", [0.05, 0.4, 0.005, 0.05, 0.1]],
    ["openai", "gpt-4o", [2.5, 10, 1.25, 2.5, 5]],
    ["openai-codex", "gpt-5.5", [5, 30, 0.5, 5, 10]],
    ["factory", "gpt-5.5", [5, 30, 0.5, 5, 10]],
    ["azure-openai", "gpt-5.2", GPT_5_2],
    ["amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", REGIONAL_SONNET],
    ["amazon-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", REGIONAL_SONNET],
    ["amazon-bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", SONNET],
    ["amazon-bedrock", "us.anthropic.claude-sonnet-5-5", [2.2, 11, 0.11, 2.75, 4.4]],
    ["amazon-bedrock", "anthropic.claude-sonnet-5-5", [2.2, 11, 0.11, 2.75, 4.4]],
    ["amazon-bedrock", "in.anthropic.claude-sonnet-5-5", [2.2, 11, 0.11, 2.75, 4.4]],
    ["amazon-bedrock", "global.openai.gpt-6.1-sol", [2, 10, 0.1, 2.5, 4]],
    ["google-vertex", "publishers/anthropic/models/claude-opus-4-6", OPUS],
    [
      "amazon-bedrock",
      "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
      SONNET,
    ],
    ["google-vertex", "claude-sonnet-4-5@20250929", SONNET],
    ["google-vertex", "claude-opus-4-5@20251101", OPUS],
    ["google-vertex", "claude-opus-4@20250514", OPUS_4],
    ["google", "gemini-2.5-pro", [1.25, 10, 0.125, 1.25, 2.5]],
    ["google", "gemini-2.5-flash", [0.3, 2.5, 0.03, 0.3, 0.6]],
    ["google", "gemini-3-flash-preview", [0.5, 3, 0.05, 0.5, 1]],
    ["google-generative-ai", "gemini-3.1-pro-preview-customtools", [2, 12, 0.2, 2, 4]],
    ["openrouter", "anthropic/claude-sonnet-4.6", SONNET],
    ["openrouter", "anthropic/claude-opus-4.6-fast", [30, 150, 3, 37.5, 60]],
    ["openrouter", "openai/gpt-5.2", GPT_5_2],
    ["openrouter", "deepseek/deepseek-chat-v3-0324:free", [0, 0, 0, 0, 0]],
    ["xai", "grok-4.5", [2, 6, 0.3, 2, 4]],

    // Rows of the first list that are wrong, and of the second that are not.
    ["openrouter", "openai/gpt-5.6-sol", [4, 20, 0.4, 5, 8]],
    ["openrouter", "google/gemini-3-flash-preview", [0.5, 3, 0.05, 0.583333, 1]],
    ["groq", "openai/gpt-oss-safeguard-20b", [0.075, 0.3, 0.0375, 0.075, 0.15]],
    ["mistral", "mistral-large-latest", [0.5, 1.5, 0.05, 0.5, 1]],
    ["github-copilot", "claude-opus-4.8", OPUS],
    ["github-copilot", "claude-opus-4-8", OPUS],

    // On the user's own machine, and on somebody else's.
    ["ollama", "qwen3-coder:30b", [0, 0, 0, 0, 0]],
    ["ollama", "gpt-oss:120b-cloud", undefined],
    ["ollama", "glm-5.3:cloud", undefined],
    // The host sets the price.
    ["openrouter", "z-ai/glm-5.3", undefined],
    ["vercel-ai-gateway", "zai/glm-5.3", undefined],
    ["zai", "glm-4.7:free", undefined],
    ["unknown", "claude-opus-5", undefined],
    ["azure", "my-gpt55-deployment", undefined],

    // A prefix of the name is another model's.
    ["anthropic", "claude-sonnet-5-50", undefined],
    ["anthropic", "claude-haiku-4-50", undefined],
    ["anthropic", "claude-opus-4-10", undefined],
    // Never the price of the model at its usual speed.
    ["anthropic", "claude-sonnet-5-5-fast", undefined],
    ["amazon-bedrock", "anthropic.claude-opus-4-8-fast", undefined],
    ["amazon-bedrock", "eu.amazon.nova-pro-v1:0", undefined],
    ["google", "gemini-3.6-flash-lite", undefined],
    ["google", "gemini-2.5-pro-computer-use", undefined],
    // Rows that are known to be wrong, and models that cost what their host asks.
    ["openrouter", "deepseek/deepseek-chat-v3-0324", undefined],
    ["deepseek", "deepseek-chat", undefined],
    ["azure", "deepseek-v4-pro", undefined],
    // Rows without a price.
    ["openai", "omni-moderation-latest", undefined],
    ["google", "gemma-3-27b-it", undefined],
    // Models and providers that the data does not know. The name of the model alone is never enough.
    ["anthropic", "<synthetic>", undefined],
    ["openai", "gpt-99", undefined],
    ["opper", "anthropic/claude-sonnet-4.6", undefined],
    ["factory", "glm-4.6", undefined],
    ["google-gemini-cli", "gemini-2.5-pro", undefined],
    ["fake", "claude-sonnet-4-6", undefined],
    ["my-openai-proxy", "gpt-5.2", undefined],
    ["constructor", "gpt-5.2", undefined],
    ["", "gpt-5.2", undefined],
  ];
  const kinds = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;
  for (const [provider, model, rates] of rows) {
    await t.step(`${provider}: ${model}`, async () => {
      // A thousand tokens stay below every tier.
      const found = await Promise.all(kinds.map((kind) => millionths(provider, model, { [kind]: 1000 })));
      deepStrictEqual(found, kinds.map((_, index) => rates && Math.round(rates[index]! * 1e9) / 1e6));
    });
  }
});

Deno.test("costOf prices the whole request by tier, and every turn by its day", async (t) => {
  type Row = [name: string, provider: string, model: string, usage: Partial<TokenUsage>, at: string, usd: number];
  const rows: Row[] = [
    // 150k reads at 0.3, 50k input at 3, 1k output at 15: 45000 + 150000 + 15000
    [
      "at the bound of the tier",
      "anthropic",
      "claude-sonnet-4-5",
      {
        input: 50_000,
        cacheRead: 150_000,
        output: 1000,
      },
      "2026-01-01T00:00:00Z",
      210_000,
    ],
    // One token more, and everything is at the upper rates: 150k x 0.6 + 40001 x 6 + 5k x 7.5 + 5k x 12 + 1k x 22.5
    // = 90000 + 240006 + 37500 + 60000 + 22500
    [
      "one token above it",
      "anthropic",
      "claude-sonnet-4-5",
      {
        input: 40_001,
        cacheRead: 150_000,
        cacheWrite: 5000,
        cacheWrite1h: 5000,
        output: 1000,
      },
      "2026-01-01T00:00:00Z",
      450_006,
    ],
    // 300k x 10, until the tiers of Opus 4.6 went on 13 March 2026; then 300k x 5
    ["the day before", "anthropic", "claude-opus-4-6", { input: 300_000 }, "2026-03-12T23:59:59.999Z", 3_000_000],
    ["the day itself", "anthropic", "claude-opus-4-6", { input: 300_000 }, "2026-03-13T00:00:00Z", 1_500_000],
    // 272k are already long at OpenAI: 272000 x 10, and 271999 x 5
    ["below OpenAI's tier", "openai", "gpt-5.5", { input: 271_999 }, "2026-06-01T00:00:00Z", 1_359_995],
    ["OpenAI's tier", "openai", "gpt-5.5", { input: 272_000 }, "2026-06-01T00:00:00Z", 2_720_000],
    // 1000 x 5, and 1000 x 4 from 21 August 2026
    ["before a price cut", "openai", "gpt-5.6-sol", { input: 1000 }, "2026-08-20T23:00:00Z", 5000],
    ["after it", "openai", "gpt-5.6-sol", { input: 1000 }, "2026-08-21T00:00:00Z", 4000],
    // 1000 x 0.66, and twice that from 01:00 to 04:00
    ["an hour of the night", "deepseek", "deepseek-v4-pro", { input: 1000 }, "2026-09-01T00:59:59Z", 660],
    ["a peak hour", "deepseek", "deepseek-v4-pro", { input: 1000 }, "2026-09-01T01:00:00Z", 1320],
    ["the end of the peak", "deepseek", "deepseek-v4-pro", { input: 1000 }, "2026-09-01T04:00:00Z", 660],
    // Before 17 August 2026 there was one price all day: 1000 x 0.435
    [
      "that hour before there were peak prices",
      "deepseek",
      "deepseek-v4-pro",
      { input: 1000 },
      "2026-08-16T01:30:00Z",
      435,
    ],
  ];
  for (const [name, provider, model, usage, at, usd] of rows) {
    await t.step(name, async () => strictEqual(await millionths(provider, model, usage, at), usd));
  }
});

Deno.test("costOf is what the library computes, for any usage and day", async () => {
  const book = await loadPriceBook(undefined);
  const models: [provider: string, providerId: string, model: string][] = [
    ["anthropic", "anthropic", "claude-opus-4-6"],
    ["anthropic", "anthropic", "claude-sonnet-4-6"],
    ["anthropic", "anthropic", "claude-fable-5-1"],
    ["openai", "openai", "gpt-5.5"],
    ["openai", "openai", "gpt-5.6-luna"],
    ["openai", "openai", "gpt-5.4-mini"],
    ["openai", "openai", "o3"],
    ["google", "google", "gemini-2.5-pro"],
    ["google-vertex", "google", "claude-haiku-4-5@20251001"],
    ["openrouter", "openrouter", "openai/gpt-5.4"],
    ["openrouter", "openrouter", "openai/o3-pro"],
    ["moonshotai", "moonshotai", "kimi-k2.5"],
  ];
  const random = seededRandom(20260923);
  const upTo = (limit: number) => Math.floor(random() ** 4 * limit);
  for (let round = 0; round < 3000; round++) {
    const [provider, providerId, model] = models[round % models.length]!;
    const oneHour = providerId === "anthropic" ? upTo(200_000) : 0;
    const usage = {
      input: upTo(600_000),
      cacheRead: upTo(600_000),
      cacheWrite: upTo(200_000),
      cacheWrite1h: oneHour,
      output: upTo(100_000),
    };
    const at = Date.parse("2025-01-01T00:00:00Z") + Math.floor(random() * 700 * 86_400_000);
    const theirs = calcPrice(
      {
        // Their input is the whole prompt, and their writes include those for one hour.
        input_tokens: usage.input + usage.cacheRead + usage.cacheWrite + oneHour,
        cache_read_tokens: usage.cacheRead,
        cache_write_tokens: usage.cacheWrite + oneHour,
        cache_write_1h_tokens: oneHour,
        output_tokens: usage.output,
      },
      model,
      { providerId, timestamp: new Date(at) },
    );
    const ours = book.costOf({ provider, model }, usage, at);
    ok(
      theirs !== null && ours !== undefined && Math.abs(ours - theirs.total_price) <= 1e-12 * theirs.total_price,
      `${provider} ${model} ${JSON.stringify(usage)} at ${at}: ${ours} is not ${theirs?.total_price}`,
    );
  }
});

Deno.test("the user's prices go before the price data", async (t) => {
  const overrides = JSON.stringify({
    providers: {
      opper: { sameAs: "openrouter", models: { Special: { input: 1, output: 2 } } },
      "local-free": { models: { "*": { input: 0, output: 0 } } },
      openai: { models: { "gpt-5.2": { input: 1, output: 2, cacheRead: 0.5 } } },
      mine: { sameAs: "openai", models: { "*": { input: 7, output: 7 } } },
      left: { sameAs: "right" },
      right: { sameAs: "left" },
      "my-claude": { models: { big: { input: 4, output: 8, tiers: [{ promptTokensAbove: 1000, input: 6 }] } } },
    },
  });
  const rows: [name: string, provider: string, model: string, usage: Partial<TokenUsage>, expected?: number][] = [
    ["listed, whatever the case of the name", "opper", "special", { input: 1000 }, 1000],
    ["sameAs", "opper", "anthropic/claude-sonnet-4.6", { cacheRead: 1000 }, 300],
    ["sameAs does not know it", "opper", "no-such-model", { input: 1000 }],
    ["free by the user's word", "local-free", "anything", { input: MILLION, output: MILLION }, 0],
    ["over the price data", "openai", "gpt-5.2", { cacheRead: 1000 }, 500],
    ["a write without a price is input", "openai", "gpt-5.2", { cacheWrite: 1000 }, 1000],
    ["other models keep the price data", "openai", "gpt-5.5", { input: 1000 }, 5000],
    ["sameAs sees the user's prices of the other", "mine", "gpt-5.2", { input: 1000 }, 1000],
    ["the catch-all comes last", "mine", "no-such-model", { input: 1000 }, 7000],
    ["sameAs in a circle", "left", "gpt-5.2", { input: 1000 }],
    ["below the user's tier", "my-claude", "big", { input: 1000, output: 1000 }, 12_000],
    // 1001 x 6; output keeps its base price: 1000 x 8
    ["in the user's tier", "my-claude", "big", { input: 1001, output: 1000 }, 14_006],
    // 1000 x 2 x 4
    ["a one-hour write without a price", "my-claude", "big", { cacheWrite1h: 1000 }, 8000],
  ];
  for (const [name, provider, model, usage, expected] of rows) {
    await t.step(name, async () => {
      strictEqual(await millionths(provider, model, usage, NOVEMBER, overrides), expected);
    });
  }
});

Deno.test("the version tells books with other prices apart, and nothing else", async () => {
  const overrides = '{"providers":{"a":{"models":{"b":{"input":1,"output":2}}}}}';
  const plain = await priceBookVersion(undefined);
  strictEqual((await loadPriceBook(undefined)).version, plain);
  ok(plain.includes(PRICE_RELEASE.version));
  strictEqual((await loadPriceBook(overrides)).version, await priceBookVersion(overrides));
  strictEqual(await priceBookVersion(overrides), await priceBookVersion(overrides.replaceAll(":", " : ")));
  notStrictEqual(await priceBookVersion(overrides), plain);
  notStrictEqual(await priceBookVersion(overrides), await priceBookVersion(overrides.replace("2", "3")));
  strictEqual(await priceBookVersion("not json"), plain);
  strictEqual((await loadPriceBook(undefined)).date, "2026-11-10");
});

/** Mulberry32: small, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
