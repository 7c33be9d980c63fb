/** The rules of ARCHITECTURE.md about who may import whom, and who may touch the machine, over the real module graph. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runSource, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

const ROOT = new URL("../", import.meta.url);

/** What each layer may import of ours, besides itself. A room of `src/scan` is a layer. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  host: ["core"],
  prices: ["core", "host"],
  agents: ["core", "host"],
  gateways: ["core", "host"],
  logs: ["core", "host", "agents"],
  launch: ["core", "host", "agents"],
  index: ["core", "host", "prices", "agents", "logs"],
  operations: ["core", "prices", "agents", "gateways", "launch", "index"],
  cli: ["core", "host", "agents", "operations"],
  mcp: ["core", "host", "agents", "operations"],
  main: ["core", "host", "agents", "gateways", "launch", "index", "operations", "cli", "mcp"],
};

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier: string };
    readonly type?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isDynamic: boolean;
  /** Types alone are gone before anything runs. */
  readonly isTypeOnly: boolean;
}

/** Where loading begins: the start, and what it loads by a path that Deno does not follow. */
const ENTRIES = ["main.ts", "src/cli/command_list.ts", "src/cli/commands/statusline.ts", "program.ts"];

async function readModules(entry: string): Promise<readonly Module[]> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(entry, ROOT).pathname],
    stdout: "piped",
    stderr: "piped",
  }).output();
  return JSON.parse(new TextDecoder().decode(output.stdout)).modules;
}

async function readImports(): Promise<{ own: Import[]; packages: Import[] }> {
  const read = (await Promise.all(ENTRIES.map(readModules))).flat();
  const modules = new Map(read.map((module) => [module.specifier, module])).values();
  const name = (specifier: string) => specifier.slice(ROOT.href.length);
  const own: Import[] = [];
  const packages: Import[] = [];
  for (const { specifier, dependencies } of modules) {
    if (!specifier.startsWith(ROOT.href)) continue;
    for (const dependency of dependencies ?? []) {
      const target = (dependency.code ?? dependency.type)?.specifier ?? dependency.specifier;
      const kind = { isDynamic: dependency.isDynamic ?? false, isTypeOnly: dependency.code === undefined };
      if (target.startsWith(ROOT.href)) own.push({ from: name(specifier), to: name(target), ...kind });
      else packages.push({ from: name(specifier), to: target, ...kind });
    }
  }
  return { own, packages };
}

function layerOf(path: string): string {
  if (["main.ts", "program.ts"].includes(path)) return "main";
  return /^src\/(?:scan\/)?([^/]+)\//.exec(path)?.[1] ?? path;
}

const { own, packages } = await readImports();

Deno.test("layers import only what lies below them", () => {
  ok(own.length > 50, `the module graph has only ${own.length} imports`);
  const wrong = own.filter(({ from, to }) => {
    const [layer, target] = [layerOf(from), layerOf(to)];
    return layer !== target && !(MAY_IMPORT[layer] ?? []).includes(target);
  }).map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
});

Deno.test("an agent imports no other agent, and what agents share imports none", () => {
  // What lies flat in src/agents/ is the registry and the contracts.
  const agentOf = (path: string) => /^src\/agents\/([^/]+)\//.exec(path)?.[1];
  const wrong = own.filter(({ from, to }) => {
    const [agent, target] = [agentOf(from), agentOf(to)];
    return agent !== undefined && target !== undefined && agent !== target && target !== "formats" &&
      !(agent === "formats" && target === "pi");
  }).map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
});

async function* sourceFiles(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, ROOT))) {
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(`${path}/`);
    else if (path.endsWith(".ts") && !path.endsWith("_test.ts")) yield path;
  }
}

Deno.test("only host and main.ts touch Deno and the machine", async () => {
  const wrong: string[] = [];
  for await (const path of sourceFiles("src/")) {
    if (layerOf(path) === "host") continue;
    const text = await Deno.readTextFile(new URL(path, ROOT));
    if (/\bDeno\./.test(withoutComments(text))) wrong.push(path);
  }
  deepStrictEqual(wrong, []);
});

Deno.test("core is pure: no IO, clock, environment or printing", async () => {
  const wrong: string[] = [];
  for await (const path of sourceFiles("src/core/")) {
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    if (
      /\bDeno\.|\bconsole\.|\bprocess\.|Date\.now|new Date\(\)|Temporal\.Now|Math\.random|node:fs|node:os/.test(text)
    ) {
      wrong.push(path);
    }
  }
  deepStrictEqual(wrong, []);
});

Deno.test("nothing in core names a source", async () => {
  const wrong: string[] = [];
  for await (const path of sourceFiles("src/core/")) {
    // There it is a family of models.
    if (path === "src/core/model_name.ts") continue;
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    if (/["'`](pi|claude|codex)["'`]/.test(text)) wrong.push(path);
  }
  deepStrictEqual(wrong, []);
});

/** Two functions without dependencies; needed for the very first error message. */
const LIGHT = /^npm:leven@/;

/** Modules that are loaded with these, without any dynamic import. */
function loadedWith(...entries: readonly string[]): ReadonlySet<string> {
  const eager = new Set(entries);
  for (const path of eager) {
    for (const { from, to, isDynamic, isTypeOnly } of own) {
      if (from === path && !isDynamic && !isTypeOnly) eager.add(to);
    }
  }
  return eager;
}

Deno.test("--version and the list of commands load a few small modules", async (t) => {
  // Each costs a third of a millisecond from source, where an empty program takes twenty.
  for (const [entries, most] of [[["main.ts"], 8], [["main.ts", "src/cli/command_list.ts"], 18]] as const) {
    const loaded = loadedWith(...entries);
    await t.step(`${entries.join(" and ")}: no more than ${most}`, () => {
      ok(loaded.size >= 6 && loaded.size <= most, [...loaded].join("\n"));
    });
    await t.step(`${entries.join(" and ")}: no package, nothing of node, and nothing that Deno would follow`, () => {
      const wrong = [...packages, ...own.filter(({ isDynamic }) => isDynamic)]
        .filter(({ from, isTypeOnly }) => loaded.has(from) && !isTypeOnly)
        .map(({ from, to }) => `${from} imports ${to}`);
      deepStrictEqual(wrong, []);
    });
  }
});

Deno.test("a status line loads little, and nothing that is slow to load", () => {
  const loaded = loadedWith("main.ts", "src/cli/commands/statusline.ts");
  ok(loaded.size >= 20 && loaded.size <= 45, [...loaded].join("\n"));
  // The first module of node's takes 5 ms, node:fs as long as all of these.
  const wrong = packages
    .filter(({ from, to, isDynamic, isTypeOnly }) =>
      loaded.has(from) && !isDynamic && !isTypeOnly && /^npm:|^node:/.test(to)
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
});

Deno.test("what is heavy is imported only by the path that needs it", () => {
  // What every other command has to load.
  const eager = loadedWith("program.ts");
  const heavy = packages
    .filter(({ from, to, isDynamic, isTypeOnly }) =>
      eager.has(from) && !isDynamic && !isTypeOnly && to.startsWith("npm:") && !LIGHT.test(to)
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(heavy, []);
});

/** Addresses of all that a command ran, but for modules of node's, which V8's counters do not show. */
async function modulesRun(command: string, home: string): Promise<readonly string[]> {
  const counters = join(home, "counters", command.replaceAll(" ", "_"));
  const { code, stderr } = await runSource(command.split(" "), { home }, [`--coverage=${counters}`]);
  strictEqual(code, 0, stderr);
  const files = [...Deno.readDirSync(counters)].filter(({ name }) => name.endsWith(".json"));
  return files.map(({ name }): string => JSON.parse(Deno.readTextFileSync(join(counters, name))).url);
}

Deno.test("a reading command whose index is warm loads SQLite and nothing else that is slow to load", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await modulesRun("sessions --json", home);
    for (const command of ["sessions", "cost", "cache", "session", "overview"]) {
      await t.step(command, async () => {
        const run = await modulesRun(`${command} --json --limit 0`, home);
        const loaded = new Set(
          run.filter((url) => url.startsWith(ROOT.href)).map((url) => url.slice(ROOT.href.length)),
        );
        // A session's detail is read from its log anew, by what reads logs.
        const most = command === "session" ? 160 : 130;
        ok(
          loaded.has(`src/operations/usage/${command}.ts`) && loaded.size >= 80 && loaded.size <= most,
          `${loaded.size}`,
        );
        const wrong = packages
          .filter(({ from, to, isDynamic, isTypeOnly }) =>
            loaded.has(from) && !isDynamic && !isTypeOnly && to !== "node:sqlite" && !LIGHT.test(to)
          )
          .map(({ from, to }) => `${from} imports ${to}`);
        deepStrictEqual(wrong, []);
        // What was imported later is seen here, and in no graph.
        deepStrictEqual(run.filter((url) => !url.startsWith(ROOT.href) && !url.includes("/leven/")), []);
      });
    }
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
