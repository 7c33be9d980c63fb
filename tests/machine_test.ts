/**
 * Who may touch the machine: by what is imported, whichever way, and by the names that the runtime gives to everybody.
 * Reads every file of src/, whether or not anything loads it.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { importsOf, readSourceFiles, ROOT, withoutComments } from "./support/source_files.ts";

/** Text that Pi runs, and never this program. */
const EXTENSION = "src/agents/pi/extension/opper_session.ts";

const files = (await readSourceFiles()).filter(({ path }) => path !== EXTENSION);
const isIn = (path: string, ...places: readonly string[]) => places.some((place) => path.startsWith(place));

/** Modules of the runtime that only compute. What is random comes from `node:crypto` as well: nothing is read back by it. */
const COMPUTING = ["node:path", "node:crypto"];

Deno.test("only host and main.ts touch Deno and the machine", async (t) => {
  ok(files.length > 250, `only ${files.length} files were found`);
  const outside = files.filter(({ path }) => !isIn(path, "src/host/"));
  await t.step("by import", () => {
    const wrong = outside.flatMap(({ path, text }) =>
      importsOf(text).filter((name) => name.startsWith("node:") && !COMPUTING.includes(name))
        .map((name) => `${path} imports ${name}`)
    );
    deepStrictEqual(wrong, []);
  });
  await t.step("by name", async () => {
    const program = { path: "program.ts", text: await Deno.readTextFile(new URL("program.ts", ROOT)) };
    const wrong = [...outside, program].filter(({ text }) =>
      /\bDeno\.|\bDeno\[|\bprocess\.(?!\s)|\bglobalThis\.(Deno|process)\b/.test(withoutComments(text))
    );
    deepStrictEqual(wrong.map(({ path }) => path), []);
  });
  await t.step("whichever way it is imported", () => {
    const ways = [
      'import { a } from "node:fs";',
      'import "node:fs";',
      "import type { A } from 'node:fs';",
      'const { a } = await import("node:fs");',
      'export * from "node:fs";',
      'require("node:fs")',
      'process.getBuiltinModule("node:fs")',
    ];
    for (const way of ways) deepStrictEqual(importsOf(way), ["node:fs"], way);
    deepStrictEqual(importsOf('// import "node:fs";'), []);
  });
  await t.step("and host does, so that this looks at the right thing", () => {
    const imported = files.filter(({ path }) => isIn(path, "src/host/")).flatMap(({ text }) => importsOf(text));
    for (const name of ["node:fs", "node:sqlite"]) ok(imported.includes(name), name);
  });
});

Deno.test("only gateways ask the network, with a fetch that is handed in, and one file serves", async (t) => {
  await t.step("fetch", () => {
    const wrong = files.filter(({ path, text }) => {
      // Making one that trusts more certificates is the machine's business.
      if (isIn(path, "src/gateways/", "src/host/trusting_fetch.ts")) return false;
      // In the browser, where the policy of the page lets it ask nobody but the server that sent it.
      if (isIn(path, "src/web/client.ts", "src/web/key.ts", "src/web/live.ts")) return false;
      const code = withoutComments(text)
        // Its type, a member of that name, what is handed on, and a header by which browsers say who asks.
        .replace(/\btypeof fetch\b|(?<!globalThis)\.fetch\b|\bfetch\??:|"sec-fetch-site"/g, "");
      return /\bfetch\b/.test(code);
    });
    deepStrictEqual(wrong.map(({ path }) => path), []);
  });
  await t.step("other ways to the network", () => {
    const ways = /\bDeno\.(serve|serveHttp|listen|listenTls|connect|connectTls|listenDatagram)\b/;
    const classes = /\bnew (WebSocket|WebSocketStream|EventSource|XMLHttpRequest)\b/;
    const wrong = files.filter(({ path, text }) => {
      if (isIn(path, "src/gateways/", "src/host/http_server.ts")) return false;
      const code = withoutComments(text);
      const modules = importsOf(text).filter((name) => /^node:(http|https|http2|net|tls|dgram)$/.test(name));
      return ways.test(code) || classes.test(code) || modules.length > 0;
    });
    deepStrictEqual(wrong.map(({ path }) => path), []);
  });
});

Deno.test("what agents know, and what a log adds up to, is pure as core is", () => {
  const impure = /\bDeno\.|\bconsole\.|Date\.now|new Date\(\)|Temporal\.Now|Math\.random|performance\.now/;
  const pure = files.filter(({ path }) => isIn(path, "src/core/", "src/agents/", "src/scan/index/sums/"));
  ok(pure.length > 80, `only ${pure.length} files were found`);
  deepStrictEqual(pure.filter(({ text }) => impure.test(withoutComments(text))).map(({ path }) => path), []);
});
