/** The working directory of a process whose directory was removed, or that was moved out of it before it started. */
import { deepStrictEqual } from "node:assert/strict";
import { readWorkingDirectory } from "./working_directory.ts";

Deno.test("the working directory, there or gone", async (t) => {
  const rows: [name: string, cwd: string | undefined, pwd: string | undefined, expected: string, moves: string[]][] = [
    ["there", "/home/u/work", "/home/u/link", "/home/u/work", []],
    ["in the refuge", "/proc/123", "/home/u/gone", "/home/u/gone", ["/"]],
    ["in the refuge, and nobody says what it was", "/proc/123", undefined, "/(removed)", ["/"]],
    ["in the refuge, and what is said is relative", "/proc/123", "gone", "/(removed)", ["/"]],
    ["where somebody works on purpose", "/proc/123", "/proc/123", "/proc/123", []],
    ["below it", "/proc/123/task", "/home/u", "/proc/123/task", []],
    ["removed since it started", undefined, "/home/u/gone", "/home/u/gone", []],
    ["removed since it started, and nobody says what it was", undefined, undefined, "/(removed)", []],
  ];
  for (const [name, cwd, pwd, expected, moves] of rows) {
    await t.step(name, () => {
      const moved: string[] = [];
      const found = readWorkingDirectory({
        cwd() {
          if (cwd === undefined) throw new Deno.errors.NotFound("getcwd");
          return cwd;
        },
        chdir: (directory) => void moved.push(directory),
        pwd: () => pwd,
      });
      deepStrictEqual([found, moved], [expected, moves]);
    });
  }
});
