import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { longestList, shortenLists } from "./shorten_lists.ts";

const ANSWER = {
  rows: [{ id: 1, options: ["a", "b", "c"], followed: { returns: [1, 2, 3, 4] } }, { id: 2 }],
  notes: ["one", "two", "three"],
};

Deno.test("lists of some names are shortened, wherever they are, and no others", () => {
  deepStrictEqual(shortenLists(ANSWER, ["rows", "returns"], 1), {
    rows: [{ id: 1, options: ["a", "b", "c"], followed: { returns: [1] } }],
    notes: ["one", "two", "three"],
  });
  deepStrictEqual(shortenLists(ANSWER, ["rows", "returns"], 4), ANSWER);
});

Deno.test("longestList() counts those of these names", () => {
  strictEqual(longestList(ANSWER, ["rows", "returns"]), 4);
  strictEqual(longestList(ANSWER, ["rows"]), 2);
  strictEqual(longestList(ANSWER, ["none"]), 0);
  strictEqual(longestList(undefined, ["rows"]), 0);
});
