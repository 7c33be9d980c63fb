/** Who bills a response of Claude Code's, by the ids of its model and its message. */
import assert from "node:assert/strict";
import { providerOf } from "./models.ts";

Deno.test("claude: who bills", async (t) => {
  const rows: [model: string, messageId: string | undefined, provider: string][] = [
    ["claude-sonnet-4-5", "msg_01WuFz", "anthropic"],
    ["claude-sonnet-4-5", undefined, "anthropic"],
    ["claude-opus-5-fast", "msg_01WuFz", "anthropic"],
    ["claude-opus-4-6[1m]", "msg_01WuFz", "anthropic"],
    ["claude-haiku-4.5", "chatcmpl-1", "anthropic"],
    ["opus", undefined, "anthropic"],
    ["sonnet[1m]", undefined, "anthropic"],
    ["anthropic/claude-opus-4-6", "msg_01WuFz", "anthropic"],
    ["anthropic--claude-4.6-opus", "msg_01WuFz", "anthropic"],
    ["anthropic/claude-sonnet-4.6", "gen-1763632802-abc", "openrouter"],
    ["z-ai/glm-4.6", "gen-1763632802-abc", "openrouter"],
    ["claude-haiku-4.5", "gen-176362", "openrouter"],
    ["claude-haiku-4.5", "generated-1", "anthropic"],
    ["claude-opus-4-6", "msg_bdrk_01WuFz", "amazon-bedrock"],
    ["us.anthropic.claude-opus-4-6-v1[1m]", "msg_01WuFz", "amazon-bedrock"],
    ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", undefined, "amazon-bedrock"],
    ["anthropic.claude-3-5-haiku-20241022-v1:0", undefined, "amazon-bedrock"],
    ["bedrock/us.anthropic.claude-opus-4-6-v1", undefined, "amazon-bedrock"],
    ["bedrock/claude-opus-4-6", undefined, "amazon-bedrock"],
    ["arn:aws:bedrock:eu-west-1:1:application-inference-profile/x", undefined, "amazon-bedrock"],
    ["us.amazon.nova-pro-v1:0", undefined, "amazon-bedrock"],
    ["claude-opus-4-6", "msg_vrtx_01WuFz", "google-vertex"],
    ["claude-sonnet-4-5@20250929", undefined, "google-vertex"],
    ["vertex_ai/claude-sonnet-4-5", undefined, "google-vertex"],
    ["projects/p/locations/global/publishers/anthropic/models/claude-opus-5", undefined, "google-vertex"],
    ["glm-4.6", "msg_20261120", "unknown"],
    ["kimi-k2.5", "chatcmpl-11a", "unknown"],
    ["deepseek-v4-flash", undefined, "unknown"],
    ["meta-llama/llama-4", undefined, "unknown"],
    ["unknown", "msg_01WuFz", "unknown"],
    ["octopus-1", undefined, "unknown"],
  ];
  for (const [model, messageId, provider] of rows) {
    await t.step(`${model} ${messageId ?? ""}`, () => assert.equal(providerOf(model, messageId), provider));
  }
});
