import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const HEADER = { sessionId: "1a5c7fba", projectHash: "x", startTime: "2026-11-26T04:00:00.000Z", kind: "main" };

const at = (id: string) => `2026-11-26T04:00:${id.padStart(2, "0")}.000Z`;
const user = (id: string, content: unknown): Json => ({ id, timestamp: at(id), type: "user", content });
const answer = (id: string, input: number, output: number, more: Json = {}, thoughts = 0): Json => ({
  id,
  timestamp: at(id),
  type: "gemini",
  content: "words of 20 letters.",
  thoughts: [],
  tokens: { input, output, cached: 0, thoughts, tool: 0, total: input + output + thoughts },
  model: "gemini-3.1-pro-preview",
  ...more,
});
const response = (
  id: string,
  output: string,
) => [{ functionResponse: { id, name: "read_file", response: { output } } }];
const call = (id: string, result?: unknown) => ({ id, name: "read_file", args: { path: "a" }, result });

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // The answer is written again with what the tool said, which a record of its own says as well. 1600 - 1000 - 100 = 500.
  "a result that stands there twice": [[
    HEADER,
    user("1", [{ text: "hello" }]),
    answer("2", 1000, 100),
    answer("2", 1000, 100, { toolCalls: [call("c", response("c", "x".repeat(900)))] }),
    user("3", response("c", "x".repeat(900))),
    answer("4", 1600, 5),
  ], ["start 1000 x1", "tool_result read_file 500 x1", "assistant 100 x1"]],
  "a document, where the answer alone has the result": [[
    HEADER,
    user("1", "hello"),
    answer("2", 1000, 100, { documentCalls: [call("c", response("c", "x".repeat(900)))] }),
    answer("4", 1600, 50),
    user("5", "go on"),
    answer("6", 1720, 5),
  ], ["start 1000 x1", "tool_result read_file 500 x1", "assistant 150 x2", "user 70 x1"]],
  // Of 107 were 7 thoughts: 100 said, 500 answered, if they were forgotten.
  "thoughts may be forgotten at once": [[
    HEADER,
    user("1", "hello"),
    answer("2", 1000, 100, { toolCalls: [call("c")] }, 7),
    user("3", response("c", "x".repeat(900))),
    answer("4", 1600, 5),
  ], ["start 1000 x1", "tool_result read_file 500~500 x1", "assistant 100~100 x1"]],
  "what was taken back, and the whole restated": [[
    HEADER,
    user("1", "hello"),
    answer("2", 1000, 100),
    user("3", "one way"),
    answer("4", 5000, 100),
    { $rewindTo: "3" },
    { $set: { messages: [user("1", "hello"), answer("2", 1000, 100)] } },
    user("5", "another"),
    answer("6", 1130, 5),
  ], ["start 1000 x1", "assistant 100 x1", "user 30 x1"]],
  "an image": [[
    HEADER,
    user("1", "hello"),
    answer("2", 1000, 100),
    user("3", [{ inlineData: { mimeType: "image/png", data: "x".repeat(900) } }]),
    answer("4", 1358, 5),
  ], ["start 1000 x1", "image 258 x1", "assistant 100 x1"]],
};

Deno.test("what fills a prompt of Gemini CLI", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(
      name,
      async () => deepStrictEqual(await promptPartsOf("gemini", records, "x/chats/session-a.jsonl"), parts),
    );
  }
});
