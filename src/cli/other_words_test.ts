/** What people type who come from other tools, and what they are shown. */
import { ok, strictEqual } from "node:assert/strict";
import { idsWith } from "../agents/agents.ts";
import { OPERATIONS } from "../operations/registry.ts";
import { parseArguments } from "./arguments/parse_arguments.ts";
import { COMMANDS } from "./commands/registry.ts";
import { hintForCommand, OTHER_WORDS } from "./other_words.ts";

const OURS = [...OPERATIONS, ...COMMANDS].map(({ name }) => name);

Deno.test("hintForCommand()", async (t) => {
  const rows: [typed: string, hint: string | undefined][] = [
    ["daily", "opper-agent cost --by day"],
    ["Monthly", "opper-agent cost --by month"],
    ["weekly", "opper-agent cost --by week"],
    ["blocks", "There are no 5-hour blocks here. What comes nearest is opper-agent cost --by hour"],
    ["usage", "opper-agent cost"],
    ["session-list", "opper-agent sessions"],
    // ccusage has a command for each agent.
    ["claude", "opper-agent cost --source claude"],
    // A word of others, though ours begins so: `statusline`.
    ["status", "opper-agent overview"],
    // Ours first, then those of others, mistyped.
    ["sesions", "Did you mean sessions?"],
    ["cots", "Did you mean cost?"],
    ["dialy", "opper-agent cost --by day"],
    ["montly", "opper-agent cost --by month"],
    ["zebra", undefined],
    ["constructor", undefined],
    ["__proto__", undefined],
  ];
  for (const [typed, hint] of rows) {
    await t.step(typed, () => strictEqual(hintForCommand(typed, OURS, idsWith("source")), hint));
  }
});

Deno.test("every word of others leads to a command that there is, and is none of ours", async (t) => {
  for (const [word, { command }] of Object.entries(OTHER_WORDS)) {
    await t.step(`${word}: ${command}`, async () => {
      ok(!OURS.includes(word), "it is a command already");
      const [name, ...argv] = command.split(" ");
      if (name === "help") return ok(OURS.includes(argv[0]!));
      const operation = OPERATIONS.find((operation) => operation.name === name);
      if (operation === undefined) return ok(OURS.includes(name!), `there is no ${name}`);
      ok(parseArguments(argv, await operation.load(), "opper-agent").input !== undefined);
    });
  }
});
