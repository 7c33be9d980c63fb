import { strictEqual } from "node:assert/strict";
import { isTypable, quoteForShell } from "./shell_words.ts";

Deno.test("quoteForShell", async (t) => {
  const rows: [text: string, word: string][] = [
    ["claude-opus-4-5", "claude-opus-4-5"],
    ["/home/kim/a b", "'/home/kim/a b'"],
    ["it's; rm -rf ~", `'it'\\''s; rm -rf ~'`],
    ["$HOME", "'$HOME'"],
    ["", "''"],
  ];
  for (const [text, word] of rows) await t.step(text || "nothing", () => strictEqual(quoteForShell(text), word));
});

Deno.test("isTypable: nothing that a terminal obeys, or that reads as something else", () => {
  strictEqual(isTypable("/home/kim/日本"), true);
  for (const text of ["a\nb", "\x1b[2J", "a\u202eb", "a\u2028b", "a\ud800"]) strictEqual(isTypable(text), false);
});
