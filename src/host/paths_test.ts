/** Paths beside what node:path makes of them. */
import { strictEqual } from "node:assert/strict";
import nodePath from "node:path";
import { dirname, join, POSIX_PATHS, resolve } from "./paths.ts";

const PARTS = [
  "",
  "/",
  "//",
  "///",
  ".",
  "./",
  "..",
  "../",
  "/..",
  "a",
  "/a",
  "a/",
  "//a",
  "a//b",
  "a/../b",
  "..a",
  "...",
  "/a/b/c",
  "a/b/../../..",
  "~",
  "C:\\x",
  "a b",
  "é\n",
  "/./",
  "a/.",
  "a/..",
];

Deno.test("paths are node:path's, on this system", () => {
  for (const part of PARTS) {
    strictEqual(join("a", part), nodePath.join("a", part));
    strictEqual(resolve(part), nodePath.resolve(part));
    strictEqual(dirname(part), nodePath.dirname(part));
  }
});

Deno.test({
  name: "paths with slashes are those of node:path/posix",
  // It takes the working directory of the system that it runs on.
  ignore: Deno.build.os === "windows",
  fn() {
    const { posix } = nodePath;
    compare([]);
    for (const a of PARTS) {
      compare([a]);
      for (const b of PARTS) {
        compare([a, b]);
        strictEqual(POSIX_PATHS.dirname(a + b), posix.dirname(a + b), JSON.stringify(a + b));
        for (const c of PARTS) {
          compare([a, b, c]);
          compare([a + b, c]);
          strictEqual(POSIX_PATHS.dirname(a + b + c), posix.dirname(a + b + c), JSON.stringify(a + b + c));
        }
      }
    }

    function compare(paths: readonly string[]): void {
      strictEqual(POSIX_PATHS.join(...paths), posix.join(...paths), `join ${JSON.stringify(paths)}`);
      strictEqual(POSIX_PATHS.resolve(...paths), posix.resolve(...paths), `resolve ${JSON.stringify(paths)}`);
    }
  },
});
