import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { breakLine } from "./break_line.ts";
import { displayWidth } from "./display_width.ts";
import { renderView } from "./render.ts";

Deno.test("breakLine()", async (t) => {
  const rows: [line: string, width: number | undefined, expected: string[]][] = [
    ["short", 10, ["short"]],
    ["exactly ten", 11, ["exactly ten"]],
    ["~/.claude/projects/-srv/95909133.jsonl", undefined, ["~/.claude/projects/-srv/95909133.jsonl"]],
    ["~/.claude/projects/-srv/95909133.jsonl", 26, ["~/.claude/projects/-srv/", "95909133.jsonl"]],
    ["~/.claude/projects/-srv/95909133.jsonl", 12, ["~/.claude/", "projects/", "-srv/", "95909133.jso", "nl"]],
    ["C:\\Users\\kim\\logs\\a.jsonl", 14, ["C:\\Users\\kim\\", "logs\\a.jsonl"]],
    ["0123456789abcdef", 6, ["012345", "6789ab", "cdef"]],
    // A character of two columns does not fit into what is left of one.
    ["日本語日本", 5, ["日本", "語日", "本"]],
    ["日本", 1, ["日本"]],
    ["", 5, [""]],
  ];
  for (const [line, width, expected] of rows) {
    await t.step(`${line} in ${width}`, () => {
      const pieces = breakLine(line, width);
      deepStrictEqual(pieces, expected);
      strictEqual(pieces.join(""), line);
    });
  }
});

Deno.test("a path that is longer than a line goes on below where it began", () => {
  const path = "~/.claude/projects/-home-kim-work-billing-service/95909133-0000-4000-8000-0000000000fc.jsonl";
  const facts = [["Log", { text: path }], ["Turns", { text: "3" }]] as const;
  const lines = renderView([{ kind: "facts", facts }], { width: 80, color: false }).trimEnd().split("\n");
  deepStrictEqual(lines, [
    "Log    ~/.claude/projects/-home-kim-work-billing-service/",
    "       95909133-0000-4000-8000-0000000000fc.jsonl",
    "Turns  3",
  ]);
  for (const line of lines) ok(displayWidth(line) <= 80);
});
