/** Keys as terminals send them. The rest of it is tested in a real terminal: tests/e2e/watch_test.ts. */
import { deepStrictEqual } from "node:assert/strict";
import { keysOf } from "./full_screen.ts";

Deno.test("keysOf()", async (t) => {
  const rows: [name: string, sent: string, keys: string[]][] = [
    ["a letter", "q", ["q"]],
    ["several", "rq", ["r", "q"]],
    ["Ctrl-C", "\x03", ["\x03"]],
    ["a cursor key", "\x1b[A", []],
    ["one of the other mode", "\x1bOA", []],
    ["one with modifiers, and a letter behind it", "\x1b[1;5Cq", ["q"]],
    ["Escape", "\x1b", []],
    ["marks around pasted text", "\x1b[200~no\x1b[201~", ["n", "o"]],
    ["a character of several units", "👍", ["👍"]],
  ];
  for (const [name, sent, keys] of rows) await t.step(name, () => deepStrictEqual(keysOf(sent), keys));
});
