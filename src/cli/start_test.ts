/** What the start leaves to the program, and how. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
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
            prepareMcp: () => Promise.reject(new Error("not asked for")),
          }),
      });
      deepStrictEqual([status, given], [7, [argv, "commit abc"]]);
    });
  }
});

Deno.test("a status line is shown without the program, unless it has to look at the arguments", async (t) => {
  const rows: [argv: string[], status: number | undefined, reached: string][] = [
    [["statusline", "--format", "x"], 0, "line --format,x"],
    [["statusline", "--refresh"], undefined, "line --refresh, program statusline,--refresh"],
    [["statuslin"], 0, "program statuslin"],
    [["--quiet", "statusline"], 0, "program --quiet,statusline"],
    // Flags are read by the command line; without any, the program is loaded when somebody asks.
    [["mcp"], 0, "server, questions"],
    [["mcp", "--read-only"], 0, "program mcp,--read-only"],
    [["mcp", "install", "pi"], 0, "program mcp,install,pi"],
  ];
  for (const [argv, status, reached] of rows) {
    await t.step(argv.join(" "), async () => {
      const calls: string[] = [];
      await start(argv, {
        build: { commit: "abc", deno: "1.2.3" },
        loadHelp: () => Promise.reject(new Error("not asked for")),
        loadStatusline: () =>
          Promise.resolve({
            runQuickly(argv: readonly string[]) {
              calls.push(`line ${argv}`);
              return Promise.resolve(status);
            },
          }),
        loadMcp: () =>
          Promise.resolve({
            async serveQuickly(loadQuestions: () => Promise<unknown>) {
              calls.push("server");
              await loadQuestions();
              return 0;
            },
          }),
        loadProgram: () =>
          Promise.resolve({
            runProgram(argv: readonly string[]) {
              calls.push(`program ${argv}`);
              return Promise.resolve(0);
            },
            prepareMcp() {
              calls.push("questions");
              return Promise.resolve();
            },
          }),
      });
      strictEqual(calls.join(", "), reached);
    });
  }
});
