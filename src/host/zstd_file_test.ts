import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { loadZstd, openZstdFile } from "./zstd_file.ts";

await loadZstd();

function readAll(path: string, bufferBytes: number): { text: string; problems: string[] } {
  const problems: string[] = [];
  const source = openZstdFile(path, (message) => problems.push(message));
  const decoder = new TextDecoder();
  let text = "";
  const buffer = new Uint8Array(bufferBytes);
  for (let count = source.read(buffer); count > 0; count = source.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  source.close();
  return { text, problems };
}

Deno.test("openZstdFile()", async (t) => {
  const path = await Deno.makeTempFile();
  // Incompressible enough to need more than one piece of input.
  const text = Array.from({ length: 60_000 }, (_, i) => `line ${i} ${Math.imul(i, 2654435761) >>> 0}\n`).join("");
  const compressed = new Uint8Array(zstdCompressSync(text));
  try {
    await t.step("gives what was compressed, whatever the size of the pieces", () => {
      Deno.writeFileSync(path, compressed);
      for (const bytes of [1 << 20, 4096, 997]) deepStrictEqual(readAll(path, bytes), { text, problems: [] });
    });
    await t.step("several frames, one after the other", () => {
      Deno.writeFileSync(path, new Uint8Array([...zstdCompressSync("one\n"), ...zstdCompressSync("two\n")]));
      deepStrictEqual(readAll(path, 4096), { text: "one\ntwo\n", problems: [] });
    });
    await t.step("cut off: what came before is read, and it is said", () => {
      Deno.writeFileSync(path, compressed.subarray(0, compressed.length - 1000));
      const { text: part, problems } = readAll(path, 4096);
      strictEqual(text.startsWith(part), true);
      strictEqual(part.length > 0, true);
      strictEqual(problems.length, 1);
      match(problems[0]!, /breaks off|corrupt/);
    });
    await t.step("no zstd at all", () => {
      Deno.writeTextFileSync(path, "plain text, not compressed");
      const { problems } = readAll(path, 4096);
      strictEqual(problems.length, 1);
      match(problems[0]!, /corrupt/);
    });
  } finally {
    await Deno.remove(path);
  }
});
