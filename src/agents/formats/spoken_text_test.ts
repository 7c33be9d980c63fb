import { deepStrictEqual } from "node:assert/strict";
import { spokenText } from "./spoken_text.ts";
import { loadSource, LOGGED_AGENTS } from "../agents.ts";

Deno.test("spokenText()", async (t) => {
  const rows: [name: string, message: unknown, expected: unknown][] = [
    ["a text", { role: "user", content: "hello" }, { role: "user", text: "hello" }],
    [
      "blocks, of which those that say something are taken",
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "secret" },
          { type: "text", text: "one" },
          { type: "tool_use", input: { text: "no" } },
          { type: "output_text", text: "two" },
        ],
      },
      { role: "assistant", text: "one\ntwo" },
    ],
    ["a tool's result", { role: "user", content: [{ type: "tool_result", content: "x" }] }, undefined],
    ["another role", { role: "system", content: "rules" }, undefined],
    ["nothing", null, undefined],
    ["blocks of no kind", { role: "user", content: [null, 1, { type: "text" }] }, undefined],
  ];
  for (const [name, message, expected] of rows) {
    await t.step(name, () => deepStrictEqual(spokenText(message), expected));
  }
});

Deno.test("every source finds what was said in its own records, and never throws", async (t) => {
  const content = [{ type: "text", text: "hi" }];
  const records: Record<string, unknown> = {
    pi: { type: "message", message: { role: "assistant", content } },
    claude: { type: "assistant", message: { role: "assistant", content } },
    codex: { type: "response_item", payload: { type: "message", role: "assistant", content } },
  };
  for (const { id } of LOGGED_AGENTS) {
    await t.step(id, async () => {
      const source = await loadSource(id);
      if (id in records) deepStrictEqual(source.text(records[id]), { role: "assistant", text: "hi" });
      for (const record of [null, 1, "x", [], {}, { type: "message" }, { type: "response_item", payload: 3 }]) {
        deepStrictEqual(source.text(record), undefined);
      }
    });
  }
});
