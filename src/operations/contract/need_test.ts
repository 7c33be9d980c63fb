import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Need, onlyReads, unneededPermissions } from "./need.ts";

Deno.test("what follows from needs", async (t) => {
  const rows: [needs: Need[], reads: boolean, givenUp: ("net" | "run")[]][] = [
    [[], true, ["net", "run"]],
    [["network"], true, ["run"]],
    [["programs"], false, ["net"]],
    [["user_files"], false, ["net", "run"]],
    [["network", "programs"], false, []],
    [["network", "user_files"], false, ["run"]],
    [["network", "programs", "user_files"], false, []],
  ];
  for (const [needs, reads, givenUp] of rows) {
    await t.step(needs.join(", ") || "nothing", () => {
      strictEqual(onlyReads(needs), reads);
      deepStrictEqual(unneededPermissions(needs), givenUp);
    });
  }
});
