/** Which Node.js a program runs on, by its beginning. */
import { deepStrictEqual } from "node:assert/strict";
import { nodeNamedIn, type NodeWanted } from "./node_version.ts";

Deno.test("the beginnings of programs", async (t) => {
  const name = { name: "node" };
  const rows: [what: string, head: string, wanted: NodeWanted | undefined][] = [
    ["as npm packages begin", "#!/usr/bin/env node\nimport x\n", name],
    ["written on Windows", "#!/usr/bin/env node\r\nimport x\r\n", name],
    ["with flags", "#!/usr/bin/env -S node --no-warnings --flag=x\n", name],
    ["with flags, joined", "#!/usr/bin/env -Snode --no-warnings\n", name],
    ["with variables", "#!/usr/bin/env -S NODE_OPTIONS= -i node\n", name],
    ["blanks", "#! /usr/bin/env  node \n", name],
    ["Debian's name", "#!/usr/bin/env nodejs\n", { name: "nodejs" }],
    ["a Node of its own", "#!/opt/node22/bin/node\n", { path: "/opt/node22/bin/node" }],
    ["a Node of its own, with flags", "#!/nix/store/x-nodejs-22/bin/node --flag\n", {
      path: "/nix/store/x-nodejs-22/bin/node",
    }],
    ["a Node of its own, through env", "#!/usr/bin/env -S /opt/n/bin/node --flag\n", { path: "/opt/n/bin/node" }],
    ["a shell", "#!/bin/sh\nexec node cli.js\n", undefined],
    ["a shell, through env", "#!/usr/bin/env bash\nexec node cli.js\n", undefined],
    ["Bun", "#!/usr/bin/env bun\n", undefined],
    ["a binary", "\x7fELF\x02\x01\x01node", undefined],
    ["a binary of macOS", "\xcf\xfa\xed\xfe", undefined],
    ["nothing", "", undefined],
    ["half a line", "#!", undefined],
    ["no first line", "import '#!/usr/bin/env node'\n", undefined],
  ];
  for (const [what, head, wanted] of rows) await t.step(what, () => deepStrictEqual(nodeNamedIn(head, false), wanted));
  await t.step("npm's command file", () => {
    deepStrictEqual(nodeNamedIn('@ECHO off\r\n"%_prog%"  "%dp0%\\node_modules\\x\\cli.js" %*', true), name);
    deepStrictEqual(nodeNamedIn("@pi.exe %*\r\n", true), undefined);
  });
});
