import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const HEADER = { type: "session", version: 3, id: "abc", timestamp: "2026-11-21T00:00:00.000Z", cwd: "/srv/api" };

const entry = (id: string, parentId: string | null, members: Json): Json => ({
  id,
  parentId,
  timestamp: `2026-11-21T00:00:${id.padStart(2, "0")}.000Z`,
  ...members,
});
const message = (id: string, parent: string | null, message: Json) => entry(id, parent, { type: "message", message });
const user = (id: string, parent: string | null, content: unknown) => message(id, parent, { role: "user", content });
const result = (id: string, parent: string, toolCallId: string, toolName: string, content: unknown) =>
  message(id, parent, { role: "toolResult", toolCallId, toolName, content });

/** To a prompt of so many tokens, 10 of which were not cached. */
const answer = (id: string, parent: string, prompt: number, output: number, content: readonly Json[] = [TEXT]) =>
  message(id, parent, {
    role: "assistant",
    provider: "anthropic",
    model: "claude-opus-4-6",
    content,
    usage: { input: 10, output, cacheRead: prompt - 10, cacheWrite: 0 },
  });

const TEXT = { type: "text", text: "words of 20 letters." };
const call = (id: string, name: string) => ({ type: "toolCall", id, name, arguments: { command: "ls" } });
const text = (length: number) => [{ type: "text", text: "x".repeat(length) }];
const image = { type: "image", data: "x".repeat(9000), mimeType: "image/png" };

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "a result and a question": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 1000, 100, [call("c", "bash")]),
    result("3", "2", "c", "bash", text(900)),
    answer("4", "3", 1600, 50),
    user("5", "4", text(4)),
    answer("6", "5", 1720, 5),
  ], ["start 1000 x1", "tool_result bash 500 x1", "assistant 150 x2", "user 70 x1"]],
  // 600 - 100 = 500, 100 and 400 of 500 characters.
  "what an extension adds": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 1000, 100),
    entry("3", "2", { type: "custom_message", customType: "note", content: text(100) }),
    user("4", "3", text(400)),
    answer("5", "4", 1600, 5),
  ], ["start 1000 x1", "user 400~400 x1", "assistant 100 x1", "attachment 100~100 x1"]],
  "an image in a result": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 1000, 100, [call("c", "read")]),
    result("3", "2", "c", "read", [image]),
    answer("4", "3", 2600, 5),
  ], ["image 1500 x1", "start 1000 x1", "assistant 100 x1", "tool_result read 0 x1"]],
  // The branch with 5000 was left: 1000 + 100 + 30 + 20 = 1150, of which the summary and the question had 50 together.
  "another branch, with a summary of the one that was left": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 1000, 100),
    user("3", "2", "one way"),
    answer("4", "3", 5000, 100),
    entry("5", "2", { type: "branch_summary", fromId: "4", summary: "x".repeat(30) }),
    user("6", "5", text(20)),
    answer("7", "6", 1150, 5),
  ], ["start 1000 x1", "assistant 100 x1", "summary 30~30 x1", "user 20~20 x1"]],
  "a compaction, and a request that warms the cache": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 90_000, 100),
    entry("3", "2", {
      type: "compaction",
      summary: "x",
      firstKeptEntryId: "2",
      usage: { input: 90_000, output: 400, cacheRead: 0, cacheWrite: 0 },
    }),
    user("4", "3", "go on"),
    answer("5", "4", 9000, 20, [call("c", "bash")]),
    entry("6", "5", {
      type: "usage",
      kind: "cache_warm",
      provider: "anthropic",
      model: "claude-opus-4-6",
      usage: { input: 0, output: 1, cacheRead: 9000, cacheWrite: 0 },
    }),
    result("7", "6", "c", "bash", text(9)),
    answer("8", "7", 9100, 5),
  ], ["compacted 9000 x1", "tool_result bash 80 x1", "assistant 20 x1", "compacted"]],
  "another model": [[
    HEADER,
    user("1", null, "hello"),
    answer("2", "1", 1000, 100),
    entry("3", "2", { type: "model_change", provider: "openai", modelId: "gpt-5.2" }),
    message("4", "3", {
      role: "assistant",
      provider: "openai",
      model: "gpt-5.2",
      content: [TEXT],
      usage: { input: 900, output: 5, cacheRead: 0, cacheWrite: 0 },
    }),
  ], ["earlier 900 x1", "model_changed"]],
  "a fork that has its parent's entries": [[
    { ...HEADER, parentSession: "/x/2026-11-20T00-00-00-000Z_p.jsonl" },
    { ...user("1", null, "hello"), timestamp: "2026-11-20T00:00:01.000Z" },
    { ...answer("2", "1", 1000, 100), timestamp: "2026-11-20T00:00:02.000Z" },
    user("3", "2", "go on"),
    answer("4", "3", 1150, 5),
  ], ["start 1000 x1", "assistant 100 x1", "user 50 x1"]],
};

Deno.test("what fills a prompt in Pi's entries", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => deepStrictEqual(await promptPartsOf("pi", records), parts));
  }
  await t.step("as it was before", async () => {
    const until = Date.parse("2026-11-21T00:00:04.500Z");
    const parts = ["start 1000 x1", "tool_result bash 500 x1", "assistant 100 x1"];
    deepStrictEqual(await promptPartsOf("pi", ROWS["a result and a question"]![0], undefined, until), parts);
  });
});
