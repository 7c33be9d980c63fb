/** Text of programs: nothing that steers, no key, and short enough. */
import { deepStrictEqual } from "node:assert/strict";
import { plainText } from "./plain_text.ts";

Deno.test("plainText", async (t) => {
  const rows: [name: string, text: string, bytes: number, keepEnd: boolean, shown: string, cut: boolean][] = [
    ["leaves text", "a\n\tb — ü", 100, false, "a\n\tb — ü", false],
    ["strips colours", "\x1b[31mred\x1b[0m [1m]", 100, false, "red [1m]", false],
    ["keeps brackets on a new line", "one\n[two]\r\n[a]", 100, false, "one\n[two]\n[a]", false],
    ["strips titles and bells", "\x1b]0;title\x07a\x07b\u009b2Jc", 100, false, "abc", false],
    ["strips what turns the direction", "a\u202eb\u2028c", 100, false, "abc", false],
    ["hides keys", "key=op-secret!", 100, false, "key=[key]!", false],
    ["hides keys that are torn apart by control characters", "op-\x00secret", 100, false, "[key]", false],
    ["cuts the end", "abcdef", 6, false, "abcd", true],
    ["cuts the beginning", "abcdef", 6, true, "cdef", true],
    // Two bytes of quotes; each line feed is two in JSON, each ü two in UTF-8.
    ["counts JSON's bytes", "\n\nüü", 8, false, "\n\nü", true],
    ["cuts no character in half", "😀😀", 9, false, "😀", true],
  ];
  for (const [name, text, bytes, keepEnd, shown, cut] of rows) {
    await t.step(name, () => deepStrictEqual(plainText(text, bytes, ["op-secret"], keepEnd), { text: shown, cut }));
  }
});
