import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { isListPrice, isResponseCost, isTokenCount } from "./plausible.ts";
import { quoteValue } from "./quote_value.ts";

Deno.test("what a figure in a file can be", () => {
  const rows: [value: unknown, isTokens: boolean, isCost: boolean, isPrice: boolean][] = [
    [0, true, true, true],
    [1, true, true, true],
    [0.5, false, true, true],
    [10_000, true, true, true],
    [10_001, true, false, true],
    [1e6, true, false, true],
    [1e6 + 1, true, false, false],
    [1e9, true, false, false],
    [1e9 + 1, false, false, false],
    [1e-7, false, true, false],
    [-5, false, false, false],
    [1e300, false, false, false],
    [1e308, false, false, false],
    [Infinity, false, false, false],
    [NaN, false, false, false],
    ["0.5", false, false, false],
    ["NaN", false, false, false],
    [null, false, false, false],
    [true, false, false, false],
    [[], false, false, false],
    [{ valueOf: 1 }, false, false, false],
  ];
  for (const [value, ...expected] of rows) {
    deepStrictEqual([isTokenCount(value), isResponseCost(value), isListPrice(value)], expected, String(typeof value));
  }
});

Deno.test("quoteValue() is short, shows nothing nested, and never fails", () => {
  const deep = JSON.parse("[".repeat(10_000) + "]".repeat(10_000)) as unknown;
  const rows: [value: unknown, text: string][] = [
    [undefined, "nothing"],
    [null, "null"],
    [true, "true"],
    [-1.5, "-1.5"],
    [Infinity, "Infinity"],
    ["a\n\u0000", '"a\\n\\u0000"'],
    ["x".repeat(1e6), `"${"x".repeat(39)}…`],
    [deep, "an array"],
    [{ toString: 1, toJSON: 1 }, "an object"],
    [JSON.parse('{"__proto__":1}'), "an object"],
  ];
  for (const [value, text] of rows) strictEqual(quoteValue(value), text);
});
