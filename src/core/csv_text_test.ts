import { strictEqual } from "node:assert/strict";
import { csvText } from "./csv_text.ts";

Deno.test("csvText", async (t) => {
  const rows: [name: string, records: string[][], text: string][] = [
    ["nothing", [], ""],
    ["plain fields", [["a", "b c", ""], ["1"]], "a,b c,\r\n1\r\n"],
    ["what has to be quoted", [["a,b", 'say "no"', "x\ny", "x\r"]], '"a,b","say ""no""","x\ny","x\r"\r\n'],
  ];
  for (const [name, records, text] of rows) await t.step(name, () => strictEqual(csvText(records), text));
});
