/** Words of other tools, and what they are called here. */
import { strictEqual } from "node:assert/strict";
import { COST_KEYS } from "../../operations/usage/cost_keys.ts";
import { ownWordFor } from "./other_values.ts";

Deno.test("ownWordFor()", async (t) => {
  const SORTS = ["last", "cost", "tokens"];
  const rows: [typed: string, choices: readonly string[], meant: string | undefined][] = [
    ["tool", COST_KEYS, "source"],
    ["Tools", COST_KEYS, "source"],
    ["vendor", COST_KEYS, "provider"],
    ["directory", COST_KEYS, "project"],
    ["repos", COST_KEYS, "project"],
    ["daily", COST_KEYS, "day"],
    ["date", COST_KEYS, "day"],
    ["date", SORTS, "last"],
    ["price", SORTS, "cost"],
    ["price", COST_KEYS, undefined],
    ["zebra", COST_KEYS, undefined],
    ["constructor", COST_KEYS, undefined],
    ["", COST_KEYS, undefined],
  ];
  for (const [typed, choices, meant] of rows) {
    await t.step(`${typed} of ${choices[0]}, …`, () => strictEqual(ownWordFor(typed, choices), meant));
  }
});
