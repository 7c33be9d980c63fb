import { notStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { readFingerprint } from "./fingerprint.ts";

Deno.test("readFingerprint()", async (t) => {
  const text = Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join("");
  const replace = (at: number) => text.slice(0, at) + "X" + text.slice(at + 1);
  const OFFSET = 2000;
  const rows: [name: string, changed: string, same: boolean][] = [
    ["unchanged", text, true],
    ["grown", `${text}more\n`, true],
    ["changed after the offset", replace(OFFSET), true],
    ["changed right before the offset", replace(OFFSET - 1), false],
    ["changed 256 bytes before the offset", replace(OFFSET - 256), false],
    ["changed in the first byte", replace(0), false],
    ["changed in byte 256", replace(255), false],
    ["cut off before the offset", text.slice(0, OFFSET - 1), false],
    ["empty", "", false],
  ];
  for (const [name, changed, same] of rows) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (directory) => {
        const path = join(directory, "log");
        await Deno.writeTextFile(path, text);
        const before = readFingerprint(path, OFFSET);
        await Deno.writeTextFile(path, changed);
        strictEqual(readFingerprint(path, OFFSET) === before, same);
      });
    });
  }
  await t.step("at the beginning of a file there is nothing to compare", async () => {
    await withTemporaryDirectory(async (directory) => {
      const path = join(directory, "log");
      await Deno.writeTextFile(path, "a");
      const before = readFingerprint(path, 0);
      await Deno.writeTextFile(path, "b");
      strictEqual(readFingerprint(path, 0), before);
      notStrictEqual(readFingerprint(path, 1), before);
    });
  });
  await t.step("any single byte of a short file", async () => {
    await withTemporaryDirectory(async (directory) => {
      const path = join(directory, "log");
      const short = text.slice(0, 60);
      await Deno.writeTextFile(path, short);
      const before = readFingerprint(path, 60);
      for (let at = 0; at < 60; at++) {
        await Deno.writeTextFile(path, `${short.slice(0, at)}X${short.slice(at + 1)}`);
        notStrictEqual(readFingerprint(path, 60), before, `byte ${at}`);
      }
    });
  });
});
