import { strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../../../tests/support/random.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { walkFiles } from "../../../host/walk_files.ts";
import { PrefixDigest } from "./prefix_digest.ts";
import { takeAllSteps } from "../take_steps.ts";
import { readLines } from "./read_lines.ts";

const NEEDLES = ['"x"'];

/** Of the lines that have ended. */
function digestOf(path: string, chunkBytes?: number, from?: PrefixDigest, offset = 0): PrefixDigest {
  const digest = from ?? new PrefixDigest();
  const steps = readLines({ path, compressed: false }, {
    from: offset,
    needles: NEEDLES,
    digest,
    chunkBytes,
    maximumLineBytes: 400,
    onLine() {},
    onProblem() {},
  });
  takeAllSteps(steps);
  return digest;
}

Deno.test("PrefixDigest: any byte, and the order of bytes", async () => {
  const text = Array.from({ length: 90 }, (_, index) => `line ${index}\n`).join("");
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "log");
    const isPrefix = async (changed: string) => {
      await Deno.writeTextFile(path, changed);
      return before.isPrefixOf(path);
    };
    await Deno.writeTextFile(path, text);
    const before = PrefixDigest.of(digestOf(path).toString());
    strictEqual(await isPrefix(text), true);
    strictEqual(await isPrefix(`${text}more\n`), true);
    strictEqual(await isPrefix(text.slice(0, -1)), false);
    strictEqual(await isPrefix(""), false);
    strictEqual(await isPrefix(`x${text}`), false);
    for (let at = 0; at < text.length; at++) {
      strictEqual(await isPrefix(`${text.slice(0, at)}X${text.slice(at + 1)}`), false, `byte ${at}`);
    }
    const groups = text.match(/[^]{16}/g)!;
    for (let at = 1; at < groups.length; at++) {
      const swapped = groups.with(0, groups[at]!).with(at, groups[0]!).join("") + text.slice(groups.length * 16);
      if (swapped !== text) strictEqual(await isPrefix(swapped), false, `groups 0 and ${at}`);
    }
  });
});

Deno.test("PrefixDigest: however a log is read, it adds up to the same", async () => {
  const random = seededRandom(5);
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "log");
    for (let round = 0; round < 60; round++) {
      // Some of them are longer than lines may be.
      const lines = Array.from({ length: 20 }, () => "x".repeat(Math.floor(random() ** 4 * 900)) + "\n");
      await Deno.writeTextFile(path, lines.join(""));
      const whole = digestOf(path).toString();
      strictEqual(digestOf(path, 1 + Math.floor(random() * 500)).toString(), whole);
      const cut = Math.floor(random() * lines.length);
      await Deno.writeTextFile(path, lines.slice(0, cut).join(""));
      const begun = PrefixDigest.of(digestOf(path, 33).toString());
      await Deno.writeTextFile(path, lines.join(""));
      strictEqual(digestOf(path, 70, begun, lines.slice(0, cut).join("").length).toString(), whole);
      strictEqual(PrefixDigest.of(whole).isPrefixOf(path), true);
      strictEqual(digestOf(path, 40).isPrefixOf(path), true);
    }
  });
});

Deno.test("PrefixDigest: of a long log the end is compared each time, and the rest in turn", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "log");
    const line = new TextEncoder().encode(`${"x".repeat(99)}\n`);
    const bytes = new Uint8Array(45e6);
    for (let at = 0; at < bytes.length; at += line.length) bytes.set(line, at);
    const change = async (at: number) => {
      await Deno.writeFile(path, bytes);
      const digest = digestOf(path);
      using file = await Deno.open(path, { write: true });
      await file.seek(at, Deno.SeekMode.Start);
      await file.write(new TextEncoder().encode("y"));
      return digest;
    };
    await Deno.writeFile(path, bytes.subarray(0, 1e6 + 7));
    strictEqual(PrefixDigest.of(digestOf(path).toString()).isPrefixOf(path), true);
    await Deno.writeFile(path, bytes);
    strictEqual(PrefixDigest.of(digestOf(path).toString()).isPrefixOf(path), true);
    const atEnd = await change(bytes.length - 1000);
    strictEqual(PrefixDigest.of(atEnd.toString()).isPrefixOf(path), false);
    // A piece that has a few bytes is no end.
    const endsEarly = bytes.slice(0, (8 << 22) + 68);
    await Deno.writeFile(path, endsEarly);
    const before = digestOf(path);
    strictEqual(before.isPrefixOf(path), true);
    endsEarly[(8 << 22) - 9] = 121;
    await Deno.writeFile(path, endsEarly);
    strictEqual(before.isPrefixOf(path), false);
    // It grows line by line: within so many of them each piece was compared once.
    let digest = await change(9e6);
    let length = bytes.length;
    let steps = 0;
    while (digest.isPrefixOf(path)) {
      strictEqual(++steps < 30, true);
      await Deno.writeFile(path, line, { append: true });
      digest = digestOf(path, undefined, digest, length);
      length += line.length;
    }
  });
});

Deno.test("PrefixDigest: a log of the same size is compared to its last byte, however long it is", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "log");
    const size = 22 << 20;
    const bytes = new Uint8Array(size).fill(10);
    await Deno.writeFile(path, bytes);
    const fingerprint = digestOf(path).toString();
    const isAllOf = (known: { fingerprint: string; nextOffset: number }) =>
      PrefixDigest.isAllOf({ ...walkFiles(directory, () => true).files[0]!, path }, known);
    strictEqual(isAllOf({ fingerprint, nextOffset: size }), true);
    strictEqual(isAllOf({ fingerprint, nextOffset: size - 1 }), false, "it goes on behind what was read");
    strictEqual(isAllOf({ fingerprint: "", nextOffset: size }), false, "nothing is known of it");
    using file = await Deno.open(path, { write: true });
    for (let at = 7; at < size; at += 3 << 20) {
      for (const [byte, expected] of [[65, false], [10, true]] as const) {
        await file.seek(at, Deno.SeekMode.Start);
        await file.write(Uint8Array.of(byte));
        strictEqual(isAllOf({ fingerprint, nextOffset: size }), expected, `byte ${at}`);
      }
    }
  });
});
