import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const BEGAN = 1_795_665_400_000;

let seconds = 0;
const created = () => BEGAN + 1000 * ++seconds;
const SESSION = { kind: "session", data: { id: "ses_a", directory: "/srv", title: "One", time: { created: BEGAN } } };
const message = (data: Json, content: readonly Json[]): Json => ({ kind: "message", data, content });
const user = (...content: readonly Json[]) => message({ role: "user", time: { created: created() } }, content);
const tokens = (prompt: number, output: number, reasoning = 0) => ({
  input: 10,
  output,
  reasoning,
  cache: { read: prompt - 10, write: 0 },
});
const answer = (prompt: number, output: number, content: readonly Json[], more: Json = {}) =>
  message({
    role: "assistant",
    modelID: "claude-sonnet-4-5",
    providerID: "anthropic",
    tokens: tokens(prompt, output),
    time: { created: created(), completed: created() },
    ...more,
  }, content);

const [START, END] = [{ type: "step-start" }, { type: "step-finish" }];
const text = (length: number, more: Json = {}) => ({ type: "text", text: "x".repeat(length), ...more });
const tool = (callID: string, name: string, output: string, more: Json = {}) => ({
  type: "tool",
  callID,
  tool: name,
  state: { status: "completed", input: { command: "ls" }, output, ...more },
});

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // The call and its result are one part. 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "a result and a question": [[
    SESSION,
    user(text(5)),
    answer(1000, 100, [START, tool("c", "bash", "x".repeat(900)), END]),
    answer(1600, 50, [START, text(9), END]),
    user(text(5)),
    answer(1720, 5, [START, text(9), END]),
  ], ["start 1000 x1", "tool_result bash 500 x1", "assistant 150 x2", "user 70 x1"]],
  // 700 - 100 = 600 of 200 characters that were added and 100 that were typed.
  "what is added to what somebody typed": [[
    SESSION,
    user(text(5)),
    answer(1000, 100, [START, text(9), END]),
    user(text(100), text(200, { synthetic: true }), text(900, { ignored: true })),
    answer(1700, 5, [START, text(9), END]),
  ], ["start 1000 x1", "attachment 400~400 x1", "user 200~200 x1", "assistant 100 x1"]],
  // The first of two steps is in the last one's prompt: 2000 - 1000 - 100 = 900 of 100 typed, 91 said and 9 called, 700 answered.
  "an answer of several steps": [[
    SESSION,
    user(text(5)),
    answer(1000, 100, [START, text(9), END]),
    user(text(100)),
    answer(2000, 5, [START, text(91), tool("c", "bash", "x".repeat(700)), END, START, text(9), END]),
  ], ["start 1000 x1", "tool_result bash 700~700 x1", "assistant 200~100 x3", "user 100~100 x1"]],
  "rows of the second engine, with an image": [[
    SESSION,
    { kind: "row", type: "user", at: created(), data: { text: "hello", time: { created: created() } } },
    {
      kind: "row",
      type: "assistant",
      at: created(),
      data: {
        model: { id: "claude-sonnet-4-5", providerID: "anthropic" },
        tokens: tokens(1000, 100),
        time: { created: created(), completed: created() },
        content: [{
          type: "tool",
          id: "c",
          name: "read",
          state: { status: "completed", input: {}, content: [{ type: "text", text: "x".repeat(99) }] },
        }],
      },
    },
    {
      kind: "row",
      type: "assistant",
      at: created(),
      data: {
        model: { id: "claude-sonnet-4-5", providerID: "anthropic" },
        tokens: tokens(1600, 5),
        time: { created: created(), completed: created() },
        content: [{ type: "text", text: "words" }],
      },
    },
  ], ["start 1000 x1", "tool_result read 500 x1", "assistant 100 x1"]],
  "documents without their parts": [[
    SESSION,
    { kind: "message", data: { role: "user", time: { created: created() } } },
    { ...answer(1000, 100, []), content: undefined },
    { kind: "message", data: { role: "user", time: { created: created() } } },
    { ...answer(1300, 5, []), content: undefined },
  ], ["start 1000 x1", "unexplained 200 x0", "assistant 100 x1"]],
};

Deno.test("what fills a prompt of OpenCode", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      deepStrictEqual(await promptPartsOf("opencode", records, "storage/message/ses_a"), parts);
    });
  }
});
