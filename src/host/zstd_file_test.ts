import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { decompressZstd, loadZstd, openZstdFile } from "./zstd_file.ts";

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

Deno.test("decompressZstd()", async (t) => {
  const bytesOf = (text: string) => new Uint8Array(zstdCompressSync(text));
  const textOf = (bytes: Uint8Array | undefined) => bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  const words = Array.from({ length: 3000 }, (_, i) => `${Math.imul(i, 2654435761) >>> 0}`).join(" ");
  const cases: [name: string, compressed: Uint8Array, maximumBytes: number, expected: string | undefined][] = [
    ["short", bytesOf("short"), 5, "short"],
    ["longer than is allowed", bytesOf("short"), 4, undefined],
    ["as long as what is kept for it", bytesOf("x".repeat(1 << 16)), 1 << 20, "x".repeat(1 << 16)],
    ["longer", bytesOf("x".repeat(3 << 20)), 4 << 20, "x".repeat(3 << 20)],
    ["longer, and than is allowed", bytesOf("x".repeat(3 << 20)), 1 << 20, undefined],
    ["nothing", bytesOf(""), 9, ""],
    ["no zstd", new TextEncoder().encode("something else"), 99, undefined],
    ["cut off in its first block", bytesOf(words).subarray(0, 99), 1 << 20, ""],
  ];
  // Each once more after each other one: nothing of what went before may be left.
  for (const [name, compressed, maximumBytes, expected] of [...cases, ...cases.toReversed()]) {
    await t.step(name, () => strictEqual(textOf(decompressZstd(compressed, maximumBytes)), expected));
  }
  await t.step("what was given before does not change", () => {
    const first = decompressZstd(bytesOf("first"), 99);
    decompressZstd(bytesOf("other"), 99);
    strictEqual(textOf(first), "first");
  });
});
