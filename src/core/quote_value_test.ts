/** How wrong values look in sentences. */
import { strictEqual } from "node:assert/strict";
import { quoteValue } from "./quote_value.ts";

Deno.test("quoteValue: short, and of nested data only the kind", () => {
  strictEqual(quoteValue({ a: [1, "x"] }), "an object");
  strictEqual(quoteValue(undefined), "nothing");
  strictEqual(quoteValue(null), "null");
  strictEqual(quoteValue(Infinity), "Infinity");
  strictEqual(quoteValue("x".repeat(100)), `"${"x".repeat(39)}…`);
  const deep = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  strictEqual(quoteValue(deep(1_000_000)), "an array");
});
