import { strictEqual } from "node:assert/strict";
import { commandLine, isTypable, quoteForPowerShell, quoteForShell } from "./shell_words.ts";

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

Deno.test("commandLine: as the system's shell takes it apart again", async (t) => {
  const rows: [os: "linux" | "windows", words: string[], line: string][] = [
    ["linux", ["/opt/a b/opper-agent", "key", "--key", "it's"], `'/opt/a b/opper-agent' key --key 'it'\\''s'`],
    ["linux", ["/bin/x", "$HOME;"], "/bin/x '$HOME;'"],
    ["windows", ["C:\\Program Files\\o\\opper-agent.exe", "key"], `"C:\\Program Files\\o\\opper-agent.exe" key`],
    ["windows", ["C:\\o.exe", "a&b", "c%d"], `C:\\o.exe "a&b" "c%d"`],
  ];
  for (const [os, words, line] of rows) {
    await t.step(`${os}: ${words.join(" ")}`, () => strictEqual(commandLine(words, os), line));
  }
});

Deno.test("quoteForPowerShell", () => {
  strictEqual(quoteForPowerShell("C:\\it's $HOME"), "'C:\\it''s $HOME'");
});
