import { deepStrictEqual } from "node:assert/strict";
import * as z from "zod";
import { lenientArguments, lenientObject } from "./lenient_arguments.ts";
import { describeArguments } from "./tool_arguments.ts";

const SCHEMA = describeArguments(z.strictObject({
  prompt: z.string().min(1).describe("Must be there"),
  session: z.string().min(1).default("current").describe("A default, and never empty"),
  since: z.string().optional().describe("May be left out"),
  limit: z.int().min(1).max(100).default(20).describe("Whole"),
  share: z.number().optional().describe("Any"),
  turns: z.boolean().default(false).describe("Switch"),
  sort: z.enum(["last", "cost", "missUsd", "a-b", "a_b"]).default("last").describe("Choice"),
  kinds: z.array(z.enum(["a", "b"])).optional().describe("Choices"),
  names: z.array(z.string()).optional().describe("Texts"),
  counts: z.array(z.int()).optional().describe("Numbers"),
}));

Deno.test("lenientArguments() reads what is plainly meant, and leaves the rest to the check", async (t) => {
  const NOTHING = Symbol();
  const rows: [name: string, sent: unknown, meant: unknown][] = [
    ["limit", "5", 5],
    ["limit", " 5.0 ", 5],
    ["limit", "+5", 5],
    ["limit", "5e1", 50],
    ["limit", 5, 5],
    ["limit", "", NOTHING],
    ["limit", "  ", NOTHING],
    ["limit", null, NOTHING],
    ["limit", "five", "five"],
    ["limit", "0x10", "0x10"],
    ["limit", "1,000", "1,000"],
    ["limit", "NaN", "NaN"],
    ["limit", "Infinity", "Infinity"],
    ["limit", "5.5", 5.5],
    ["limit", "9007199254740993", 9007199254740992],
    ["limit", true, true],
    ["limit", [5], [5]],
    ["share", "-.5", -0.5],
    ["turns", "true", true],
    ["turns", "False", false],
    ["turns", "1", true],
    ["turns", 0, false],
    ["turns", "yes", "yes"],
    ["turns", 2, 2],
    ["sort", "", NOTHING],
    ["sort", "cost", "cost"],
    ["sort", "Cost", "cost"],
    ["sort", " LAST ", "last"],
    ["sort", "miss_usd", "missUsd"],
    ["sort", "MISS-USD", "missUsd"],
    ["sort", "AB", "AB"],
    ["sort", "price", "price"],
    ["since", "", NOTHING],
    ["since", null, NOTHING],
    ["since", 2026, "2026"],
    ["since", 1763600000, "1763600000"],
    ["since", 1.5, 1.5],
    ["since", "5", "5"],
    ["since", "last 7 days", "7d"],
    ["session", "`0198`", "0198"],
    ["prompt", 2026, 2026],
    ["prompt", "`0198`", "`0198`"],
    ["session", "", ""],
    ["session", null, NOTHING],
    ["prompt", "", ""],
    ["prompt", null, NOTHING],
    ["prompt", "true", "true"],
    ["prompt", "[1]", "[1]"],
    ["kinds", "a", ["a"]],
    ["kinds", "a, b", ["a", "b"]],
    ["kinds", "A, B", ["a", "b"]],
    ["kinds", ["A", "C"], ["a", "C"]],
    ["kinds", '["a","b"]', ["a", "b"]],
    ["kinds", ["a", null], ["a"]],
    ["kinds", "", NOTHING],
    ["kinds", "[a", ["[a"]],
    ["kinds", ["c"], ["c"]],
    ["names", "one, and two", ["one, and two"]],
    ["names", '["one"]', ["one"]],
    ["counts", 5, [5]],
    ["counts", "5", [5]],
    ["counts", '["5", 6]', [5, 6]],
    ["unknown", null, NOTHING],
    ["__proto__", "5", "5"],
    ["constructor", "5", "5"],
  ];
  for (const [name, sent, meant] of rows) {
    await t.step(`${name}: ${JSON.stringify(sent)}`, () => {
      const args = Object.fromEntries([[name, sent]]);
      deepStrictEqual(
        Object.entries(lenientArguments(SCHEMA, args)),
        meant === NOTHING ? [] : [[name, meant]],
      );
    });
  }
});

Deno.test("lenientObject()", async (t) => {
  const rows: [sent: unknown, meant: unknown][] = [
    [undefined, {}],
    [null, {}],
    ["", {}],
    [[], {}],
    ["{}", {}],
    [' {"limit":5}', { limit: 5 }],
    [{ limit: 5 }, { limit: 5 }],
    [[1], undefined],
    ["{limit", undefined],
    ["[1]", undefined],
    [5, undefined],
    [true, undefined],
  ];
  for (const [sent, meant] of rows) {
    await t.step(String(JSON.stringify(sent)), () => deepStrictEqual(lenientObject(sent), meant));
  }
});
