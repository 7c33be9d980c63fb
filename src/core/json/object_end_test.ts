import { strictEqual } from "node:assert/strict";
import { watchForObjectEnd } from "./object_end.ts";

/** Bytes after which it is known to be whole; undefined when more is waited for. */
function endOf(text: string, size: number): number | undefined {
  const bytes = new TextEncoder().encode(text);
  const isEnough = watchForObjectEnd();
  for (let start = 0; start < bytes.length; start += size) {
    if (isEnough(bytes.subarray(start, start + size))) return start + Math.min(size, bytes.length - start);
  }
  return undefined;
}

Deno.test("watchForObjectEnd(), byte by byte", async (t) => {
  const object = '{"a":"}]\\"{\\\\","ü":[{"b":"日本🙂"},[]],"c":{}}';
  const bytes = new TextEncoder().encode(object).length;
  const rows: [name: string, text: string, end: number | undefined][] = [
    ["nothing", "", undefined],
    ["blanks", " \r\n\t", undefined],
    ["an empty object", "{}", 2],
    ["braces and quotes within strings, and more behind it", `${object}\n{"b":1}`, bytes],
    ["behind a byte order mark and a line end", `\ufeff\n${object}`, bytes + 4],
    ["a raw line break within a string", '{"a":"x\ny"}', 11],
    ["without its end", object.slice(0, -1), undefined],
    ["ending within a string", '{"a":"}}}', undefined],
    ["ending behind a backslash", '{"a":"\\', undefined],
    ["a list", "[1]", 1],
    ["a word", " null", 2],
    ["a string", '"{', 1],
    ["an end without a start", "}", 1],
  ];
  for (const [name, text, end] of rows) await t.step(name, () => strictEqual(endOf(text, 1), end));
  await t.step("in pieces of any size it is the same", () => {
    for (let size = 1; size <= bytes + 1; size++) {
      strictEqual(endOf(object, size), Math.min(bytes, Math.ceil(bytes / size) * size), `${size}`);
    }
  });
});
