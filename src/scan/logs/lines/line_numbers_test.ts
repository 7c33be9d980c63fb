import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../../../tests/support/random.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { lineNumbersAt } from "./line_numbers.ts";

Deno.test("lineNumbersAt()", async (t) => {
  const rows: [name: string, text: string, offsets: number[], lines: number[]][] = [
    ["no offsets", "a\nb\n", [], []],
    ["an empty file", "", [0], [1]],
    ["the first line", "a\nb\n", [0], [1]],
    ["every line", "a\n\nbc\nd", [0, 2, 3, 6], [1, 2, 3, 4]],
    ["the same line twice", "a\nb\n", [2, 2], [2, 2]],
    ["the end of the file", "a\nb\n", [4], [3]],
    ["beyond the end", "a\nb\n", [2, 99], [2, 3]],
  ];
  for (const [name, text, offsets, lines] of rows) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (directory) => {
        const path = join(directory, "log");
        await Deno.writeTextFile(path, text);
        deepStrictEqual(lineNumbersAt(path, offsets), lines);
      });
    });
  }
});

Deno.test("lineNumbersAt() agrees with splitting a file of several chunks", async () => {
  await withTemporaryDirectory(async (directory) => {
    const random = seededRandom(5);
    let text = "";
    const starts: number[] = [];
    while (text.length < 3_500_000) {
      starts.push(text.length);
      // Now and then a line longer than a chunk.
      text += "x".repeat(random() < 0.01 ? 1_200_000 * random() : 2000 * random()) + "\n";
    }
    const path = join(directory, "log");
    await Deno.writeTextFile(path, text);
    const chosen = starts.map((offset, index) => ({ offset, line: index + 1 })).filter(() => random() < 0.3);
    deepStrictEqual(lineNumbersAt(path, chosen.map(({ offset }) => offset)), chosen.map(({ line }) => line));
  });
});
