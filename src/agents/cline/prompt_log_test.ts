import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const BEGAN = 1_795_667_082_510;

let number = 0;
const message = (role: string, content: readonly Json[], more: Json = {}, agent = "lead"): Json => ({
  agent,
  message: { id: `m${++number}`, role, content, ts: BEGAN + 1000 * number, ...more },
});
const answer = (inputTokens: number, outputTokens: number, content: readonly Json[] = [TEXT], agent?: string) =>
  message("assistant", content, {
    modelInfo: { id: "claude-sonnet-4-6", provider: "anthropic" },
    metrics: { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 },
  }, agent);

const TEXT = { type: "text", text: "words" };
const call = { type: "tool_use", id: "c", name: "run_commands", input: { commands: ["ls"] } };
const result = {
  type: "tool_result",
  tool_use_id: "c",
  name: "run_commands",
  content: [{ query: "ls", result: "x".repeat(900), success: true }],
};

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "a result and a question": [[
    { conversation: { agent: "lead", sessionId: "s" } },
    message("user", [TEXT]),
    answer(1000, 100, [call]),
    message("user", [result]),
    answer(1600, 50),
    message("user", [TEXT]),
    answer(1720, 5),
  ], ["start 1000 x1", "tool_result run_commands 500 x1", "assistant 150 x2", "user 70 x1"]],
};

Deno.test("what fills a prompt of Cline", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => deepStrictEqual(await promptPartsOf("cline", records, "s"), parts));
  }
});
