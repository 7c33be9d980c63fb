import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { listFileAges, openFile, readNamedFileIfAny, readTextFileIfAny, tryRemoveFile } from "./files.ts";

function write(root: string, relativePath: string, text = "{}\n"): void {
  Deno.mkdirSync(join(root, relativePath, ".."), { recursive: true });
  Deno.writeTextFileSync(join(root, relativePath), text);
}

Deno.test("openFile() reads from an offset, to the end as it is when it gets there", () =>
  withTemporaryDirectory((root) => {
    write(root, "log", "0123456789");
    const file = openFile(join(root, "log"), 4);
    try {
      const buffer = new Uint8Array(4);
      const take = () => new TextDecoder().decode(buffer.subarray(0, file.read(buffer)));
      deepStrictEqual([take(), take(), take()], ["4567", "89", ""]);
      Deno.writeTextFileSync(join(root, "log"), "ab", { append: true });
      strictEqual(take(), "ab");
    } finally {
      file.close();
    }
  }));

Deno.test("readTextFileIfAny() gives nothing for what cannot be read", () =>
  withTemporaryDirectory((root) => {
    write(root, "text", "hello");
    deepStrictEqual(
      ["text", "missing", "", "text/below"].map((name) => readTextFileIfAny(join(root, name))),
      ["hello", undefined, undefined, undefined],
    );
  }));

Deno.test("readTextFileIfAny() reads no more than it is told to", () =>
  withTemporaryDirectory((root) => {
    write(root, "text", "hello");
    deepStrictEqual([3, 5, 9].map((most) => readTextFileIfAny(join(root, "text"), most)), ["hel", "hello", "hello"]);
    deepStrictEqual(["missing", ""].map((name) => readTextFileIfAny(join(root, name), 3)), [undefined, undefined]);
  }));

Deno.test({
  name: "a pipe is read where somebody named it, and not waited for where it only lies",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withTemporaryDirectory(async (root) => {
      const pipe = join(root, "pipe");
      strictEqual((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
      deepStrictEqual([readTextFileIfAny(pipe), readTextFileIfAny(pipe, 3)], [undefined, undefined]);
      for (const [most, text] of [[undefined, "hello"], [3, "hel"], [9, "hello"]] as const) {
        // In two pieces, as programs write that take a while.
        const script = '{ printf hel; sleep 0.1; printf lo; } > "$0"';
        const writer = new Deno.Command("sh", { args: ["-c", script, pipe], stderr: "null" }).spawn();
        strictEqual(readNamedFileIfAny(pipe, most), text);
        await writer.status;
      }
    }),
});

Deno.test("tryRemoveFile() says whether a file is gone", () =>
  withTemporaryDirectory((root) => {
    write(root, "file");
    write(root, "directory/file");
    deepStrictEqual(["file", "missing", "directory"].map((name) => tryRemoveFile(join(root, name))), [
      true,
      true,
      false,
    ]);
    deepStrictEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["directory"]);
  }));

Deno.test("listFileAges() lists files alone, and nothing of a directory that is not there", () =>
  withTemporaryDirectory((root) => {
    write(root, "file");
    write(root, "directory/file");
    Deno.utimeSync(join(root, "file"), 0, Date.now() / 1000 - 60);
    const [file, ...others] = listFileAges(root);
    deepStrictEqual([file!.name, Math.round(file!.ageMs / 10_000), others], ["file", 6, []]);
    deepStrictEqual(listFileAges(join(root, "missing")), []);
  }));
