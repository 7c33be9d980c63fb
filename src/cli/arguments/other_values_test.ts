/** Words of other tools, and what they are called here. */
import { strictEqual } from "node:assert/strict";
import { USAGE_KEYS } from "../../operations/report/usage_keys.ts";
import { ownWordFor } from "./other_values.ts";

Deno.test("ownWordFor()", async (t) => {
  const SORTS = ["last", "cost", "tokens"];
  const rows: [typed: string, choices: readonly string[], meant: string | undefined][] = [
    ["tool", USAGE_KEYS, "source"],
    ["Tools", USAGE_KEYS, "source"],
    ["vendor", USAGE_KEYS, "provider"],
    ["directory", USAGE_KEYS, "project"],
    ["repos", USAGE_KEYS, "project"],
    ["daily", USAGE_KEYS, "day"],
    ["date", USAGE_KEYS, "day"],
    ["date", SORTS, "last"],
    ["price", SORTS, "cost"],
    ["price", USAGE_KEYS, undefined],
    ["zebra", USAGE_KEYS, undefined],
    ["constructor", USAGE_KEYS, undefined],
    ["", USAGE_KEYS, undefined],
  ];
  for (const [typed, choices, meant] of rows) {
    await t.step(`${typed} of ${choices[0]}, …`, () => strictEqual(ownWordFor(typed, choices), meant));
  }
});
