import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { HOSTILE_VALUES } from "../../tests/support/hostile_values.ts";
import { LOGGED_AGENTS } from "./agents.ts";

/** Kinds of records and of blocks that the agents have, with a hole for anything. */
const SHAPES: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => ({ type: value, id: value, parentId: value, uuid: value, parentUuid: value, message: value }),
  ...["user", "assistant", "attachment", "message", "gemini", "response_item", "event_msg", "compaction", "usage"]
    .flatMap((
      type,
    ) => [
      (value: unknown) => ({
        type,
        id: "a",
        uuid: "a",
        message: value,
        payload: value,
        attachment: value,
        content: value,
      }),
      (value: unknown) => ({
        ...{ type, id: "a", uuid: "a", rendered: value, toolCalls: [value], thoughts: value },
        message: { role: value, content: [value, { type: value, text: value, content: value }], parts: [value] },
        payload: { type: "function_call_output", output: value, content: value },
      }),
    ]),
  ...["user.message", "assistant.message", "tool.execution_complete", "session.usage_record"].map(
    (type) => (value: unknown) => ({
      type,
      data: { content: value, usage: value, toolRequests: [value], result: value },
    }),
  ),
  ...["message", "row"].map((kind) => (value: unknown) => ({
    ...{ kind, type: "assistant", content: [value, { type: "tool", state: value }] },
    data: { role: "assistant", tokens: value, content: [value] },
  })),
];

Deno.test("every agent with logs says what fills a prompt, or why it does not", async (t) => {
  for (const { id, promptLog, promptUnknown } of LOGGED_AGENTS) {
    await t.step(id, async () => {
      strictEqual((promptLog === undefined) === (promptUnknown === undefined), false);
      if (promptLog === undefined) return ok(promptUnknown!.endsWith("."));
      const { read } = await promptLog();
      for (const text of HOSTILE_VALUES) {
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          continue;
        }
        for (const shape of SHAPES) {
          for (const { length, kind, tool, callId, tokens } of read(shape(value))?.items ?? []) {
            ok(Number.isSafeInteger(length) && length >= 0, `${kind} of ${text.slice(0, 40)}`);
            deepStrictEqual([tool ?? "", callId ?? ""].map((name) => typeof name), ["string", "string"]);
            ok(tokens === undefined || Number.isSafeInteger(tokens));
          }
        }
      }
    });
  }
});

Deno.test("with those of its source, needles are as many as are looked for", async (t) => {
  for (const { id, promptLog, source } of LOGGED_AGENTS) {
    if (promptLog === undefined) continue;
    await t.step(id, async () => {
      const needles = new Set([...(await source()).needles, ...(await promptLog()).needles]);
      ok(needles.size <= 16, `${needles.size}`);
    });
  }
});
