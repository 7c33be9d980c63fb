/** What holds for the repository as a whole: versions, pinned dependencies, and no trace of the machine it is on. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { V8_FLAGS } from "../scripts/v8_flags.ts";
import { VERSION } from "../src/core/version.ts";

const ROOT = new URL("../", import.meta.url);

const config: { version: string; imports: Record<string, string>; tasks: Record<string, unknown> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", ROOT)),
);

/** Made by tools and ignored, or logs that others wrote. */
const NOT_OURS = [".git", "node_modules", "dist", "coverage", "tmp", "bench/corpus", "tests/fixtures"];

async function* textFiles(directory = ROOT): AsyncGenerator<{ readonly path: string; readonly text: string }> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const url = new URL(isDirectory ? `${name}/` : name, directory);
    const path = relative(fileURLToPath(ROOT), fileURLToPath(url));
    if (NOT_OURS.includes(path)) continue;
    if (isDirectory) yield* textFiles(url);
    else if (isFile && !name.endsWith(".wasm")) yield { path, text: await Deno.readTextFile(url) };
  }
}

const files = await Array.fromAsync(textFiles());

/** `path: what` of everything that a pattern finds, but for what is allowed. */
function findAll(pattern: RegExp, isAllowed: (found: string) => boolean = () => false): string[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].filter(([found]) => !isAllowed(found)).map(([found]) => `${path}: ${found}`)
  );
}

Deno.test("from source the program runs as it does compiled", () => {
  const { command } = config.tasks["start"] as { readonly command: string };
  strictEqual(command, `deno run -A --frozen --v8-flags=${V8_FLAGS.join(",")} main.ts`);
});

Deno.test("the files are there to be searched", () => {
  const paths = files.map(({ path }) => path);
  for (const path of ["main.ts", "deno.lock", ".ci/run", "src/core/model.ts", "tests/project_test.ts"]) {
    ok(paths.includes(path), path);
  }
});

Deno.test("the program's version is that of deno.json", () => {
  strictEqual(config.version, VERSION);
  match(VERSION, /^\d+\.\d+\.\d+$/);
});

Deno.test("every dependency is pinned to one version of npm", async (t) => {
  const pinned = /^npm:\/?(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(?:\/[\w./-]*)?$/;
  for (const [name, specifier] of Object.entries(config.imports)) {
    await t.step(name, () => match(specifier, pinned));
  }
  await t.step("in the code too", () => {
    deepStrictEqual(findAll(/(?<=(?:from |import\(|= )["'])npm:[^"']+/g, (found) => pinned.test(found)), []);
  });
  await t.step("the lockfile names no other", () => {
    const { specifiers } = JSON.parse(files.find(({ path }) => path === "deno.lock")!.text);
    const wanted = Object.values(config.imports).map((specifier) =>
      /^npm:\/?((?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+)/.exec(specifier)![1]
    );
    // What has a key for itself and one for what lies below it is one package.
    const names = new Set(wanted.map((wanted) => `npm:${wanted}`));
    deepStrictEqual(Object.keys(specifiers).sort(), [...names].sort());
  });
});

Deno.test("everything installs from npm alone", () => {
  deepStrictEqual(findAll(/["'](?:jsr:|https:\/\/(?:jsr\.io|deno\.land|esm\.sh|unpkg\.com))[^"']*["']/g), []);
  deepStrictEqual(files.filter(({ path }) => /(^|\/)package(-lock)?\.json$/.test(path)).map(({ path }) => path), []);
});

Deno.test("nothing is installed from an unnamed version of Deno", () => {
  const versions = new Set(files.flatMap(({ text }) => [...text.matchAll(/\bdeno@([\w.$]+)/g)].map(([, it]) => it)));
  // .ci/run names its versions once.
  const named = ["$DENO_VERSION", "$DENORT_VERSION", "$1"];
  deepStrictEqual([...versions].filter((version) => !named.includes(version!)), [Deno.version.deno]);
  match(files.find(({ path }) => path === ".ci/run")!.text, new RegExp(`^DENO_VERSION=${Deno.version.deno}$`, "m"));
});

Deno.test("what must not be there is looked for where nobody can have made it", () => {
  // In a test's own directory: a directory of such a name may be there, and root would write into it.
  const absent = /["'`=:!]\/(?:no\/such|none|nonexistent|nowhere)(?=["'`/])/;
  const tests = files.filter(({ path }) => path.endsWith("_test.ts"));
  ok(tests.length > 200, `only ${tests.length} were found`);
  deepStrictEqual(tests.filter(({ text }) => absent.test(text)).map(({ path }) => path), []);
});

Deno.test("no file speaks of the machine it is on", async (t) => {
  const checkout = fileURLToPath(ROOT).replace(/[/\\]$/, "");
  const home = Deno.env.get("HOME");
  await t.step("of where it is checked out", () => {
    // A short one, /app or so, is a word that anybody may use.
    const isTelling = checkout.split(/[/\\]/).length > 2;
    deepStrictEqual(isTelling ? files.filter(({ text }) => text.includes(checkout)).map(({ path }) => path) : [], []);
  });
  await t.step("of the developer's home", () => {
    deepStrictEqual(
      files.filter(({ text }) => home && home !== "/" && text.includes(`${home}/`)).map(({ path }) => path),
      [],
    );
  });
  await t.step("of a registry other than npm's own", () => {
    const host =
      /\b[\w.-]*(?:registry|artifactory|nexus|verdaccio)[\w.-]*\.(?:com|org|net|io|dev|local|internal|corp|lan)\b/gi;
    deepStrictEqual(findAll(host, (found) => found === "registry.npmjs.org"), []);
    for (const name of ["NPM_CONFIG_REGISTRY", "npm_config_registry"]) {
      const configured = URL.parse(Deno.env.get(name) ?? "")?.host;
      if (configured === undefined || configured === "registry.npmjs.org") continue;
      deepStrictEqual(files.filter(({ text }) => text.includes(configured)).map(({ path }) => path), []);
    }
  });
});
