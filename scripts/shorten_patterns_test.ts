import { strictEqual } from "node:assert/strict";
import { changeProgram } from "../tests/support/change_program.ts";
import { shortenPatterns } from "./shorten_patterns.ts";

const shortened = (code: string) => changeProgram(code, shortenPatterns);

Deno.test("shortenPatterns(): an object that is taken apart is read where its parts are", async (t) => {
  const rows: readonly (readonly [long: string, short: string])[] = [
    [`x(({turn})=>text(turn))`, `x($1=>text($1.turn));`],
    [`x(({turn:a,at},b)=>a+at+b+a)`, `x(($1,b)=>$1.turn+$1.at+b+$1.turn);`],
    [`function f({turn}){return{turn,at:y.turn}}`, `function f($1){return{turn:$1.turn,at:y.turn}}`],
    // A part of a part, in order of the functions.
    [`x(({a})=>y(({b})=>b),({c})=>c)`, `x($1=>y($2=>$2.b),$3=>$3.c);`],
  ];
  for (const [long, short] of rows) await t.step(long, async () => strictEqual(await shortened(long), short));
});

Deno.test("shortenPatterns() leaves what would mean something else, or be longer", async (t) => {
  const rows = [
    `x(({turn:turn})=>()=>turn);`,
    `x(({turn:turn})=>{turn++});`,
    `x(({turn:turn})=>{for(turn of list);});`,
    `x(({turn:turn})=>{{let turn=1;y(turn)}});`,
    `x(({turn:turn})=>turn());`,
    `x(({turn:turn})=>turn+turn+turn);`,
    `x(({turn:turn=1})=>turn);`,
    `x(({turn:turn,...rest})=>turn);`,
    `x(({turn:turn}={})=>turn);`,
    `x(({[turn]:a})=>a);`,
  ];
  for (const code of rows) {
    await t.step(code, async () => {
      const same = await changeProgram(code, () => {});
      strictEqual(await shortened(code), same);
    });
  }
});
