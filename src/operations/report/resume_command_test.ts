import { deepStrictEqual } from "node:assert/strict";
import { resumeCommandOf } from "./resume_command.ts";

Deno.test("resumeCommandOf()", async (t) => {
  const rows: [source: string, sessionId: string, command: readonly string[] | undefined][] = [
    ["pi", "01a1fb64", ["pi", "--session", "01a1fb64"]],
    ["claude", "e99afcf6", ["claude", "--resume", "e99afcf6"]],
    ["codex", "01a1f6c5", ["codex", "resume", "01a1f6c5"]],
    ["qwen", "28fc49c4", ["qwen", "--resume", "28fc49c4"]],
    ["pi", "the name that somebody chose", ["pi", "--session", "the name that somebody chose"]],
    ["nobody", "1", undefined],
    // What a log names its session must not become an option.
    ["claude", "--dangerously-skip-permissions", undefined],
    ["claude", "-p", undefined],
    ["claude", "", undefined],
    ["claude", "a\nrm -rf x", undefined],
    ["claude", "a\u001b[2J", undefined],
    ["claude", "a\u202eb", undefined],
  ];
  for (const [source, sessionId, command] of rows) {
    await t.step(`${source} ${JSON.stringify(sessionId)}`, () => {
      deepStrictEqual(resumeCommandOf({ source, sessionId, cwd: "/srv" }), command);
    });
  }
});
