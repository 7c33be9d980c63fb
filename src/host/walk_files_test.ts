import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { makeSocket } from "../../tests/support/make_socket.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { walkFiles } from "./walk_files.ts";

const isLog = (path: string) => path.endsWith(".jsonl");

function write(root: string, relativePath: string, text = "{}\n"): void {
  Deno.mkdirSync(join(root, relativePath, ".."), { recursive: true });
  Deno.writeTextFileSync(join(root, relativePath), text);
}

const relativePaths = (walk: ReturnType<typeof walkFiles>) => walk.files.map((file) => file.relativePath).sort();

Deno.test("walkFiles()", async (t) => {
  await t.step(
    "finds matching files at any depth, and says what tells them apart",
    () =>
      withTemporaryDirectory((root) => {
        write(root, "a.jsonl", "12345");
        write(root, "b/c/d.jsonl");
        write(root, "b/notes.txt");
        const walk = walkFiles(root, isLog);
        deepStrictEqual([walk.exists, walk.problems, relativePaths(walk)], [true, [], ["a.jsonl", "b/c/d.jsonl"]]);
        const file = walk.files.find(({ relativePath }) => relativePath === "a.jsonl")!;
        const stats = Deno.statSync(join(root, "a.jsonl"));
        deepStrictEqual([file.path, file.size, file.inode], [join(root, "a.jsonl"), 5, stats.ino]);
        strictEqual(Math.trunc(file.mtimeMs), stats.mtime!.getTime());
      }),
  );

  await t.step("a root that is missing, or no directory, is no problem", () =>
    withTemporaryDirectory((root) => {
      write(root, "file");
      for (const path of [join(root, "missing"), join(root, "file")]) {
        deepStrictEqual(walkFiles(path, isLog), { exists: false, files: [], problems: [] });
      }
    }));

  await t.step(
    "directories that are skipped are not looked into, nor those that a link leads to",
    () =>
      withTemporaryDirectory((root) => {
        write(root, "kept/a.jsonl");
        write(root, "skipped/b.jsonl");
        Deno.symlinkSync("skipped", join(root, "linked"));
        const walked: string[] = [];
        const isNoted = (path: string) => walked.push(path) > 0 && isLog(path);
        const walk = walkFiles(root, isNoted, undefined, { skips: (path) => path !== "kept" });
        deepStrictEqual([relativePaths(walk), walk.problems], [["kept/a.jsonl"], []]);
        ok(!walked.some((path) => path.endsWith("b.jsonl")));
      }),
  );

  await t.step(
    "a root that is a file is found where that is asked for, whatever its name is",
    () =>
      withTemporaryDirectory((root) => {
        write(root, "any.name", "123");
        const path = join(root, "any.name");
        const { exists, files } = walkFiles(path, isLog, undefined, { takesFile: true });
        deepStrictEqual([exists, files.map((file) => [file.path, file.relativePath, file.size])], [true, [
          [path, "any.name", 3],
        ]]);
      }),
  );

  await t.step("a root that cannot be looked at is a problem", () =>
    withTemporaryDirectory((root) => {
      Deno.symlinkSync("loop", join(root, "loop"));
      const walk = walkFiles(join(root, "loop"), isLog);
      deepStrictEqual([walk.exists, walk.files], [true, []]);
      deepStrictEqual(walk.problems.map(({ path }) => path), [join(root, "loop")]);
    }));

  await t.step(
    "links are followed, also as the root; loops end; a directory reached twice is walked once",
    () =>
      withTemporaryDirectory((root) => {
        write(root, "logs/one/a.jsonl");
        write(root, "elsewhere/b.jsonl");
        write(root, "single.jsonl");
        Deno.symlinkSync("..", join(root, "logs/one/up"));
        Deno.symlinkSync("../elsewhere", join(root, "logs/linked"));
        Deno.symlinkSync("../elsewhere", join(root, "logs/linked again"));
        Deno.symlinkSync("../single.jsonl", join(root, "logs/c.jsonl"));
        Deno.symlinkSync("logs", join(root, "root"));
        const walk = walkFiles(join(root, "root"), isLog);
        deepStrictEqual(walk.problems, []);
        strictEqual(walk.files.length, 3);
        deepStrictEqual(walk.files.map(({ path }) => Deno.realPathSync(path)).sort(), [
          join(root, "elsewhere/b.jsonl"),
          join(root, "logs/one/a.jsonl"),
          join(root, "single.jsonl"),
        ]);
      }),
  );

  await t.step(
    "what only looks like a log is a problem, and the rest is found",
    () =>
      withTemporaryDirectory(async (root) => {
        write(root, "good.jsonl");
        write(root, "directory.jsonl/inside.jsonl");
        Deno.symlinkSync("nowhere", join(root, "broken.jsonl"));
        Deno.symlinkSync("self.jsonl", join(root, "self.jsonl"));
        await makeSocket(join(root, "socket.jsonl"));
        const pipe = new Deno.Command("mkfifo", { args: [join(root, "pipe.jsonl")] }).outputSync();
        ok(pipe.success);
        const walk = walkFiles(root, isLog);
        deepStrictEqual(relativePaths(walk), ["directory.jsonl/inside.jsonl", "good.jsonl"]);
        const messages = new Map(walk.problems.map(({ path, message }) => [path.slice(root.length + 1), message]));
        deepStrictEqual([...messages.keys()].sort(), [
          "broken.jsonl",
          "directory.jsonl",
          "pipe.jsonl",
          "self.jsonl",
          "socket.jsonl",
        ]);
        match(messages.get("broken.jsonl")!, /^Cannot be read: no such file or directory$/);
        match(messages.get("pipe.jsonl")!, /^Not a regular file/);
        match(messages.get("socket.jsonl")!, /^Not a regular file/);
      }),
  );

  await t.step("what vanishes while it is walked is no problem", () =>
    withTemporaryDirectory((root) => {
      write(root, "gone.jsonl");
      write(root, "gone/a.jsonl");
      write(root, "stays.jsonl");
      const walk = walkFiles(root, (path) => {
        if (path.startsWith("gone")) Deno.removeSync(join(root, path), { recursive: true });
        return isLog(path);
      });
      deepStrictEqual([relativePaths(walk), walk.problems], [["stays.jsonl"], []]);
    }));

  // Permissions do not stop root, so the directory becomes unreadable by becoming something else.
  await t.step(
    "a directory that cannot be listed is a problem, and the rest is found",
    () =>
      withTemporaryDirectory((root) => {
        write(root, "bad/a.jsonl");
        write(root, "good/b.jsonl");
        const walk = walkFiles(root, (path) => {
          if (path === "bad") {
            Deno.removeSync(join(root, path), { recursive: true });
            write(root, path);
          }
          return isLog(path);
        });
        deepStrictEqual(relativePaths(walk), ["good/b.jsonl"]);
        deepStrictEqual(walk.problems, [{ path: join(root, "bad"), message: "Cannot be read: not a directory" }]);
      }),
  );
});
