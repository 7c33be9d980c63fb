/** A new command needs a place among the others: this fails until it has one. */
import { deepStrictEqual } from "node:assert/strict";
import { OPERATION_SUMMARIES } from "../../operations/summaries.ts";
import { COMMAND_SUMMARIES, type CommandSummary } from "../commands/summaries.ts";
import { groupCommands } from "./command_groups.ts";

Deno.test("every command that is listed stands in one group", () => {
  const own: readonly CommandSummary[] = COMMAND_SUMMARIES;
  const listed = [...OPERATION_SUMMARIES, ...own.filter(({ hidden }) => !hidden)].map(({ name }) => name);
  const groups = groupCommands([...listed, "help", "version"].map((name) => ({ name })));
  const named = groups.filter(({ title }) => title !== "More").flatMap(({ commands }) => commands);
  deepStrictEqual(named.map(({ name }) => name).sort(), [...listed, "help", "version"].sort());
});

Deno.test("groupCommands() has the order of the table, and no empty group", () => {
  const named = (...names: string[]) => names.map((name) => ({ name }));
  deepStrictEqual(groupCommands(named("man", "zebra", "cost", "config", "sessions")), [
    { title: "Ask", commands: named("sessions", "cost") },
    { title: "Set up", commands: named("config", "man") },
    { title: "More", commands: named("zebra") },
  ]);
});
