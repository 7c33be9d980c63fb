/** That checking an input and its schema accept and refuse the same, and fill in the same defaults. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { checkInput, type InputProblem } from "./check_input.ts";
import { choice, defineInput, type Field, type Input, integer, number, someOf, text, texts, toggle } from "./input.ts";
import { inputSchema } from "./input_schema.ts";
import { OPERATIONS } from "../registry.ts";

type Values = Record<string, unknown>;

/** Undefined: refused. */
function bySchema(input: Input, values: Values): unknown {
  const { success, data } = inputSchema(input).safeParse(values);
  return success ? withoutUndefined(data) : undefined;
}

/** A field that is undefined is one that was left out; the schema keeps its name. */
function withoutUndefined(data: object): object {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

function agree(input: Input, values: Values): boolean {
  const { input: checked, problem } = checkInput(input, values);
  deepStrictEqual(checked, bySchema(input, values), Deno.inspect(values));
  return problem === undefined;
}

/** In every field, whatever it is of. */
const ODD = [
  undefined,
  null,
  "",
  " ",
  "x",
  "0",
  "true",
  "constructor",
  "\ud800",
  true,
  false,
  0,
  -0,
  1,
  -1,
  1.5,
  0.5,
  1e-320,
  NaN,
  Infinity,
  -Infinity,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  Number.MIN_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER - 1,
  1e21,
  Number.MAX_VALUE,
  1n,
  [],
  [undefined],
  [null],
  [""],
  ["x"],
  ["x", "x"],
  ["x", 1],
  [[]],
  [NaN],
  new Array(2),
  {},
  { length: 0 },
  new Date(0),
  () => "x",
  Symbol("x"),
  new String("x"),
  new Number(1),
];

/** Right and just wrong for this very field. */
function edgesOf({ kind, list, choices = [], range = {} }: Field): readonly unknown[] {
  const { minimum = 0, maximum = 0 } = range;
  const items: unknown[] = kind === "text"
    ? [...choices, ...choices.map((text) => text.toUpperCase()), ...choices.map((text) => `${text} `), choices.join()]
    : [minimum, maximum].flatMap((bound) => [bound - 1, bound - 0.5, bound, bound + 0.5, bound + 1]);
  return list ? [...items, ...items.map((item) => [item]), items, [...choices], [...choices, "x"]] : items;
}

Deno.test("every operation: the command line accepts what its tool does, with the same defaults", async (t) => {
  for (const entry of OPERATIONS) {
    const { input } = await entry.load();
    await t.step(entry.name, () => {
      const fields = Object.entries(input.fields);
      // What must be there, so that nothing but one field is in question.
      const base = Object.fromEntries(
        fields.filter(([, field]) => field.present && field.default === undefined)
          .map(([name, { choices }]) => [name, choices?.[0] ?? "x"]),
      );
      ok(agree(input, base));
      strictEqual(agree(input, {}), Object.keys(base).length === 0);
      for (const [name, field] of fields) {
        const outcomes = [...ODD, ...edgesOf(field)].map((value) => agree(input, { ...base, [name]: value }));
        // Neither says the same to everything.
        deepStrictEqual(new Set(outcomes), new Set([true, false]), name);
      }
      for (const name of ["nonsense", "toString", "constructor", "hasOwnProperty", "", "0"]) {
        for (const value of [1, undefined]) ok(!agree(input, { ...base, [name]: value }), name);
      }
      ok(!agree(input, JSON.parse(`{ "__proto__": 1 }`)));
      // By chance: several fields at once.
      const next = randomNumbers(entry.name.length);
      for (let round = 0; round < 300; round++) {
        const chosen = fields.filter(() => next() < 0.4).map(([name, field]) => {
          const values = [...ODD, ...edgesOf(field), ...edgesOf(field), ...edgesOf(field)];
          return [name, values[Math.floor(next() * values.length)]];
        });
        agree(input, { ...base, ...Object.fromEntries(chosen) });
      }
    });
  }
});

/** Every kind of field, and every kind of bound. */
const EVERYTHING = defineInput({
  name: text("Name", { required: true }),
  hexadecimal: text("Digits", { check: (text) => /^[0-9a-f]+$/.test(text) ? undefined : "expected digits" }),
  kind: choice(["a", "b"], "Kind", { default: "b" }),
  kinds: someOf(["a", "b"], "Kinds", { default: ["a"] }),
  pair: texts("Two", { check: ({ length }) => length === 2 ? undefined : "expected two" }),
  any: number("Any number"),
  share: number("Share", { minimum: 0, aboveMinimum: true, maximum: 1, belowMaximum: true }),
  least: number("Least", { minimum: -0.5 }),
  most: integer("Most", { maximum: 10, default: 3 }),
  whole: integer("Any whole number"),
  on: toggle("On", { default: true, off: "Off" }),
  off: toggle("Off"),
}, ({ any, least }) => any === undefined || least === undefined ? undefined : "any and least exclude each other");

Deno.test("every kind of field: the check and the schema agree", () => {
  const base = { name: "x" };
  for (const [name, field] of Object.entries(EVERYTHING.fields)) {
    const values = [...ODD, ...edgesOf(field), "af09", ["x", "y"], ["x", "y", "z"]];
    const outcomes = values.map((value) => agree(EVERYTHING, { ...base, [name]: value }));
    deepStrictEqual(new Set(outcomes), new Set([true, false]), name);
  }
  ok(!agree(EVERYTHING, { ...base, any: 1, least: 1 }));
  ok(agree(EVERYTHING, { ...base, any: 1, least: undefined }));
});

Deno.test("checkInput()", async (t) => {
  const defaults = { name: "x", kind: "b", kinds: ["a"], most: 3, on: true, off: false };
  await t.step("fills in defaults, a list of its own each time", () => {
    const checked = checkInput(EVERYTHING, { name: "x" }).input!;
    deepStrictEqual(checked, defaults);
    notStrictEqual(checked.kinds, EVERYTHING.fields.kinds.default);
  });
  const problems: [what: string, values: Values, problem: Partial<InputProblem>][] = [
    ["a field that must be there", {}, { kind: "missing", field: "name" }],
    ["the first of several", { kind: "c", name: 1 }, { kind: "wrong", field: "name" }],
    ["none of the choices", { name: "x", kind: "c" }, { kind: "wrong", field: "kind" }],
    ["an item", { name: "x", kinds: ["a", "c"] }, { kind: "wrong", field: "kinds", index: 1 }],
    ["no list", { name: "x", kinds: "a" }, { kind: "wrong", field: "kinds" }],
    ["out of range", { name: "x", most: 11 }, { kind: "wrong", field: "most" }],
    ["a rule", { name: "x", hexadecimal: "g" }, { kind: "refused", field: "hexadecimal", message: "expected digits" }],
    ["a rule about a list", { name: "x", pair: ["a"] }, { kind: "refused", field: "pair", message: "expected two" }],
    ["no such field", { name: "x", nmae: 1 }, { kind: "wrong", message: 'there is no field "nmae"' }],
    ["a rule about several fields", { name: "x", any: 1, least: 1 }, {
      kind: "refused",
      message: "any and least exclude each other",
    }],
  ];
  for (const [what, values, expected] of problems) {
    await t.step(what, () => {
      const { message, ...problem } = checkInput(EVERYTHING, values).problem!;
      deepStrictEqual({ ...problem, message: expected.message ?? message }, { ...expected, message });
    });
  }
});

/** The same numbers every time. */
function randomNumbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
