/** How wrong values look in sentences. */
import { match, strictEqual } from "node:assert/strict";
import { quoteValue } from "./errors.ts";

Deno.test("quoteValue", () => {
  strictEqual(quoteValue({ a: [1, "x"] }), '{"a":[1,"x"]}');
  strictEqual(quoteValue(undefined), "undefined");
  strictEqual(quoteValue("x".repeat(100)), `"${"x".repeat(59)}…`);
  const deep = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  match(quoteValue(deep(20_000)), /^\[{60}…$|^a value nested too deep$/);
  match(quoteValue(deep(1_000_000)), /^\[{60}…$|^a value nested too deep$/);
});
