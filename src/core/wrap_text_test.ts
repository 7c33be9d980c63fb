/** Line breaks at several widths. */
import { deepStrictEqual } from "node:assert/strict";
import { wrapText } from "./wrap_text.ts";

Deno.test("wrapText", async (t) => {
  const rows: [name: string, text: string, width: number | undefined, lines: string[]][] = [
    ["fits", "one two", 7, ["one two"]],
    ["breaks between words", "one two three", 8, ["one two", "three"]],
    ["a long word stays whole", "see /a/very/long/path now", 8, ["see", "/a/very/long/path", "now"]],
    ["a long word first", "/a/very/long/path now", 8, ["/a/very/long/path", "now"]],
    ["line feeds break", "a\n\nb", 8, ["a", "", "b"]],
    ["spaces in front stay, for all that follows", "  one two", 6, ["  one", "  two"]],
    ["a list keeps its columns where it fits", "a  b\nc  d e", 4, ["a  b", "c d", "e"]],
    ["no width", "one two three", undefined, ["one two three"]],
    ["nothing", "", 5, [""]],
    ["no blank at the end", "one ", 80, ["one"]],
  ];
  for (const [name, text, width, lines] of rows) {
    await t.step(name, () => deepStrictEqual(wrapText(text, width), lines));
  }
});
