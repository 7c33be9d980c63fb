import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { isClaude, type ModelName, readModelName, shorterModelNames } from "./model_name.ts";

Deno.test("readModelName reads what clients, clouds and gateways write", async (t) => {
  const OPUS_4_6 = { name: "claude-opus-4-6" };
  const SONNET_4_5 = { name: "claude-sonnet-4-5", date: "20250929" };
  const rows: [model: string, expected: Partial<ModelName>][] = [
    ["claude-opus-4-6", { ...OPUS_4_6, vendor: "anthropic", family: "claude", tier: "opus" }],
    ["Claude-Opus-4-6", OPUS_4_6],
    ["claude-opus-4.6", OPUS_4_6],
    ["claude-4.6-opus", OPUS_4_6],
    ["claude-4-6-opus", OPUS_4_6],
    ["anthropic/claude-opus-4.6", OPUS_4_6],
    ["anthropic--claude-4.6-opus", OPUS_4_6],
    ["openrouter/anthropic/claude-opus-4.6", OPUS_4_6],
    ["vertex_ai/claude-opus-4-6", OPUS_4_6],
    ["publishers/anthropic/models/claude-opus-4-6", OPUS_4_6],
    ["claude-opus-4-6[1m]", OPUS_4_6],
    ["anthropic/claude-opus-4.6:thinking", OPUS_4_6],
    ["claude-opus-4-6-thinking", OPUS_4_6],
    ["anthropic/claude-opus-4.6:beta", OPUS_4_6],
    ["claude-opus-4-6@default", OPUS_4_6],
    ["claude-opus-4-6-fast", { ...OPUS_4_6, isFast: true }],
    ["anthropic/claude-opus-4.6-fast", { ...OPUS_4_6, isFast: true }],
    ["claude-opus-4-6-20260205-fast", { ...OPUS_4_6, date: "20260205", isFast: true }],
    ["us.anthropic.claude-opus-4-6-v1[1m]", { ...OPUS_4_6, geography: "us", isBedrock: true }],
    ["anthropic.claude-opus-4-6-v1", { ...OPUS_4_6, geography: undefined, isBedrock: true }],
    ["bedrock/us-gov.anthropic.claude-opus-4-6-v1", { ...OPUS_4_6, geography: "us-gov" }],
    ["claude-sonnet-4-5-20250929", SONNET_4_5],
    ["claude-sonnet-4-5@20250929", SONNET_4_5],
    ["claude-sonnet-4-5-2025-09-29", SONNET_4_5],
    ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", { ...SONNET_4_5, geography: "global" }],
    [
      "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
      { ...SONNET_4_5, geography: "eu" },
    ],
    ["anthropic/claude-4.8-opus-20260601", { name: "claude-opus-4-8", date: "20260601" }],
    ["claude-opus-4-20250514", { name: "claude-opus-4", date: "20250514", version: { major: 4, minor: 0 } }],
    ["claude-opus-4-0", { name: "claude-opus-4" }],
    ["claude-3-5-haiku-20241022", { name: "claude-3-5-haiku", date: "20241022" }],
    ["anthropic/claude-3.5-haiku", { name: "claude-3-5-haiku" }],
    ["claude-haiku-3.5", { name: "claude-3-5-haiku" }],
    ["claude-3-5-sonnet-v2@20241022", { name: "claude-3-5-sonnet", date: "20241022" }],
    ["claude-3-7-sonnet-latest", { name: "claude-3-7-sonnet" }],
    ["claude-opus-4-10", { name: "claude-opus-4-10", version: { major: 4, minor: 10 } }],
    ["anthropic/claude-opus-4.6:nitro", OPUS_4_6],
    ["claude-4.6-opus-1m", OPUS_4_6],
    ["bedrock/us-gov-west-1/anthropic.claude-opus-4-6-v1", { ...OPUS_4_6, geography: "us-gov" }],
    [
      "arn:aws-us-gov:bedrock:us-gov-east-1::foundation-model/anthropic.claude-opus-4-6-v1",
      { ...OPUS_4_6, geography: "us-gov" },
    ],
    ["bedrock/us-east-1/anthropic.claude-opus-4-6-v1", { ...OPUS_4_6, geography: undefined }],
    ["opus", { name: "claude-opus-latest", tier: "opus", version: undefined }],
    ["sonnet[1m]", { name: "claude-sonnet-latest" }],
    ["claude-opus-latest", { name: "claude-opus-latest" }],
    ["~anthropic/claude-sonnet-latest", { name: "claude-sonnet-latest" }],

    ["openai/gpt-6.1-sol", { vendor: "openai", name: "gpt-6.1-sol", family: "gpt", version: { major: 6, minor: 1 } }],
    ["gpt-5.10-codex", { vendor: "openai", name: "gpt-5.10-codex", version: { major: 5, minor: 10 } }],
    ["us.openai.gpt-5.6-sol", { vendor: "openai", name: "gpt-5.6-sol", geography: "us" }],
    ["gpt-5.5-2026-04-23", { name: "gpt-5.5-2026-04-23", date: undefined, version: { major: 5, minor: 5 } }],
    ["gpt-35-turbo", { version: { major: 3, minor: 5 } }],
    ["openai/gpt-5.5:floor", { vendor: "openai", name: "gpt-5.5" }],
    ["openai/gpt-5.5:online", { name: "gpt-5.5:online" }],
    ["o4-mini", { vendor: "openai", name: "o4-mini", family: undefined }],
    ["models/gemini-2.5-pro", { vendor: "google", name: "gemini-2.5-pro" }],
    ["z-ai/glm-4.7:free", { vendor: "z-ai", name: "glm-4.7", isFree: true }],
    ["MiniMax-M3", { vendor: undefined, name: "minimax-m3" }],
    ["accounts/fireworks/models/kimi-k3", { vendor: "fireworks", name: "kimi-k3" }],
    ["grok-code-fast-1", { name: "grok-code-fast-1", isFast: undefined }],
    ["grok-4-fast", { name: "grok-4-fast", isFast: undefined }],
    ["kimi-k2-thinking", { name: "kimi-k2-thinking" }],
    ["gpt-oss:20b-cloud", { name: "gpt-oss:20b-cloud", family: undefined }],
    ["arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123", { isOpaque: true, vendor: undefined }],
  ];
  for (const [model, expected] of rows) {
    await t.step(model, () => {
      const found = readModelName(model);
      deepStrictEqual(
        Object.fromEntries(Object.keys(expected).map((key) => [key, found[key as keyof ModelName]])),
        expected,
      );
    });
  }
});

Deno.test("isClaude knows Claude by any spelling, and nothing that has a part of the name", () => {
  for (const model of ["claude-opus-5", "haiku", "claude-2.1", "us.anthropic.claude-fable-5-2", "vertex_ai/claude-x"]) {
    strictEqual(isClaude(model), true, model);
  }
  for (const model of ["my-claude-opus-4-6", "gpt-5.2", "opusplan", "not-claude", "<synthetic>", ""]) {
    strictEqual(isClaude(model), false, model);
  }
});

Deno.test("shorterModelNames", async (t) => {
  const rows: [name: string, forms: string[]][] = [
    ["anthropic/claude-opus-4-5-20251101", ["claude-opus-4-5-20251101", "claude-opus-4-5", "opus-4-5"]],
    ["claude-3-5-haiku@20241022", ["claude-3-5-haiku@20241022", "claude-3-5-haiku", "3-5-haiku"]],
    ["openrouter/openai/gpt-5.1-2025-11-13", ["gpt-5.1-2025-11-13", "gpt-5.1", "gpt-5.1"]],
    ["gemini-2.5-pro", ["gemini-2.5-pro", "gemini-2.5-pro", "gemini-2.5-pro"]],
    ["llama3/", ["llama3/", "llama3/", "llama3/"]],
    ["?", ["?", "?", "?"]],
  ];
  for (const [name, forms] of rows) await t.step(name, () => deepStrictEqual(shorterModelNames(name), forms));
});
