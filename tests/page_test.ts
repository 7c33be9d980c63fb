/** The page as it is shipped: how large it is, what it holds, and what it may not. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { bundlePage } from "../scripts/bundle_page.ts";
import { gunzipSync } from "node:zlib";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { listFiles, ROOT, withoutComments } from "./support/source_files.ts";

/** Of page, style, script and icon together, as they are sent: the 60 kB that ADR 17 allows, and no byte more. */
const BUDGET_BYTES = 60_000;

Deno.test("the page is small, and whole", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const files = await bundlePage(`${directory}/web`);
    const read = async (name: string) =>
      new TextDecoder().decode(gunzipSync(await Deno.readFile(`${directory}/web/${name}.gz`)));
    await t.step("within its budget, compressed", () => {
      const bytes = files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
      ok(bytes <= BUDGET_BYTES, `${bytes} bytes: ${files.map((file) => `${file.name} ${file.gzipBytes}`).join(", ")}`);
    });
    const shell = await read("index.html");
    await t.step("the shell names files that are there, by their hashes", () => {
      const named = [...shell.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name!).sort();
      deepStrictEqual(named, files.map(({ name }) => name).filter((name) => name !== "index.html").sort());
      for (const name of named) match(name, /^\w+-[0-9a-f]{10}\.(js|svg)$/);
    });
    await t.step("nothing but one sheet is inline, and nothing comes from elsewhere", async () => {
      strictEqual(shell.match(/<style/g)?.length, 1);
      ok(!/\bstyle=|<script(?![^>]*\bsrc=)|\bon\w+=/.test(shell), shell);
      for (const { name } of files) {
        const outside = (await read(name)).match(/\b(?:https?:)?\/\/[\w-]+(?:\.[\w-]+)+/g) ?? [];
        // The namespaces of SVG, MathML and XHTML are names.
        deepStrictEqual(outside.filter((text) => !text.includes("www.w3.org")), [], name);
      }
      ok(!/data:image|@import|@font-face/.test(shell));
    });
    await t.step("it says what to do without a script", () => match(shell, /<noscript>[^]*opper-agent overview/));
  });
});

Deno.test("text of logs is only ever set as text", async () => {
  const paths = (await listFiles("src/web/")).filter((path) => /\.tsx?$/.test(path) && !/_test\.tsx?$/.test(path));
  ok(paths.length > 40, `only ${paths.length} files were found`);
  const wrong: string[] = [];
  for (const path of paths) {
    const code = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    if (
      /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|srcdoc|document\.write|eval|new Function|DOMParser|createContextualFragment)\b/
        .test(code)
    ) {
      wrong.push(path);
    }
  }
  deepStrictEqual(wrong, []);
});

Deno.test("the page keeps nothing but how it looks", async () => {
  const users: string[] = [];
  for (const path of await listFiles("src/web/")) {
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    if (/\b(localStorage|indexedDB|document\.cookie|serviceWorker|caches\.open)\b/.test(text)) users.push(path);
  }
  deepStrictEqual(users, ["src/web/stored.ts"]);
  strictEqual(users.length, 1);
});
