import { strictEqual } from "node:assert/strict";
import { type FormatOptions, minify, type ParseOptions } from "terser";
import { dropUnreached } from "./drop_unreached.ts";
import type { SyntaxNode } from "./shorten_elements.ts";

const PLAIN = { module: true, compress: false, mangle: false } as const;

async function shortened(code: string): Promise<string> {
  const format = { ast: true, code: false, spidermonkey: true } as FormatOptions;
  const { ast } = await minify(code, { ...PLAIN, format }) as { readonly ast?: SyntaxNode };
  dropUnreached(ast!);
  const parse = { spidermonkey: true } as ParseOptions;
  return (await minify(ast! as unknown as string, { ...PLAIN, parse })).code!;
}

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
