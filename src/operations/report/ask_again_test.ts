import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { askAgain } from "./ask_again.ts";

Deno.test("askAgain() asks once more when there is an index to be doubted, and something failed unexpectedly", async () => {
  const bug = new TypeError("undefined is not a function");
  const asked: string[] = [];
  const ask = () => Promise.resolve(asked.push("again"));
  const context = (isThere: boolean) => ({
    distrustIndex() {
      asked.push("distrust");
      return Promise.resolve(isThere);
    },
  });
  strictEqual(await askAgain(bug, context(true), ask), 2);
  deepStrictEqual(asked.splice(0), ["distrust", "again"]);
  await rejects(askAgain(bug, context(false), ask), bug);
  deepStrictEqual(asked.splice(0), ["distrust"]);
  const failure = new AgentError("failed", "There is no such session.");
  await rejects(askAgain(failure, context(true), ask), failure);
  await rejects(askAgain(bug, {}, ask), bug);
  deepStrictEqual(asked, []);
});
