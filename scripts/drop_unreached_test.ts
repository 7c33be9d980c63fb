import { strictEqual } from "node:assert/strict";
import { changeProgram } from "../tests/support/change_program.ts";
import { dropUnreached } from "./drop_unreached.ts";

const shortened = (code: string) => changeProgram(code, dropUnreached);

Deno.test("dropUnreached()", async (t) => {
  const rows: readonly (readonly [what: string, long: string, short: string])[] = [
    [
      "what is run stays, with what it reaches",
      "function a(){b()}function b(){}function c(){}a();",
      "function a(){b()}function b(){}a();",
    ],
    [
      "a class that nothing makes one of",
      `function A(){}function B(){}A.prototype=new B;A.prototype.h=function(){};` +
      `Object.defineProperty(A.prototype,"value",{get:f});function f(){}`,
      "",
    ],
    [
      "one that is made keeps all that is set on it",
      `function A(){}A.prototype.h=1;Object.defineProperty(A.prototype,"v",{value:2});new A;`,
      `function A(){}A.prototype.h=1;Object.defineProperty(A.prototype,"v",{value:2});new A;`,
    ],
    ["what is set on something else", "let a={};a.b=c;function c(){}", "let a={};a.b=c;function c(){}"],
    ["what is called with one is run", "function a(){}f(a);", "function a(){}f(a);"],
  ];
  for (const [what, long, short] of rows) await t.step(what, async () => strictEqual(await shortened(long), short));
});
