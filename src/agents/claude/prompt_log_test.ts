import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

const SESSION = "0800ecd2-8a24-408f-9a69-a0254bdd0fcb";
const PATH = `-srv-work/${SESSION}.jsonl`;

type Json = Readonly<Record<string, unknown>>;

const line = (uuid: string, parentUuid: string | null, members: Json): Json => ({
  uuid,
  parentUuid,
  isSidechain: false,
  sessionId: SESSION,
  timestamp: `2026-11-20T12:00:${uuid.padStart(2, "0")}.000Z`,
  cwd: "/srv/work",
  ...members,
});

const user = (uuid: string, parent: string | null, content: unknown, more: Json = {}) =>
  line(uuid, parent, { type: "user", message: { role: "user", content }, ...more });

/** A block of a response to a prompt of so many tokens, 10 of which were not cached. */
const answer = (
  uuid: string,
  parent: string,
  id: string,
  prompt: number,
  output: number,
  block: Json,
  more: Json = {},
) =>
  line(uuid, parent, {
    type: "assistant",
    requestId: `req_${id}`,
    message: {
      id: `msg_${id}`,
      role: "assistant",
      model: "claude-opus-4-6",
      content: [block],
      usage: { input_tokens: 10, cache_read_input_tokens: prompt - 10, output_tokens: output },
    },
    ...more,
  });

const text = { type: "text", text: "words of 20 letters." };
const use = (id: string, name: string) => ({ type: "tool_use", id, name, input: { path: "a" } });
const result = (id: string, content: unknown) => [{ type: "tool_result", tool_use_id: id, content }];
const attachment = (uuid: string, parent: string, members: Json) =>
  line(uuid, parent, { type: "attachment", ...members });

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "a result and a question": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, text),
    answer("3", "2", "a", 1000, 100, use("t1", "Read")),
    user("4", "3", result("t1", "x".repeat(900))),
    answer("5", "4", "b", 1600, 50, text),
    user("6", "5", [{ type: "text", text: "go on" }]),
    answer("7", "6", "c", 1720, 5, text),
  ], ["start 1000 x1", "tool_result Read 500 x1", "assistant 150 x2", "user 70 x1"]],
  // The reminder is 100 of 1000 characters: 600 - 100 = 500, 450 and 50.
  "what is added is measured with the result": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, use("t1", "Bash")),
    user("3", "2", result("t1", [{ type: "text", text: "x".repeat(900) }])),
    attachment("4", "3", { attachment: { type: "todo" }, rendered: [{ content: "x".repeat(100) }] }),
    attachment("5", "4", { attachment: { type: "prompt_snapshot", systemPrompt: ["x".repeat(5000)] } }),
    answer("6", "5", "b", 1600, 5, text),
  ], ["start 1000 x1", "tool_result Bash 450~450 x1", "assistant 100 x1", "attachment 50~50 x1"]],
  "an image in a result": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, use("t1", "Read")),
    user("3", "2", result("t1", [{ type: "image", source: { type: "base64", data: "x".repeat(9000) } }])),
    answer("4", "3", "b", 2600, 5, text),
    // The result has no text, and all of it is the image.
  ], ["image 1500 x1", "start 1000 x1", "assistant 100 x1", "tool_result Read 0 x1"]],
  "a branch that was rewound": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, text),
    user("3", "2", "one way"),
    answer("4", "3", "b", 5000, 100, text),
    user("5", "2", "another"),
    answer("6", "5", "c", 1130, 5, text),
  ], ["start 1000 x1", "assistant 100 x1", "user 30 x1"]],
  "a sub-agent in the same log, and errors that nobody billed": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, use("t1", "Task")),
    user("3", "2", "do it", { isSidechain: true, agentId: "s" }),
    answer("4", "3", "s", 300, 9, text, { isSidechain: true, agentId: "s" }),
    user("5", "2", result("t1", "done")),
    line("6", "5", {
      type: "assistant",
      isApiErrorMessage: true,
      message: { role: "assistant", model: "<synthetic>", content: [text], usage: {} },
    }),
    answer("7", "6", "b", 1140, 5, text),
  ], ["start 1000 x1", "assistant 100 x1", "tool_result Task 40 x1"]],
  "a compaction": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 90_000, 100, text),
    line("3", null, { type: "system", subtype: "compact_boundary", logicalParentUuid: "2" }),
    user("4", "3", "summary", { isCompactSummary: true }),
    answer("5", "4", "b", 9000, 20, use("t1", "Read")),
    user("6", "5", result("t1", "x")),
    answer("7", "6", "c", 9100, 5, text),
  ], ["compacted 9000 x1", "tool_result Read 80 x1", "assistant 20 x1", "compacted"]],
  // A copy names the session that asked; the fork's own responses go on from it.
  "a fork has its parent's history": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 100, text, { requestSessionId: "e99afcf6-0000-4000-8000-000000000000" }),
    user("3", "2", "go on"),
    answer("4", "3", "b", 1150, 5, text),
  ], ["start 1000 x1", "assistant 100 x1", "user 50 x1"]],
  // The result was 1000 characters and 500 tokens: 10 characters are 5. Of 200 were 150 thoughts: 1700 - 150 + 20 + 5 = 1575.
  "thoughts that the API forgot": [[
    user("1", null, "hello"),
    answer("2", "1", "a", 1000, 200, { type: "thinking", thinking: "hm" }),
    answer("3", "2", "a", 1000, 200, use("t1", "Read")),
    user("4", "3", result("t1", "x".repeat(1000))),
    answer("5", "4", "b", 1700, 20, text),
    user("6", "5", "ten chars."),
    answer("7", "6", "c", 1575, 5, text),
  ], ["start 1000 x1", "tool_result Read 500 x1", "assistant 70~70 x2", "user 5~5 x1"]],
};

Deno.test("what fills a prompt of Claude Code", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => deepStrictEqual(await promptPartsOf("claude", records, PATH), parts));
  }
  await t.step("nobody has answered", async () => {
    deepStrictEqual(await promptPartsOf("claude", [user("1", null, "hello")], PATH), undefined);
  });
});
