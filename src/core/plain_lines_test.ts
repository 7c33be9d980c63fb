import { strictEqual } from "node:assert/strict";
import { toPlainLines, toPlainText } from "./plain_lines.ts";

Deno.test("toPlainText leaves a terminal nothing to obey", async (t) => {
  const rows: [name: string, text: string, plain: string][] = [
    ["plain", "~/src/naïve 日本 👩‍👩‍👧", "~/src/naïve 日本 👩‍👩‍👧"],
    ["line breaks and tabs", "a\r\nb\nc\rd\te\u2028f\u0085g", "a b c d e f g"],
    ["a colour", "\x1b[31mred", "\ufffd[31mred"],
    ["a title change", "\x1b]0;pwned\x07", "\ufffd]0;pwned\ufffd"],
    ["one-byte CSI", "\u009b2J", "\ufffd2J"],
    ["backspace, delete, NUL", "a\bb\x7fc\0", "a\ufffdb\ufffdc\ufffd"],
    ["reordering", "abc\u202etxt.exe\u2069", "abc\ufffdtxt.exe\ufffd"],
    ["zero width", "a\u200bb\ufeff", "a\ufffdb\ufffd"],
    ["half a character", "a\ud83d", "a\ufffd"],
  ];
  for (const [name, text, plain] of rows) await t.step(name, () => strictEqual(toPlainText(text), plain));
  await t.step("toPlainLines keeps line feeds alone", () => {
    strictEqual(toPlainLines("a\n\x1b[1mb\rc\n"), "a\n\ufffd[1mb c\n");
  });
});
