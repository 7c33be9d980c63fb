/** Flags derived from a schema that has every kind of field, and definitions that no command line can express. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as z from "zod";
import { defineOperation } from "../operations/operation.ts";
import { GLOBAL_FLAGS } from "./flag.ts";
import { flagsOf } from "./flags.ts";

function operationWith(input: z.ZodObject, commandLine = {}) {
  return defineOperation({
    name: "probe",
    summary: "Probe",
    description: "Probes.",
    effect: "read",
    input,
    output: z.object({}),
    commandLine,
    examples: [],
    run: () => Promise.resolve({}),
    view: () => [],
  });
}

Deno.test("flagsOf reads every kind of field", async (t) => {
  const flags = flagsOf(operationWith(
    z.strictObject({
      target: z.string().describe("What"),
      more: z.array(z.string()).optional().describe("More"),
      asOf: z.string().optional().describe("When"),
      limit: z.int().min(0).max(500).default(20).describe("How many"),
      count: z.number().int().optional().describe("Any whole number"),
      share: z.number().gt(0).lt(1).optional().describe("A share"),
      turns: z.boolean().default(false).describe("Turns"),
      subagents: z.boolean().describe("Inside the default").default(true),
      sort: z.enum(["last", "cost"]).default("last").describe("Order"),
      cache: z.array(z.enum(["warm", "cold"])).optional().describe("States"),
    }),
    { target: { positional: true }, more: { positional: true }, limit: { short: "n", placeholder: "COUNT" } },
  ));
  const text = { kind: "text", positional: false, list: false, required: false } as const;
  const rows: [field: string, expected: Record<string, unknown>][] = [
    ["target", { ...text, name: "target", placeholder: "TARGET", positional: true, required: true }],
    ["more", { ...text, name: "more", placeholder: "MORE", positional: true, list: true }],
    ["asOf", { ...text, name: "as-of", placeholder: "AS_OF", description: "When" }],
    ["limit", {
      ...text,
      kind: "integer",
      name: "limit",
      short: "n",
      placeholder: "COUNT",
      default: 20,
      range: { minimum: 0, maximum: 500, aboveMinimum: false, belowMaximum: false },
    }],
    ["count", { ...text, kind: "integer", range: undefined }],
    ["share", {
      ...text,
      kind: "number",
      range: { minimum: 0, maximum: 1, aboveMinimum: true, belowMaximum: true },
    }],
    ["turns", { ...text, kind: "switch", default: false }],
    ["subagents", { ...text, kind: "switch", default: true, description: "Inside the default" }],
    ["sort", { ...text, choices: ["last", "cost"], default: "last" }],
    ["cache", { ...text, choices: ["warm", "cold"], list: true }],
  ];
  deepStrictEqual(flags.map(({ field }) => field), rows.map(([field]) => field));
  for (const [index, [field, expected]] of rows.entries()) {
    await t.step(field, () => {
      const actual = Object.entries(flags[index]!).filter(([key]) => key in expected);
      deepStrictEqual(Object.fromEntries(actual), expected);
    });
  }
});

Deno.test("flagsOf refuses what a command line cannot express", async (t) => {
  const text = z.string().describe("Text");
  const rows: [name: string, input: z.ZodObject, commandLine: Record<string, unknown>, message: RegExp][] = [
    ["a field without description", z.strictObject({ a: z.string() }), {}, /"a" of operation "probe" has no descr/],
    ["an object", z.strictObject({ a: z.object({ b: text }).describe("Object") }), {}, /"a" .* is "object": expected/],
    ["booleans in a list", z.strictObject({ a: z.array(z.boolean()).describe("List") }), {}, /"a" .* is "boolean"/],
    [
      "a union",
      z.strictObject({ a: z.union([z.string(), z.number()]).describe("Either") }),
      {},
      /"a" .* is \["string","number"\]: expected/,
    ],
    ["the name of a flag of every command", z.strictObject({ json: text }), {}, /Flag "json" .* is taken/],
    ["-h", z.strictObject({ host: text }), { host: { short: "h" } }, /Flag "h" .* is taken/],
    [
      "one letter twice",
      z.strictObject({ a: text, b: text }),
      { a: { short: "x" }, b: { short: "x" } },
      /"x" .* taken/,
    ],
    [
      "a positional behind a list of them",
      z.strictObject({ a: z.array(text).describe("All"), b: text }),
      { a: { positional: true }, b: { positional: true } },
      /"b" of "probe" stands behind a list/,
    ],
  ];
  for (const [name, input, commandLine, message] of rows) {
    await t.step(name, () => throws(() => flagsOf(operationWith(input, commandLine)), message));
  }
});

Deno.test("flags of every command have names and letters of their own", () => {
  const names = GLOBAL_FLAGS.flatMap(({ name, short }) => [name, ...short === undefined ? [] : [short]]);
  strictEqual(new Set(names).size, names.length);
});
