import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const SESSION = "6551df58-33ba-459b-b583-3ecd8295bf05";

let number = 0;
const event = (type: string, data: Json, more: Json = {}): Json => ({
  type,
  data,
  id: `e${++number}`,
  timestamp: new Date(Date.UTC(2026, 10, 26, 4) + 1000 * number).toISOString(),
  ...more,
});

const START = event("session.start", { sessionId: SESSION, context: { cwd: "/srv" } });
const user = (content: string, more: Json = {}) => event("user.message", { content, ...more });
const record = (inputTokens: number, outputTokens: number, more: Json = {}) => {
  const sequence = number;
  return event("session.usage_record", {
    usage: {
      model: "claude-sonnet-4.6",
      inputTokens,
      outputTokens,
      cacheReadTokens: inputTokens / 2,
      cacheWriteTokens: 0,
      interactionType: "conversation-agent",
      maxPromptTokens: 936_000,
      apiCallId: `msg_64a6d1050592491d8bb3${sequence}`,
      accounting: { sourceSessionId: SESSION, sequence },
    },
  }, more);
};
const answer = (toolRequests: readonly Json[] = [], more: Json = {}) =>
  event("assistant.message", { content: "words", toolRequests, ...more });
const call = (toolCallId: string, name: string) => ({ toolCallId, name, arguments: { command: "ls" } });
const result = (toolCallId: string, content: string) =>
  event("tool.execution_complete", { toolCallId, success: true, result: { content } });

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "usage before what was said": [[
    START,
    user("hello"),
    record(1000, 100),
    answer([call("c", "bash")]),
    result("c", "x".repeat(900)),
    record(1600, 50),
    answer(),
    user("go on"),
    record(1720, 4),
    answer(),
  ], ["start 1000 x1", "tool_result bash 500 x1", "assistant 150 x2", "user 70 x1", "window 936000"]],
  "a sub-agent is not of the conversation": [[
    START,
    user("hello"),
    record(1000, 100),
    answer([call("c", "task")]),
    user("do it"),
    event("user.message", { content: "do it" }, { agentId: "a" }),
    record(300, 10, { agentId: "a" }),
    event("assistant.message", { content: "x".repeat(500) }, { agentId: "a" }),
    result("c", "done!"),
    record(1200, 4),
    // 100 of five characters each.
  ], ["start 1000 x1", "assistant 100 x1", "user 50~50 x1", "tool_result task 50~50 x1", "window 936000"]],
  // 100 characters, 20 of which were typed: all of them were sent.
  "what is added to what somebody typed, and a file": [[
    START,
    user("hello"),
    record(1000, 100),
    answer(),
    user("x".repeat(20), { transformedContent: "x".repeat(100), attachments: [{ a: "x".repeat(99) }] }),
    record(1300, 4),
  ], ["start 1000 x1", "assistant 100 x1", "user 100~100 x1", "attachment 100~100 x1", "window 936000"]],
  "a compaction": [[
    START,
    user("hello"),
    record(90_000, 100),
    answer(),
    event("session.compaction_complete", { success: true, outcome: "applied", summaryContent: "x" }),
    user("go on"),
    record(9000, 4),
  ], ["compacted 9000 x1", "window 936000", "compacted"]],
};

Deno.test("what fills a prompt of Copilot CLI", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(
      name,
      async () => deepStrictEqual(await promptPartsOf("copilot", records, `${SESSION}/events.jsonl`), parts),
    );
  }
});
