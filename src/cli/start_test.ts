/** What the start leaves to the program, and how. */
import { deepStrictEqual } from "node:assert/strict";
import { start } from "./start.ts";

Deno.test("what the start does not answer reaches the program as it is", async (t) => {
  const rows: string[][] = [
    [],
    ["sessions"],
    ["help", "sessions"],
    ["--quiet", "version"],
    ["version", "x"],
    ["--help", "sessions"],
    ["-h", "--nonsense"],
    [""],
    ["--"],
  ];
  for (const argv of rows) {
    await t.step(JSON.stringify(argv), async () => {
      let given: unknown;
      const status = await start(argv, {
        build: { commit: "abc", deno: "1.2.3" },
        loadHelp: () => Promise.reject(new Error("not asked for")),
        loadProgram: () =>
          Promise.resolve({
            runProgram(argv: readonly string[], version: string) {
              given = [argv, version.split("\n")[1]];
              return Promise.resolve(7);
            },
          }),
      });
      deepStrictEqual([status, given], [7, [argv, "commit abc"]]);
    });
  }
});
