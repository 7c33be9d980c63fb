import { rejects, strictEqual } from "node:assert/strict";
import { changeProgram } from "../tests/support/change_program.ts";
import { shortenElements } from "./shorten_elements.ts";

const shortened = (code: string, end = "export { a as jsx, b as jsxs, c as h };") =>
  changeProgram(`${code}\n${end}`, shortenElements);

Deno.test("shortenElements(): children become arguments, and keys properties", async (t) => {
  const rows: readonly (readonly [long: string, short: string])[] = [
    [`a("br",{})`, `c("br",{});`],
    [`a("p",{class:"dim",children:text})`, `c("p",{class:"dim"},text);`],
    [`b("p",{children:[one,a(Two,{})]})`, `c("p",{},one,c(Two,{}));`],
    [
      `a("p",{children:list.map(each=>a("i",{children:each},each))},0)`,
      `c("p",{key:0},list.map(each=>c("i",{key:each},each)));`,
    ],
    [`a(List,{...props,children:row=>row})`, `c(List,{...props},row=>row);`],
    // What is no element, and a property of another's.
    [`x("p",{children:1});y={children:2}`, `x("p",{children:1});y={children:2};`],
    [`/[/]"/u.test(z)`, `/[/]"/u.test(z);`],
  ];
  for (const [long, short] of rows) await t.step(long, async () => strictEqual(await shortened(long), short));
});

Deno.test("shortenElements() where the names are not known", () =>
  rejects(() => shortened("a()", "export { a as jsx };"), /does not export/));
