/** Real files: who may read them afterwards, and what is never mistaken for a missing one. */
import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { readPrivateText, withPrivateLock, writePrivateText } from "./private_file.ts";

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

Deno.test("writePrivateText", async (t) => {
  await t.step("makes directories and file for their owner alone", () =>
    withTemporaryDirectory((directory) => {
      const path = join(directory, "a/b/secret");
      strictEqual(writePrivateText(path, "x"), true);
      deepStrictEqual([join(directory, "a"), join(directory, "a/b"), path].map(modeOf), [0o700, 0o700, 0o600]);
      return Promise.resolve();
    }));

  await t.step("makes a file private that others could read", () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "secret");
      await Deno.writeTextFile(path, "x", { mode: 0o644 });
      strictEqual(writePrivateText(path, "y"), true);
      strictEqual(modeOf(path), 0o600);
    }));

  await t.step(
    "also when the text is the same, which is not written again",
    () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "secret");
        await Deno.writeTextFile(path, "x", { mode: 0o644 });
        const before = await Deno.stat(path);
        strictEqual(writePrivateText(path, "x"), false);
        const after = await Deno.stat(path);
        deepStrictEqual([after.ino, after.mtime, modeOf(path)], [before.ino, before.mtime, 0o600]);
      }),
  );

  await t.step("says what is in the way", () =>
    withTemporaryDirectory(async (directory) => {
      await Deno.writeTextFile(join(directory, "file"), "x");
      throws(() => writePrivateText(join(directory, "file/secret"), "x"), AgentError);
      throws(() => writePrivateText(directory, "x"), AgentError);
    }));
});

Deno.test("readPrivateText", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    await t.step("no file", () => strictEqual(readPrivateText(join(directory, "none")), undefined));
    await t.step("keeps a byte order mark", async () => {
      await Deno.writeTextFile(join(directory, "bom"), "\ufeffx");
      strictEqual(readPrivateText(join(directory, "bom")), "\ufeffx");
    });

    await Deno.symlink(join(directory, "nowhere"), join(directory, "link"));
    await Deno.writeFile(join(directory, "latin1"), new Uint8Array([0x61, 0xe9]));
    await Deno.mkdir(join(directory, "folder"));
    const rows: [name: string, message: RegExp][] = [
      ["link", /link" could not be read: no such file or directory\.$/],
      ["latin1", /latin1" could not be read: it is not text in UTF-8\.$/],
      ["folder", /folder" could not be read: /],
    ];
    for (const [name, message] of rows) {
      await t.step(`refuses a ${name}`, () => {
        throws(
          () => readPrivateText(join(directory, name)),
          (error) => error instanceof AgentError && message.test(error.message),
        );
      });
    }
  });
});

Deno.test("withPrivateLock lets go, also after an error", () =>
  withTemporaryDirectory(async (directory) => {
    const lock = join(directory, "state/x.lock");
    await rejects(
      withPrivateLock(lock, () => {
        throw new Error("inside");
      }),
      /inside/,
    );
    strictEqual(await withPrivateLock(lock, () => 7), 7);
  }));
