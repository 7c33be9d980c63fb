import { deepStrictEqual } from "node:assert/strict";
import { promptPartsOf } from "../../../tests/support/prompt_parts.ts";

type Json = Readonly<Record<string, unknown>>;

const ID = "01a1fb5b-52a3-74f3-9acd-e134eaff691e";
const PATH = `2026/11/20/rollout-2026-11-20T23-47-08-${ID}.jsonl`;

let second = 0;
const line = (type: string, payload: Json): Json => ({
  timestamp: new Date(Date.UTC(2026, 10, 20, 12) + 1000 * ++second).toISOString(),
  type,
  payload,
});

const meta = (more: Json = {}) =>
  line("session_meta", { id: ID, cwd: "/srv", cli_version: "0.169.0", model_provider: "openai", ...more });
const model = (name = "gpt-5.5") => line("turn_context", { turn_id: "t", model: name });
const item = (payload: Json) => line("response_item", payload);
const user = (text: string) => item({ type: "message", role: "user", content: [{ type: "input_text", text }] });
const said = item({ type: "message", role: "assistant", content: [{ type: "output_text", text: "words" }] });
const reasoning = item({ type: "reasoning", summary: [], encrypted_content: "x".repeat(50) });
const call = (call_id: string, name = "exec_command") =>
  item({ type: "function_call", name, arguments: "{}", call_id });
const result = (call_id: string, output: unknown) => item({ type: "function_call_output", call_id, output });

let total = 0;
/** Of a prompt of so many tokens, half of which were cached; a running total as well. */
const count = (input: number, output: number) => {
  const usage = {
    input_tokens: input,
    cached_input_tokens: input / 2,
    output_tokens: output,
    total_tokens: input + output,
  };
  total += input + output;
  const sum = { ...usage, input_tokens: total - output, total_tokens: total };
  return line("event_msg", {
    type: "token_count",
    info: { total_token_usage: sum, last_token_usage: usage, model_context_window: 258_400 },
  });
};

let responses = 0;
const record = (input: number, output: number) =>
  line("token_usage_record", {
    thread_id: ID,
    response_id: `resp_${++responses}`,
    usage: { input_tokens: input, cached_input_tokens: input / 2, output_tokens: output, total_tokens: input + output },
  });

const ROWS: Readonly<Record<string, readonly [records: readonly Json[], parts: readonly string[]]>> = {
  // 1600 - 1000 - 100 = 500; 1720 - 1600 - 50 = 70.
  "records of each response": [[
    meta(),
    model(),
    user("hello"),
    call("c"),
    record(1000, 100),
    result("c", "x".repeat(900)),
    said,
    record(1600, 50),
    user("go on"),
    said,
    record(1720, 5),
  ], ["start 1000 x1", "tool_result exec_command 500 x1", "assistant 150 x2", "user 70 x1"]],
  "running totals behind what the tools answered": [[
    meta(),
    model(),
    user("hello"),
    call("c"),
    result("c", { content: "x".repeat(900), success: true }),
    count(1000, 100),
    said,
    count(1600, 50),
  ], ["start 1000 x1", "tool_result exec_command 500 x1", "assistant 100 x1", "window 258400"]],
  // 600 in one, 1 : 2.
  "two tools at once": [[
    meta(),
    model(),
    user("hello"),
    call("a", "apply_patch"),
    call("b"),
    record(1000, 100),
    result("b", "x".repeat(400)),
    result("a", "x".repeat(200)),
    said,
    record(1700, 5),
  ], [
    "start 1000 x1",
    "tool_result exec_command 400~400 x1",
    "tool_result apply_patch 200~200 x1",
    "assistant 100 x1",
  ]],
  // 900 characters were 450 tokens: 10 are 5. 1550 - 80 of reasoning + 20 + 5 = 1495.
  "reasoning that a question ends": [[
    meta(),
    model(),
    user("hello"),
    reasoning,
    call("c"),
    record(1000, 100),
    result("c", "x".repeat(900)),
    said,
    record(1550, 20),
    user("ten chars."),
    said,
    record(1495, 5),
  ], ["start 1000 x1", "tool_result exec_command 450 x1", "assistant 40~40 x2", "user 5~5 x1"]],
  "an image that somebody showed": [[
    meta(),
    model(),
    user("hello"),
    said,
    record(1000, 100),
    item({ type: "message", role: "user", content: [{ type: "input_image", image_url: "data:x" }] }),
    said,
    record(2600, 5),
  ], ["image 1500 x1", "start 1000 x1", "assistant 100 x1"]],
  "a compaction": [[
    meta(),
    model(),
    user("hello"),
    said,
    record(90_000, 100),
    line("event_msg", { type: "context_compacted" }),
    user("go on"),
    said,
    record(9000, 20),
  ], ["compacted 9000 x1", "compacted"]],
  "a fork whose history is in its parent's log": [[
    meta({ forked_from_id: "01a1fb5b-0000-7000-8000-000000000000" }),
    model(),
    user("go on"),
    said,
    record(15_000, 20),
  ], ["earlier 15000 x1", "forked"]],
};

Deno.test("what fills a prompt of Codex", async (t) => {
  for (const [name, [records, parts]] of Object.entries(ROWS)) {
    await t.step(name, async () => deepStrictEqual(await promptPartsOf("codex", records, PATH), parts));
  }
});
