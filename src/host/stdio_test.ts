import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openWriter } from "./stdio.ts";

/** Takes a few bytes at a time, once it is let. */
function slowWriter(bytesAtATime: number) {
  const written: number[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return {
    open,
    text: () => new TextDecoder().decode(new Uint8Array(written)),
    async write(bytes: Uint8Array): Promise<number> {
      await opened;
      const part = bytes.subarray(0, bytesAtATime);
      written.push(...part);
      return part.length;
    },
  };
}

Deno.test("texts are written whole and in their order, however little is taken at a time", async () => {
  for (const bytesAtATime of [1, 2, 3, 100]) {
    const writer = slowWriter(bytesAtATime);
    const { write, flush } = openWriter(writer);
    strictEqual(write("one\n"), true);
    strictEqual(write("zwö\n"), true);
    writer.open();
    await flush(5000);
    strictEqual(write("three\n"), true);
    await flush(5000);
    strictEqual(writer.text(), "one\nzwö\nthree\n");
  }
});

Deno.test("nobody is waited for longer than said", async () => {
  const { write, flush } = openWriter(slowWriter(1));
  write("never read");
  await flush(1);
});

Deno.test("a reader that leaves everything unread is given up", async () => {
  const { write, broken } = openWriter(slowWriter(1), 10);
  strictEqual(write("12345"), true);
  strictEqual(write("67890"), true);
  strictEqual(write("1"), false);
  await broken;
  strictEqual(write(""), false);
});

Deno.test("a closed pipe is reported, and nothing more is written", async () => {
  const tried: string[] = [];
  const { write, broken, flush } = openWriter({
    write(bytes) {
      tried.push(new TextDecoder().decode(bytes));
      return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe"));
    },
  });
  strictEqual(write("a"), true);
  strictEqual(write("b"), true);
  await broken;
  await flush(1000);
  strictEqual(write("c"), false);
  deepStrictEqual(tried, ["a"]);
});
