/** The rules of ARCHITECTURE.md about who may import whom, and who may touch the machine, over the real module graph. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { AGENTS } from "../src/agents/agents.ts";
import { AGENTS_SESSION_VARIABLES } from "../src/agents/session_variables.ts";
import { runSource, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

const ROOT = new URL("../", import.meta.url);

/** What each layer may import of ours, besides itself. A room of `src/scan` is a layer. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  host: ["core"],
  prices: ["core", "host"],
  evidence: ["core", "host"],
  export: ["core", "host"],
  agents: ["core"],
  gateways: ["core", "host"],
  logs: ["core", "host", "agents"],
  launch: ["core", "host", "agents"],
  index: ["core", "host", "prices", "evidence", "agents", "logs"],
  operations: ["core", "prices", "evidence", "export", "agents", "gateways", "launch", "index"],
  cli: ["core", "host", "agents", "operations"],
  mcp: ["core", "host", "agents", "operations"],
  http: ["core", "host", "operations"],
  web: ["core", "operations"],
  main: ["core", "host", "evidence", "agents", "gateways", "launch", "index", "operations", "cli", "mcp", "http"],
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

/** What runs in the browser. */
const PAGE = "src/web/main.tsx";

/** What runs in the frame of a host that shows answers. */
const CARD = "src/web/card/card.ts";

/** Where loading begins: the start, and what it loads by a path that Deno does not follow. */
const ENTRIES = [
  "main.ts",
  "src/cli/command_list.ts",
  "src/cli/commands/statusline.ts",
  "src/mcp/serve_quickly.ts",
  "program.ts",
  PAGE,
  CARD,
];

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

Deno.test("no module imports itself by way of others, types included", () => {
  deepStrictEqual(circlesOf(own), []);
  deepStrictEqual(circlesOf([["a", "b"], ["b", "c"], ["c", "b"], ["d", "d"]].map(([from, to]) => ({ from, to }))), [
    "b, c",
    "d",
  ]);
});

/** Modules that import each other in a circle, each circle once: strongly connected parts, by Tarjan's algorithm. */
function circlesOf(imports: readonly { readonly from?: string; readonly to?: string }[]): readonly string[] {
  const targets = Map.groupBy(imports, ({ from }) => from!);
  const seen = new Map<string, { index: number; lowest: number; isOpen: boolean }>();
  const open: string[] = [];
  const circles: string[] = [];
  const visit = (name: string) => {
    const node = { index: seen.size, lowest: seen.size, isOpen: true };
    seen.set(name, node);
    open.push(name);
    for (const { to } of targets.get(name) ?? []) {
      const target = seen.get(to!);
      if (target === undefined) node.lowest = Math.min(node.lowest, visit(to!).lowest);
      else if (target.isOpen) node.lowest = Math.min(node.lowest, target.index);
    }
    if (node.lowest === node.index) {
      const part = open.splice(open.lastIndexOf(name));
      for (const member of part) seen.get(member)!.isOpen = false;
      const isCircle = part.length > 1 || targets.get(name)?.some(({ to }) => to === name);
      if (isCircle) circles.push(part.sort().join(", "));
    }
    return node;
  };
  for (const name of targets.keys()) if (!seen.has(name)) visit(name);
  return circles.sort();
}

Deno.test("an agent imports no other agent, and what agents share imports none", () => {
  // What lies flat in src/agents/ is the registry and the contracts.
  const agentOf = (path: string) => /^src\/agents\/([^/]+)\//.exec(path)?.[1];
  const wrong = own.filter(({ from, to }) => {
    const [agent, target] = [agentOf(from), agentOf(to)];
    return agent !== undefined && target !== undefined && agent !== target && target !== "formats";
  }).map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
});

async function* sourceFiles(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, ROOT))) {
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(`${path}/`);
    else if (/(?<!_test)\.tsx?$/.test(path)) yield path;
  }
}

/** Text that an agent runs, and no code of ours. */
const EXTENSION = "src/agents/pi/extension/";

Deno.test("core and agents are pure: no IO, clock, environment or printing", async () => {
  const wrong: string[] = [];
  for (const room of ["src/core/", "src/agents/"]) {
    for await (const path of sourceFiles(room)) {
      if (path.startsWith(EXTENSION)) continue;
      const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
      if (
        /\bDeno\.|\bconsole\.|\bprocess\.|Date\.now|new Date\(\)|Temporal\.Now|Math\.random|["'`]node:(?!path\b)/.test(
          text,
        )
      ) {
        wrong.push(path);
      }
    }
  }
  deepStrictEqual(wrong, []);
});

/** What else lies where a variable of the system's says: git's settings. */
const OTHER_READERS: Readonly<Record<string, readonly string[]>> = {
  XDG_CONFIG_HOME: ["src/operations/export/read_row_request.ts"],
};

Deno.test("a variable of an agent is named by that agent's places alone", async () => {
  const named = new Map<string, string[]>();
  for await (const path of sourceFiles("src/")) {
    if (path.startsWith(EXTENSION)) continue;
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    for (const variable of new Set(AGENTS.flatMap(({ variables }) => Object.keys(variables)))) {
      if (new RegExp(`\\b${variable}\\b`).test(text)) named.set(variable, [...named.get(variable) ?? [], path]);
    }
  }
  ok(named.size > 0);
  for (const [variable, paths] of named) {
    // Agents may share one of the system's, such as XDG_CONFIG_HOME.
    const agents = AGENTS.filter(({ variables }) => variable in variables);
    const own = [...agents.map(({ id }) => `src/agents/${id}/places.ts`), ...OTHER_READERS[variable] ?? []];
    deepStrictEqual(paths.sort(), own.sort(), variable);
  }
});

Deno.test("money is put in words by cells alone, in whichever currency was asked for", async () => {
  const users: string[] = [];
  for await (const path of sourceFiles("src/")) {
    if (path.endsWith("_test.ts")) continue;
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    if (/\bformatAmount\(/.test(text)) users.push(path);
  }
  deepStrictEqual(users.sort(), ["src/operations/report/cells.ts", "src/operations/report/format.ts"]);
});

Deno.test("variables by which an agent names its session stand in one file of its folder", async () => {
  const named = new Map<string, string[]>(AGENTS_SESSION_VARIABLES.map((prefix) => [prefix, []]));
  for await (const path of sourceFiles("src/")) {
    if (path.startsWith(EXTENSION)) continue;
    const text = withoutComments(await Deno.readTextFile(new URL(path, ROOT)));
    for (const [prefix, paths] of named) if (text.includes(`"${prefix}`)) paths.push(path);
  }
  ok(named.size > 0);
  for (const [prefix, paths] of named) {
    const folders = AGENTS.map(({ id }) => `src/agents/${id}/session_variables.ts`);
    deepStrictEqual([paths.length, folders.includes(paths[0]!)], [1, true], `${prefix}: ${paths.join(", ")}`);
  }
});

/** Where an agent's id stands all the same, and why. A room stands for all that is in it. */
const MAY_NAME_AGENTS: Readonly<Record<string, string>> = {
  "src/core/cache/": "a family of models",
  "src/core/model_name.ts": "a family of models",
  "src/scan/prices/": "families of models",
  "src/cli/arguments/global_flags.ts": "an example to type",
  "src/operations/settings/setting_rules.ts": "an example to type",
  "src/mcp/tools/launch_tools.ts": "the agent that launch_pi_traced is named for",
};

/** Whatever knows an agent by its id or name, in code without comments; a sentence may speak of one. */
function namesOfAgents(text: string): readonly string[] {
  const isOne = AGENTS.map(({ id }) => id).join("|");
  const titles = AGENTS.map(({ title }) => title).join("|");
  const words = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .match(/[A-Za-z_$][\w$]*/g)?.filter((name) =>
      name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase().split("_").some(
        (word) => AGENTS.some(({ id }) => id === word),
      )
    ) ?? [];
  const patterns = [
    // Its folder, its id as a value, its files, and a list of agents that the registry would make.
    `agents/(?:${isOne})/`,
    `(["'\`])(?:${isOne})\\1`,
    `\\.(?:${isOne})\\b(?![.(\\w])`,
    `(?:${titles})(?:,| and| or) (?:${titles})`,
    `\\b(?:${isOne})(?:,| and| or) (?:${isOne})\\b`,
  ];
  return [...words, ...patterns.flatMap((pattern) => text.match(new RegExp(pattern, "g")) ?? [])];
}

Deno.test("no agent is named outside its folder", async (t) => {
  const found = new Map<string, readonly string[]>();
  const paths = [...await Array.fromAsync(sourceFiles("src/")), "main.ts", "program.ts"];
  for (const path of paths.filter((path) => !path.startsWith("src/agents/"))) {
    const names = namesOfAgents(withoutComments(await Deno.readTextFile(new URL(path, ROOT))));
    const segments = path.replace(/\.ts$/, "").split(/[/_]/).filter((word) => AGENTS.some(({ id }) => id === word));
    if (names.length + segments.length > 0) found.set(path, [...new Set([...names, ...segments])]);
  }
  const isExcepted = (path: string) => Object.keys(MAY_NAME_AGENTS).find((place) => path.startsWith(place));
  await t.step("but for the places that say why", () => {
    deepStrictEqual([...found].filter(([path]) => isExcepted(path) === undefined), []);
  });
  await t.step("each of which does", () => {
    const used = new Set([...found.keys()].map(isExcepted));
    deepStrictEqual(Object.keys(MAY_NAME_AGENTS).filter((place) => !used.has(place)), []);
  });
  await t.step("and the rule finds what it is for", () => {
    const rows: [code: string, isFound: boolean][] = [
      ['import { x } from "../agents/pi/places.ts";', true],
      ['if (id === "claude") return;', true],
      ["const piModels = 1;", true],
      ["const CODEX_HOME = 1;", true],
      ["parseClaudeCosts(text)", true],
      ['join(home, ".claude", "projects")', true],
      ["/\\.codex\\/sessions/", true],
      ['"agents such as Pi, Claude Code"', true],
      ['"for pi and codex"', true],
      ['explains: "launch pi, then ask Pi"', false],
      ["const pieces = [spin, pick, happily];", false],
      ['"claude-opus-4-6"', false],
    ];
    for (const [code, isFound] of rows) strictEqual(namesOfAgents(code).length > 0, isFound, code);
  });
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

/** Of modules those that lie in these rooms. */
function inRooms(paths: Iterable<string>, rooms: readonly string[]): readonly string[] {
  return [...paths].filter((path) => rooms.includes(layerOf(path)));
}

Deno.test("--version and the list of commands load a few small modules", async (t) => {
  for (const entries of [["main.ts"], ["main.ts", "src/cli/command_list.ts"]]) {
    const loaded = loadedWith(...entries);
    await t.step(`${entries.join(" and ")}: nothing that reads, asks, scans or knows an agent`, () => {
      deepStrictEqual(
        inRooms(loaded, ["agents", "evidence", "gateways", "http", "index", "launch", "logs", "mcp", "prices"]),
        [],
      );
      deepStrictEqual([...loaded].filter((path) => /^src\/operations\/(?!report\/)[^/]+\//.test(path)), []);
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
  // Of agents what they say of the session that runs and of whose limits they are, and nothing of any index.
  deepStrictEqual(
    inRooms(loaded, ["agents"]).filter((path) => !/^src\/agents\/(\w+\/)?session_variables\.ts$/.test(path)),
    [
      "src/agents/formats/status_input.ts",
      "src/agents/status_account.ts",
      "src/agents/claude/status_account.ts",
      "src/agents/claude/places.ts",
    ],
  );
  deepStrictEqual(inRooms(loaded, ["evidence", "gateways", "http", "index", "launch", "logs", "mcp", "prices"]), []);
  // The first module of node's takes 5 ms, node:fs as long as all of these.
  const wrong = packages
    .filter(({ from, to, isDynamic, isTypeOnly }) =>
      loaded.has(from) && !isDynamic && !isTypeOnly && /^npm:|^node:/.test(to)
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
});

Deno.test("a server of tools answers first and loads later", () => {
  const loaded = loadedWith("main.ts", "src/mcp/serve_quickly.ts");
  deepStrictEqual(inRooms(loaded, ["agents", "gateways", "http", "index", "launch", "logs", "prices"]), []);
  const wrong = packages
    .filter(({ from, to, isDynamic, isTypeOnly }) =>
      loaded.has(from) && !isDynamic && !isTypeOnly && /^npm:|^node:/.test(to)
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
  ok(
    ![...loaded].some((path) => /tool_list|reading_tools|launch_tools|input_schema/.test(path)),
    [...loaded].join("\n"),
  );
});

Deno.test("agents that keep no figures are looked for by doctor alone", () => {
  const [registry, counts] = ["src/agents/unrecorded_agents.ts", "src/scan/index/ask/count_unrecorded.ts"];
  const importing = (path: string) =>
    own.filter(({ to, isTypeOnly }) => to === path && !isTypeOnly).map(({ from, isDynamic }) => [from, isDynamic])
      .sort();
  // The manual names their variables.
  deepStrictEqual(importing(registry), [["src/cli/help/man_page.ts", false], [counts, false]]);
  deepStrictEqual(importing(counts), [["src/operations/usage/doctor.ts", true]]);
});

Deno.test("the page imports nothing that touches the machine", () => {
  const loaded = loadedWith(PAGE);
  ok(loaded.size > 50, `the page has only ${loaded.size} modules`);
  deepStrictEqual([...loaded].filter((path) => !["core", "operations", "web"].includes(layerOf(path))), []);
  const allowed = /^npm:\/?(preact|@preact\/signals-core|d3-array|d3-scale|d3-shape|leven)@/;
  const wrong = packages
    .filter(({ from, to, isDynamic, isTypeOnly }) => loaded.has(from) && !isDynamic && !isTypeOnly && !allowed.test(to))
    .map(({ from, to }) => `${from} imports ${to}`);
  deepStrictEqual(wrong, []);
  // And nothing of the program runs what is the page's.
  const others = own.filter(({ from, to }) => layerOf(to) === "web" && layerOf(from) !== "web");
  deepStrictEqual(others.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("the card shares the page's drawing and no framework, and the server loads it for whoever reads it", () => {
  const loaded = loadedWith(CARD);
  deepStrictEqual([...loaded].filter((path) => !["core", "operations", "web"].includes(layerOf(path))), []);
  for (const path of ["src/web/charts/paths.ts", "src/web/charts/edges.ts", "src/web/session/prompt_paths.ts"]) {
    ok(loaded.has(path) && loadedWith(PAGE).has(path), path);
  }
  deepStrictEqual([...loaded].filter((path) => path.endsWith(".tsx")), []);
  const preact = packages.filter(({ from, to, isTypeOnly }) => loaded.has(from) && !isTypeOnly && /preact/.test(to));
  deepStrictEqual(preact, []);
  // The text of it is in a module of its own.
  const readers = own.filter(({ to }) => to === "src/mcp/resources/card.json");
  deepStrictEqual(readers.map(({ from, isDynamic }) => [from, isDynamic]), [
    ["src/mcp/resources/card_resource.ts", true],
  ]);
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

/** What looks whether there were launches, and whether one that was killed left something. */
const RECOVERY: ReadonlySet<string> = new Set([
  "src/launch/recover_in_passing.ts",
  "src/launch/placed/paths.ts",
  "src/launch/placed/placed_paths.ts",
  "src/launch/ledger/has_launches.ts",
]);

/**
 * What makes turns of logs, and all of an agent that not every command needs. Settings may say where its logs are, and a
 * store says how its databases are asked.
 */
const READS_LOGS =
  /^src\/agents\/\w+\/(?!(?:\w+\/)?(?:agent|places|layouts|session_variables|lenient_json)\.ts$)|^src\/scan\/logs\/(?:fold_log|log_means|merge_turns|read_texts|verify_logs|turns\/\w+|lines\/(?:read|check)_lines|(?:lines|documents|tables)\/\w+_reader|tables\/list_parts)\.ts$|^src\/scan\/index\/update\/(?!(?:list_changes|look_quickly|missing_logs)\.ts$)/;

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
        ok(loaded.has(`src/operations/usage/${command}.ts`), [...loaded].join("\n"));
        deepStrictEqual(
          inRooms(loaded, ["gateways", "http", "launch", "mcp"]).filter((path) => !RECOVERY.has(path)),
          [],
        );
        // Of agents where their logs are. A session's detail is read from its log anew, by what reads logs.
        const heavy = [...loaded].filter((path) => READS_LOGS.test(path));
        if (command === "session") ok(heavy.some((path) => path.endsWith("/source.ts")), heavy.join("\n"));
        else deepStrictEqual(heavy, []);
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
