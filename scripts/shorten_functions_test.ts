import { strictEqual } from "node:assert/strict";
import { changeProgram } from "../tests/support/change_program.ts";
import { shortenFunctions } from "./shorten_functions.ts";

const shortened = (code: string) => changeProgram(code, shortenFunctions);

Deno.test("shortenFunctions()", async (t) => {
  const rows: readonly (readonly [what: string, long: string, short: string])[] = [
    ["one of the program", "function f(a){return a}f(1);", "var f=a=>a;f(1);"],
    ["one that waits", "async function f(a){await a}f(1);", "var f=async a=>{await a};f(1);"],
    [
      "one within another",
      "function f(a){function g(b){return a+b}return g(1)}f(1);",
      "var f=a=>{let g=b=>a+b;return g(1)};f(1);",
    ],
    ["one that calls another below it", "function f(){g()}function g(){}f();", "var f=()=>{g()};var g=()=>{};f();"],
    [
      "a part of the same name is no use of it",
      "let a={f:1};a.f=2;function f(){}f();",
      "let a={f:1};a.f=2;var f=()=>{};f();",
    ],
  ];
  for (const [what, long, short] of rows) await t.step(what, async () => strictEqual(await shortened(long), short));
});

Deno.test("shortenFunctions() leaves alone what would be another thing", async (t) => {
  const rows: readonly (readonly [what: string, code: string])[] = [
    ["called before it", "f();function f(){}"],
    ["behind the end of its block", "var f=a=>{return g(a);function g(b){}};f(1);"],
    ["called before it by one that is above", "var a=()=>b();a();function b(){}"],
    ["named before it in short", "let a={f:f};a.f();function f(){}"],
    ["made", "function F(){}new F;"],
    ["something with methods", "function F(){}F.prototype.g=1;"],
    ["asking of what it is a part", "function f(){return this}f.call(1);"],
    ["asking what it was given", "function f(){return arguments.length}f(1);"],
    ["going on later", "function*f(){yield 1}f();"],
  ];
  for (const [what, code] of rows) await t.step(what, async () => strictEqual(await shortened(code), code));
});
