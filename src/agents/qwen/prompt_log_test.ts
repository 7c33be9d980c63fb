import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const SESSION = "8e49f654-7066-4af1-8429-a50d3371ad2e";

const line = (uuid: string, parentUuid: string | null, members: Json): Json => ({
  uuid,
  parentUuid,
  sessionId: SESSION,
  timestamp: `2026-11-26T04:00:${uuid.padStart(2, "0")}.000Z`,
  cwd: "/srv",
  ...members,
});
const user = (uuid: string, parent: string | null, parts: readonly Json[], type = "user") =>
  line(uuid, parent, { type, provenance: "real_user", message: { role: "user", parts } });
const event = (uuid: string, parent: string, input: number, output: number, more: Json = {}) =>
  line(uuid, parent, {
    type: "system",
    subtype: "ui_telemetry",
    systemPayload: {
      uiEvent: {
        "event.name": "qwen-code.api_response",
        "event.timestamp": `2026-11-26T04:00:${uuid.padStart(2, "0")}.000Z`,
        response_id: `r${uuid}`,
        model: "qwen3-coder-plus",
        input_token_count: input,
        output_token_count: output,
        cached_content_token_count: input / 2,
        thoughts_token_count: 0,
        total_token_count: input + output,
        prompt_id: `${SESSION}########0`,
        auth_type: "openai",
        ...more,
      },
    },
  });
const answer = (uuid: string, parent: string, parts: readonly Json[], more: Json = {}) =>
  line(uuid, parent, { type: "assistant", message: { role: "model", parts }, contextWindowSize: 1_000_000, ...more });

const CALL = { functionCall: { id: "c", name: "read_file", args: { path: "a" } } };
const RESULT = { functionResponse: { id: "c", name: "read_file", response: { output: "x".repeat(900) } } };
const WORDS = { text: "words" };

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70. A sub-agent's event in between is not of the conversation.
  "usage before what was said": [[
    user("1", null, [WORDS]),
    event("2", "1", 1000, 100),
    answer("3", "2", [CALL]),
    user("4", "3", [RESULT], "tool_result"),
    event("5", "4", 300, 9, { subagent_id: "s" }),
    event("6", "5", 1600, 50),
    answer("7", "6", [WORDS]),
    user("8", "7", [WORDS]),
    event("9", "8", 1720, 5),
  ], ["start 1000 x1", "tool_result read_file 500 x1", "assistant 150 x2", "user 70 x1", "window 1000000"]],
  "answers with usage of their own": [[
    user("1", null, [WORDS]),
    answer("2", "1", [CALL], {
      model: "qwen3-coder-plus",
      usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 100, totalTokenCount: 1100 },
    }),
    user("3", "2", [RESULT], "tool_result"),
    answer("4", "3", [WORDS], {
      model: "qwen3-coder-plus",
      usageMetadata: { promptTokenCount: 1600, candidatesTokenCount: 5, totalTokenCount: 1605 },
    }),
  ], ["start 1000 x1", "tool_result read_file 500 x1", "assistant 100 x1", "window 1000000"]],
  "a compaction": [[
    user("1", null, [WORDS]),
    event("2", "1", 90_000, 100),
    answer("3", "2", [WORDS]),
    line("4", "3", { type: "system", subtype: "chat_compression", systemPayload: { info: { compressionStatus: 1 } } }),
    user("5", "4", [WORDS]),
    event("6", "5", 9000, 20),
  ], ["compacted 9000 x1", "window 1000000", "compacted"]],
};

Deno.test("what fills a prompt of Qwen Code", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      deepStrictEqual(await promptPartsOf("qwen", records, `-srv/chats/${SESSION}.jsonl`), parts);
    });
  }
});
