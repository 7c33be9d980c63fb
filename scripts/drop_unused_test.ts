/** What is left out of the page's script, and what never is. */
import { strictEqual, throws } from "node:assert/strict";
import { type FormatOptions, minify, type ParseOptions } from "terser";
import { dropUnused } from "./drop_unused.ts";
import type { SyntaxNode } from "./shorten_elements.ts";

const SIGNALS = "Object.defineProperties(Signal.prototype,{type:{value:Text}});";

async function drop(code: string): Promise<string> {
  const options = { module: true, compress: false, mangle: false } as const;
  const format = { ast: true, code: false, spidermonkey: true } as FormatOptions;
  const { ast } = await minify(code, { ...options, format }) as { readonly ast?: SyntaxNode };
  dropUnused(ast!);
  const parse = { spidermonkey: true } as ParseOptions;
  return (await minify(ast as unknown as string, { ...options, parse })).code!;
}

Deno.test("dropUnused()", async (t) => {
  const rows: [name: string, code: string, left: string][] = [
    ["signals as elements, and what only they need", "function Text(){return more()}function more(){}", ""],
    [
      "what is run stays, with what it reaches",
      "function a(){b()}function b(){}function c(){}a();",
      "function a(){b()}function b(){}a();",
    ],
    [
      "a class of which nothing makes one",
      "function A(){}function B(){}(A.prototype=new B).h=function(){};A.prototype.S=1;" +
      'Object.defineProperty(A.prototype,"value",{get:f});A.displayName="A";function f(){}',
      "",
    ],
    [
      "one that is made keeps all that is set on it",
      'function A(){}A.prototype.h=1;Object.defineProperty(A.prototype,"v",{value:2});new A;',
      'function A(){}A.prototype.h=1;Object.defineProperty(A.prototype,"v",{value:2});new A;',
    ],
    ["what is set on something else", "let a={};a.b=c;function c(){}", "let a={};a.b=c;function c(){}"],
    [
      "a name of a part is no use of a function",
      "function h(){}let a={};a.h=1;let b={h:2};",
      "let a={};a.h=1;let b={h:2};",
    ],
    [
      "a hook that nothing has",
      "let a=b=>b.componentDidMount&&b.render();a({});",
      "let a=b=>void 0&&b.render();a({});",
    ],
    ["another that something may have", "let a=b=>b.render();a({});", "let a=b=>b.render();a({});"],
  ];
  for (const [name, code, left] of rows) {
    await t.step(name, async () => strictEqual(await drop(`${SIGNALS}function Signal(){}${code}`), left));
  }
});

Deno.test("what was taken to be absent and is there is a mistake", async (t) => {
  const rows: [name: string, code: string][] = [
    ["as a method", "class A{componentDidMount(){}}new A;"],
    ["as a key", "let a={contextType:1};"],
    ["as what is set", "let a={};a.getChildContext=1;"],
    ["as text", 'let a={};a["componentDidCatch"]=1;'],
  ];
  for (const [name, code] of rows) {
    await t.step(name, async () => {
      let thrown: unknown;
      await drop(`${SIGNALS}${code}`).catch((error) => thrown = error);
      throws(() => {
        throw thrown;
      }, /was taken to be absent/);
    });
  }
  await t.step("and signals that are no longer as they were", async () => {
    let thrown: unknown;
    await drop("let a=1;").catch((error) => thrown = error);
    throws(() => {
      throw thrown;
    }, /any more/);
  });
});
