import { strictEqual } from "node:assert/strict";
import { meantId, meantSession } from "./meant_session.ts";

Deno.test("meantSession()", async (t) => {
  const rows: [said: unknown, meant: unknown][] = [
    ["0198-ab", "0198-ab"],
    [" 0198-ab\n", "0198-ab"],
    ["`0198-ab`", "0198-ab"],
    ['"`0198-ab`"', "0198-ab"],
    ["'0198-ab'", "0198-ab"],
    ["“0198-ab”", "0198-ab"],
    ["opper-agent://session/0198-ab", "0198-ab"],
    ["`opper-agent://session/a%20b%25`", "a b%"],
    ["opper-agent://session/..%2f..%2fetc", "opper-agent://session/..%2f..%2fetc"],
    ["opper-agent://session/%E0%A4%A", "opper-agent://session/%E0%A4%A"],
    ["opper-agent://session/", "opper-agent://session/"],
    ["Current", "current"],
    ["LATEST", "latest"],
    ["claude/0198-ab", "claude/0198-ab"],
    ["/srv/a b/0198.jsonl", "/srv/a b/0198.jsonl"],
    ["file:///srv/a%20b/0198.jsonl", "/srv/a b/0198.jsonl"],
    ["file:///C:/a/0198.jsonl", "C:/a/0198.jsonl"],
    ["file:///srv/%E0%A4%A", "file:///srv/%E0%A4%A"],
    ["0198-ab…", "0198-ab"],
    ["`0198-ab...`", "0198-ab"],
    ["...", "..."],
    ["/srv/...", "/srv/..."],
    ["", ""],
    ["`", "`"],
    [5, 5],
    [null, null],
  ];
  for (const [said, meant] of rows) {
    await t.step(JSON.stringify(said), () => strictEqual(meantSession(said), meant));
  }
});

Deno.test("meantId() takes off quotes, and changes nothing within", () => {
  strictEqual(meantId("`a…`"), "a…");
  strictEqual(meantId('"a b"'), "a b");
  strictEqual(meantId(5), 5);
});

Deno.test("a text that is no name is left whole, however many quotes it is made of", () => {
  const long = '"'.repeat(1 << 20);
  strictEqual(meantId(long), long);
  strictEqual(meantSession(long), long);
});
