import { strictEqual } from "node:assert/strict";
import type { AskedFields } from "../core/answer_key.ts";
import { commandLine } from "./command_line.ts";

Deno.test("commandLine", async (t) => {
  const rows: [name: string, fields: AskedFields, line: string | undefined][] = [
    ["nothing asked", {}, "opper-agent cost"],
    [
      "flags and values",
      { by: "day", fill: true, compare: false, limit: 10 },
      "opper-agent cost --by day --fill --limit 10",
    ],
    ["what is not set", { by: "day", model: undefined, project: "" }, "opper-agent cost --by day"],
    ["a list", { source: ["claude", "codex"] }, "opper-agent cost --source claude --source codex"],
    ["a name of two words", { minCost: 0.25 }, "opper-agent cost --min-cost 0.25"],
    ["a session", { session: "0198ab", by: "model" }, "opper-agent cost 0198ab --by model"],
    [
      "what a shell would read",
      { project: "/home/kim/a b;$(x)'" },
      `opper-agent cost --project '/home/kim/a b;$(x)'\\'''`,
    ],
    ["what would be a flag", { project: "--as-of" }, "opper-agent cost --project=--as-of"],
    ["what a terminal would obey", { project: "/tmp/\x1b[2J" }, undefined],
    ["a line end", { model: "a\nrm -rf ~" }, undefined],
  ];
  for (const [name, fields, line] of rows) await t.step(name, () => strictEqual(commandLine("cost", fields), line));
});
