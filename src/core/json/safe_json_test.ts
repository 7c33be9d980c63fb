import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { toSafeJson } from "./safe_json.ts";

Deno.test("toSafeJson() escapes what steers a terminal, and reads back as the same", async (t) => {
  const rows: [what: string, text: string, json: string][] = [
    ["C0", "\u001b[31m\u0000", '"\\u001b[31m\\u0000"'],
    ["DEL and C1", "\u007f\u009b31m\u0085", '"\\u007f\\u009b31m\\u0085"'],
    ["marks that reorder text", "\u202e\u2066\u200f\u061c", '"\\u202e\\u2066\\u200f\\u061c"'],
    ["ends of lines", "\u2028\u2029", '"\\u2028\\u2029"'],
    ["halves of characters", "\ud800a\udc00", '"\\ud800a\\udc00"'],
    ["nothing else", "ä 漢 😀", '"ä 漢 😀"'],
  ];
  for (const [what, text, json] of rows) {
    await t.step(what, () => {
      strictEqual(toSafeJson(text), json);
      const value = { [text]: [text] };
      deepStrictEqual(JSON.parse(toSafeJson(value)), value);
    });
  }
  await t.step("indented", () => strictEqual(toSafeJson({ a: "\u009b" }, 2), '{\n  "a": "\\u009b"\n}'));
});
