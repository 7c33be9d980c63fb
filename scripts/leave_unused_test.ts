import { rejects, strictEqual } from "node:assert/strict";
import { changeProgram } from "../tests/support/change_program.ts";
import { leaveUnused } from "./leave_unused.ts";

const shortened = (code: string) => changeProgram(code, leaveUnused);

Deno.test("leaveUnused(): what nothing has is a constant", async (t) => {
  const rows: readonly (readonly [long: string, short: string])[] = [
    [`if(c.componentDidMount)c.h.push(c.componentDidMount);`, `if(void 0)c.h.push(void 0);`],
    [`x=(p=T.prototype)&&p.render;`, `x=false;`],
    [`if("math"==n)y();`, `if(false)y();`],
    [`if("width"!=n&&"popover"!=n)y();`, `if("width"!=n&&true)y();`],
    [`S.copy=function(){return 1};S.domain=1;`, `void 0;S.domain=1;`],
    [`S.align=function(a){return arguments.length?(b=a,S):b};`, `void 0;`],
    [`if(32&o.__u)y();`, `if(false)y();`],
    [`if(e&&e.then)y();e.then(y);`, `if(e&&void 0)y();e.then(y);`],
    [`if(e.data.startsWith("$s"))y();`, `if(false)y();`],
    [`if(n.props.__P)y();`, `if(void 0)y();`],
    [`var b=o.__b;let f=n=>{let c=n.__b};`, `var b;let f=n=>{let c=n.__b};`],
    [`m=new InternMap;`, `m=new Map;`],
    [`n=n.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");`, `n=n;`],
    [`function f(n){var p;p=n.props;p.__P&&y(n.__P)}`, `function f(n){var p;p=n.props;void 0&&y(n.__P)}`],
    [
      `a=(c=T.contextType)&&g[c.__c],v=c?a?a.props.value:c.__:g;`,
      `a=void 0,v=g;`,
    ],
    [
      `function f(a,b,c,d,e,o,g,l,i,j){if(o)y(o.localName);o=l&&z(o);l||y()}`,
      `function f(a,b,c,d,e,o,g,l,i,j){if(null)y(null.localName);null;false||y()}`,
    ],
    // What only looks like it.
    [`n=n.replace(/s$/,"");v=c?a?a.value:b:g;m=new Maps;`, `n=n.replace(/s$/,"");v=c?a?a.value:b:g;m=new Maps;`],
    [`S.align=function(){return 1};x=Math.round;`, `S.align=function(){return 1};x=Math.round;`],
    [`if(32&o.__g||2&o.__u)y();`, `if(32&o.__g||2&o.__u)y();`],
    [`c.__P=d;`, `c.__P=d;`],
    [`x=p.prototype&&p.render;`, `x=p.prototype&&p.render;`],
  ];
  for (const [long, short] of rows) await t.step(long, async () => strictEqual(await shortened(long), short));
});

Deno.test("leaveUnused() says so where the page has it after all", async (t) => {
  const rows = [
    `c.componentDidMount=function(){};`,
    `options.vnode=function(){};`,
    `signal.brand;`,
    `h("svg",{className:"bar"});`,
    `Row.contextType;`,
    `class Row{render(){}}`,
    `h("template",{});`,
    `h("p",{dangerouslySetInnerHTML:x});`,
    `scale.copy();`,
  ];
  for (const code of rows) await t.step(code, async () => await rejects(shortened(code), /has \w+ after all/));
});
