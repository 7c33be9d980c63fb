/** Lines that are kept: with others at it, and when they become too many. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { keepLine, readLastLines } from "./kept_lines.ts";
import { tryLockFile } from "./lock.ts";

const OPTIONS = { mostLines: 4, patienceMs: 5 };
/** As long as the shortest that there are. */
const line = (name: number) => `${name}`.padEnd(100, ".");
const textOf = (...names: readonly number[]) => names.map((name) => `${line(name)}\n`).join("");

Deno.test("keepLine()", async (t) => {
  const rows: [name: string, before: string | undefined, after: string][] = [
    ["in a directory that is missing", undefined, textOf(9)],
    ["after others", textOf(1, 2), textOf(1, 2, 9)],
    ["when there are too many, the older half goes", textOf(1, 2, 3), textOf(3, 9)],
    ["long lines are no many lines", `${"x".repeat(5000)}\n`, `${"x".repeat(5000)}\n${textOf(9)}`],
    ["after half a line", "x", `x\n${textOf(9)}`],
    ["after a megabyte that somebody else wrote", "x".repeat(2 << 20), textOf(9)],
  ];
  for (const [name, before, after] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "new/kept.jsonl");
        if (before !== undefined) {
          await Deno.mkdir(join(directory, "new"));
          await Deno.writeTextFile(path, before);
        }
        await keepLine(path, () => line(9), OPTIONS);
        strictEqual(await Deno.readTextFile(path), after);
      }));
  }
  await t.step("somebody who holds it is waited for, and no longer", () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "kept.jsonl");
      const lock = tryLockFile(path)!;
      await keepLine(path, () => line(1), OPTIONS);
      strictEqual(await Deno.readTextFile(path), textOf(1));
      const waiting = keepLine(path, (lines) => lines === textOf(1, 2) ? line(3) : undefined, {
        ...OPTIONS,
        patienceMs: 60_000,
      });
      await Deno.writeTextFile(path, textOf(2), { append: true });
      lock.release();
      await waiting;
      strictEqual(await Deno.readTextFile(path), textOf(1, 2, 3));
    }));
  await t.step("nothing to add", () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "kept.jsonl");
      await Deno.writeTextFile(path, textOf(1));
      await keepLine(path, () => undefined, OPTIONS);
      strictEqual(await Deno.readTextFile(path), textOf(1));
    }));
  await t.step("what is no file is left alone", () =>
    withTemporaryDirectory(async (directory) => {
      await rejects(keepLine(directory, () => line(1), OPTIONS), /is no file/);
      deepStrictEqual([...Deno.readDirSync(directory)], []);
    }));
});

Deno.test("readLastLines() has whole lines alone", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "kept.jsonl");
    strictEqual(readLastLines(path), "");
    strictEqual(readLastLines(directory), "");
    const names = Array.from({ length: 1000 }, (_, index) => index);
    await Deno.writeTextFile(path, `${textOf(...names)}half`);
    const lines = readLastLines(path);
    strictEqual(lines, textOf(...names.slice(-lines.length / 101)));
    // 16 KiB are 162 lines of 101 bytes, and a part of one.
    strictEqual(lines.length / 101, 162);
  }));
