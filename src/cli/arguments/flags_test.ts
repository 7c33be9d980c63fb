/** Flags derived from an input that has every kind of field, and definitions that no command line can express. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as z from "zod";
import {
  choice,
  defineInput,
  type Input,
  integer,
  number,
  someOf,
  text,
  texts,
  toggle,
} from "../../operations/contract/input.ts";
import { defineOperation } from "../../operations/contract/operation.ts";
import { GLOBAL_FLAGS, typedName } from "./flag.ts";
import { flagsOf } from "./flags.ts";
import { parseArguments } from "./parse_arguments.ts";

function operationWith(input: Input, commandLine = {}) {
  return defineOperation({
    name: "probe",
    summary: "Probe",
    description: "Probes.",
    needs: [],
    input,
    output: () => Promise.resolve(z.object({})),
    commandLine,
    examples: [],
    run: () => Promise.resolve({}),
    view: () => [],
  });
}

Deno.test("flagsOf reads every kind of field", async (t) => {
  const flags = flagsOf(operationWith(
    defineInput({
      target: text("What", { required: true }),
      more: texts("More"),
      asOf: text("When"),
      limit: integer("How many", { minimum: 0, maximum: 500, default: 20 }),
      count: integer("Any whole number"),
      share: number("A share", { minimum: 0, aboveMinimum: true, maximum: 1, belowMaximum: true }),
      turns: toggle("Turns"),
      subagents: toggle("With sub-agents", { default: true, off: "Without sub-agents" }),
      sort: choice(["last", "cost"], "Order", { default: "last" }),
      cache: someOf(["warm", "cold"], "States"),
    }),
    { target: { positional: true }, more: { positional: true }, limit: { short: "n", placeholder: "COUNT" } },
  ));
  const plain = { kind: "text", positional: false, list: false, required: false } as const;
  const rows: [field: string, expected: Record<string, unknown>][] = [
    ["target", { ...plain, name: "target", placeholder: "TARGET", positional: true, required: true }],
    ["more", { ...plain, name: "more", placeholder: "MORE", positional: true, list: true }],
    ["asOf", { ...plain, name: "as-of", placeholder: "AS_OF", description: "When" }],
    ["limit", {
      ...plain,
      kind: "integer",
      name: "limit",
      short: "n",
      placeholder: "COUNT",
      default: 20,
      range: { minimum: 0, maximum: 500, aboveMinimum: false, belowMaximum: false },
    }],
    ["count", { ...plain, kind: "integer", range: undefined }],
    ["share", {
      ...plain,
      kind: "number",
      range: { minimum: 0, maximum: 1, aboveMinimum: true, belowMaximum: true },
    }],
    ["turns", { ...plain, kind: "switch", default: false }],
    ["subagents", { ...plain, kind: "switch", default: true, description: "Without sub-agents" }],
    ["sort", { ...plain, choices: ["last", "cost"], default: "last" }],
    ["cache", { ...plain, choices: ["warm", "cold"], list: true }],
  ];
  deepStrictEqual(flags.map(({ field }) => field), rows.map(([field]) => field));
  for (const [index, [field, expected]] of rows.entries()) {
    await t.step(field, () => {
      const actual = Object.entries(flags[index]!).filter(([key]) => key in expected);
      deepStrictEqual(Object.fromEntries(actual), expected);
    });
  }
});

Deno.test("a flag may have another name than its field, and keep the one it had", () => {
  const operation = operationWith(
    defineInput({ keyName: text("Name") }),
    { keyName: { name: "key", formerNames: ["key-name"] } },
  );
  for (const typed of ["--key", "--key-name"]) {
    const { input } = parseArguments([typed, "work"], operation, "x");
    deepStrictEqual({ ...input }, { keyName: "work" }, typed);
  }
  const [flag] = flagsOf(operation);
  deepStrictEqual([flag!.name, typedName(flag!)], ["key", "--key"]);
  throws(() => parseArguments(["--key-nam", "work"], operation, "x"), { hint: "`x probe --help` lists its flags." });
});

Deno.test("flagsOf refuses what a command line cannot express", async (t) => {
  const a = text("Text", { required: true });
  const rows: [name: string, input: Input, commandLine: Record<string, unknown>, message: RegExp][] = [
    ["the name of a flag of every command", defineInput({ json: a }), {}, /Flag "json" .* is taken/],
    ["a former name that another flag has", defineInput({ a, b: a }), { a: { formerNames: ["b"] } }, /"b" .* taken/],
    ["-h", defineInput({ host: a }), { host: { short: "h" } }, /Flag "h" .* is taken/],
    [
      "one letter twice",
      defineInput({ a, b: a }),
      { a: { short: "x" }, b: { short: "x" } },
      /"x" .* taken/,
    ],
    [
      "a positional behind a list of them",
      defineInput({ a: texts("All"), b: a }),
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
