/** Replacing files as a whole, on real files in a directory of the test's own. */
import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { AgentError } from "../core/errors.ts";
import { reasonOf, removeEmptyDirectory, removeFile, resolveRealPath } from "./atomic_file.ts";
import { writeFileAtomically } from "./write_file_atomically.ts";

Deno.test("writeFileAtomically", async (t) => {
  const rows: [name: string, before: number | undefined, mode: number | undefined, after: number][] = [
    ["keeps the mode", 0o640, undefined, 0o640],
    ["keeps one that forbids writing", 0o400, undefined, 0o400],
    ["sets the mode", 0o644, 0o600, 0o600],
    ["makes it with the mode, whatever the umask", undefined, 0o666, 0o666],
  ];
  for (const [name, before, mode, after] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "file");
        if (before !== undefined) {
          await Deno.writeTextFile(path, "before, and longer than after");
          await Deno.chmod(path, before);
        }
        writeFileAtomically(path, "after\n", { mode });
        strictEqual(readFileSync(path, "utf8"), "after\n");
        strictEqual(statSync(path).mode & 0o7777, after);
        deepStrictEqual(readdirSync(directory), ["file"]);
      }));
  }

  await t.step("writes bytes as they are", () =>
    withTemporaryDirectory((directory) => {
      const bytes = new Uint8Array([0, 255, 10, 13, 0xef, 0xbb, 0xbf]);
      writeFileAtomically(join(directory, "file"), bytes);
      deepStrictEqual(new Uint8Array(readFileSync(join(directory, "file"))), bytes);
      return Promise.resolve();
    }));

  await t.step("leaves links, and replaces what they point to", () =>
    withTemporaryDirectory(async (directory) => {
      await Deno.mkdir(join(directory, "elsewhere"));
      await Deno.writeTextFile(join(directory, "elsewhere/target"), "before");
      await Deno.symlink("elsewhere/middle", join(directory, "link"));
      await Deno.symlink("target", join(directory, "elsewhere/middle"));
      await Deno.symlink("elsewhere/new", join(directory, "dangling"));
      writeFileAtomically(join(directory, "link"), "after");
      writeFileAtomically(join(directory, "dangling"), "made");
      strictEqual(readFileSync(join(directory, "elsewhere/target"), "utf8"), "after");
      strictEqual(readFileSync(join(directory, "elsewhere/new"), "utf8"), "made");
      deepStrictEqual(
        ["link", "elsewhere/middle", "dangling"].map((name) => lstatSync(join(directory, name)).isSymbolicLink()),
        [
          true,
          true,
          true,
        ],
      );
      deepStrictEqual(readdirSync(join(directory, "elsewhere")).sort(), ["middle", "new", "target"]);
    }));

  await t.step("a reader never sees half of it", () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "file");
      await Deno.writeTextFile(path, "before");
      const seen: string[] = [];
      writeFileAtomically(path, "after", { onStep: () => seen.push(readFileSync(path, "utf8")) });
      // Create, write, sync and move come before it has the name; only the folder's sync after.
      deepStrictEqual(seen, ["before", "before", "before", "before", "after"]);
    }));

  const failures: [name: string, setUp: (directory: string) => Promise<string>, message: RegExp][] = [
    [
      "no such folder",
      (directory) => Promise.resolve(join(directory, "no/file")),
      /could not be written: no such file/,
    ],
    ["a directory has the name", async (directory) => {
      await Deno.mkdir(join(directory, "name"));
      return join(directory, "name");
    }, /^"\/.*name" is a directory, and no file\.$/],
    ["links in a circle", async (directory) => {
      await Deno.symlink("b", join(directory, "a"));
      await Deno.symlink("a", join(directory, "b"));
      return join(directory, "a");
    }, /could not be written: too many symbolic links\.$/],
  ];
  for (const [name, setUp, message] of failures) {
    await t.step(`fails and leaves nothing: ${name}`, () =>
      withTemporaryDirectory(async (directory) => {
        const path = await setUp(directory);
        const before = readdirSync(directory);
        throws(() => writeFileAtomically(path, "x"), (error) =>
          error instanceof AgentError && error.code === "failed" && message.test(error.message));
        deepStrictEqual(readdirSync(directory), before);
      }));
  }
});

Deno.test("resolveRealPath resolves links as far as the path exists", () =>
  withTemporaryDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "real/sub"), { recursive: true });
    await Deno.writeTextFile(join(directory, "real/file"), "");
    await Deno.symlink("real", join(directory, "link"));
    await Deno.symlink("nothing", join(directory, "dangling"));
    const rows: [path: string, real: string, missing: string[]][] = [
      ["link/file", "real/file", []],
      ["link/new", "real/new", []],
      ["link/a/b/new", "real/a/b/new", ["real/a", "real/a/b"]],
    ];
    for (const [path, real, missing] of rows) {
      deepStrictEqual(resolveRealPath(join(directory, path)), {
        path: join(directory, real),
        missingDirectories: missing.map((name) => join(directory, name)),
      });
    }
    for (const path of ["dangling", "dangling/below/it"]) {
      await rejects(async () => await resolveRealPath(join(directory, path)), AgentError, path);
    }
  }));

Deno.test("removing says whether there was something, and takes nothing that holds something", () =>
  withTemporaryDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "full"));
    await Deno.writeTextFile(join(directory, "full/file"), "");
    await Deno.symlink("full", join(directory, "link"));
    strictEqual(removeEmptyDirectory(join(directory, "full")), false);
    strictEqual(removeEmptyDirectory(join(directory, "link")), false);
    strictEqual(removeFile(join(directory, "full/file")), true);
    strictEqual(removeFile(join(directory, "full/file")), false);
    strictEqual(removeEmptyDirectory(join(directory, "full")), true);
    strictEqual(removeEmptyDirectory(join(directory, "full")), false);
  }));

Deno.test("reasonOf keeps the system's words alone", () => {
  strictEqual(reasonOf(new Error("EACCES: permission denied, open '/x, y'")), "permission denied");
  strictEqual(reasonOf(new Error("Something else.")), "Something else");
});
