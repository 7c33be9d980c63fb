import assert from "node:assert/strict";
import { exists, type Fields, json } from "../../../agents/fields.ts";
import { RecordRows } from "./record_rows.ts";

Deno.test("a field is what the record itself has there, and nothing that it inherits", async (t) => {
  const bare = Object.assign(Object.create(null), { a: { b: 1 } });
  const rows: [name: string, record: unknown, path: readonly [string, ...string[]], expected: unknown][] = [
    ["a member", { a: 1 }, ["a"], 1],
    ["far inwards", { a: { b: { c: { d: 4 } } } }, ["a", "b", "c", "d"], 4],
    ["of an object without a prototype", bare, ["a", "b"], 1],
    ["missing", {}, ["a"], undefined],
    ["below what is missing", {}, ["a", "b"], undefined],
    ["below null", { a: null }, ["a", "b"], undefined],
    ["below a text", { a: "text" }, ["a", "length"], undefined],
    ["inherited by all", {}, ["constructor"], undefined],
    ["its own by such a name", JSON.parse('{"constructor":1,"__proto__":{"a":2}}'), ["__proto__", "a"], 2],
    ["the prototype", { a: {} }, ["a", "__proto__"], undefined],
    ["of a list", { a: [7] }, ["a", "0"], undefined],
    ["how long a list is", { a: [7] }, ["a", "length"], undefined],
    ["its own by that name", { a: { length: 7 } }, ["a", "length"], 7],
    ["a number for a name", { a: { 0: 7 } }, ["a", "0"], 7],
  ];
  for (const [name, record, path, expected] of rows) {
    await t.step(name, () => {
      const fields = { value: json(...path), isThere: exists(...path) } satisfies Fields;
      const row = new RecordRows(fields).rowOf(record);
      assert.deepEqual([row.value, row.isThere], [expected, expected === undefined ? undefined : true]);
    });
  }
});
