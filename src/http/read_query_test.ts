import { deepStrictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { choice, defineInput, integer, number, someOf, text, toggle } from "../operations/contract/input.ts";
import { readQuery } from "./read_query.ts";

const INPUT = defineInput({
  name: text("A name"),
  kind: choice(["day", "hour"], "A kind", { default: "day" }),
  kinds: someOf(["warm", "cold"], "Some kinds"),
  limit: integer("How many", { minimum: 0, maximum: 100, default: 20 }),
  share: number("A share", { minimum: 0, aboveMinimum: true }),
  all: toggle("All of it"),
  even: text("An even one", { check: (value) => value.length % 2 === 0 ? undefined : "it is odd" }),
}, ({ all, name }) => all && name !== undefined ? "all leaves no name" : undefined);

const read = (query: string) => readQuery(INPUT, new URLSearchParams(query), "list");

Deno.test("readQuery() makes values of the fields' kinds, with their defaults", () => {
  const rows: [query: string, input: object][] = [
    ["", {}],
    ["name=", { name: "" }],
    ["name=a%20b%2Cc", { name: "a b,c" }],
    ["kind=hour&limit=0&share=.5", { kind: "hour", limit: 0, share: 0.5 }],
    // A comma separates nothing: lists repeat the field.
    ["kinds=warm&kinds=cold", { kinds: ["warm", "cold"] }],
    ["all=true", { all: true }],
    ["all=false&name=x", { all: false, name: "x" }],
  ];
  for (const [query, input] of rows) {
    deepStrictEqual(read(query), { kind: "day", limit: 20, all: false, ...input }, query);
  }
});

Deno.test("readQuery() says what is wrong", () => {
  const rows: [query: string, message: string, hint?: string][] = [
    ["kind=dya", 'Expected day or hour for kind, not "dya".', "Did you mean day?"],
    ["kind=", 'Expected day or hour for kind, not "".'],
    ["kinds=warm,cold", 'Expected warm or cold for kinds, not "warm,cold".'],
    ["kinds=warm&kinds=hot", 'Expected warm or cold for kinds, not "hot".'],
    ["limit=1.5", 'Expected a whole number from 0 to 100 for limit, not "1.5".'],
    ["limit=101", 'Expected a whole number from 0 to 100 for limit, not "101".'],
    ["limit=0x10", 'Expected a whole number from 0 to 100 for limit, not "0x10".'],
    ["limit=1&limit=2", "Expected one value for limit, not 2."],
    ["share=0", 'Expected a number above 0 for share, not "0".'],
    ["share=Infinity", 'Expected a number above 0 for share, not "Infinity".'],
    ["all=", 'Expected true or false for all, not "".'],
    ["even=odd", 'even cannot be "odd": it is odd.'],
    ["all=true&name=x", "all leaves no name."],
    ["lmit=1", 'Unknown field "lmit" of list.', "Did you mean limit?"],
    ["toString=1", 'Unknown field "toString" of list.', "Its fields are name, kind, kinds, limit, share, all, even."],
  ];
  for (const [query, message, hint] of rows) {
    throws(() => read(query), (error) => {
      deepStrictEqual(error instanceof AgentError && [error.code, error.message, error.hint], ["usage", message, hint]);
      return true;
    }, query);
  }
});
