/**
 * The code read as text, for what no compiler says: dead exports, functions and files that grew, comments that are missing
 * or speak of what is not for everybody. Where it is not all well yet, the limit stands here, and may only sink: whoever
 * mends one takes it off the list.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  commentsOf,
  type ExportedName,
  exportsOf,
  listFiles,
  readSourceFiles,
  ROOT,
  type SourceFile,
  withoutComments,
} from "./support/source_files.ts";

/** Text that Pi runs: its first line is how it is known. */
const EXTENSION = "src/agents/pi/extension/opper_session.ts";

const files = await readSourceFiles();
/** Whoever may use what src/ exports. */
const users: readonly SourceFile[] = [
  ...files,
  ...(await readSourceFiles("scripts/")),
  ...(await readSourceFiles("bench/")).filter(({ path }) => !path.startsWith("bench/corpus/")),
  ...await Promise.all(["main.ts", "program.ts"].map(async (path) => ({
    path,
    text: await Deno.readTextFile(new URL(path, ROOT)),
  }))),
];

/** Exported for tests alone, as `path name`: their tests need what nobody else does. */
const FOR_TESTS_ALONE: readonly string[] = [
  "src/agents/formats/server_command.ts SERVE",
  "src/cli/commands/completions.ts SHELLS",
  "src/cli/commands/dashboard.ts parseDashboardArguments",
  "src/cli/commands/export_arguments.ts parseExportArguments",
  "src/cli/commands/statusline_arguments.ts parseStatuslineArguments",
  "src/cli/commands/watch_arguments.ts parseWatchArguments",
  "src/cli/help/man_page.ts ENVIRONMENT",
  "src/cli/other_words.ts OTHER_WORDS",
  "src/core/cache/strategies.ts STRATEGY_RULES",
  "src/core/cache/survival.ts gapSamplesOf",
  "src/evidence/evidence_schema.ts MIGRATIONS",
  "src/gateways/opper/catalogue.ts CATALOGUE_LIFETIME_MS",
  "src/host/certificate_sources.ts certificatesOf",
  "src/host/open_browser.ts browserCommand",
  "src/host/own_command.ts pathOfProgram",
  "src/host/own_command.ts lastingPath",
  "src/host/paths.ts POSIX_PATHS",
  "src/host/permissions.ts isGuarded",
  "src/host/process_table.ts parseProc",
  "src/host/process_table.ts parsePs",
  "src/host/stdio.ts openWriter",
  "src/launch/called_back.ts isScriptBelow",
  "src/launch/node_version.ts nodeNamedIn",
  "src/mcp/tools/fit_result.ts MAXIMUM_RESULT_BYTES",
  "src/mcp/tools/tool_arguments.ts toSnakeCase",
  "src/operations/report/schemas.ts sessionCostSchema",
  "src/scan/index/tables/index_file.ts indexName",
  "src/scan/index/tables/keys.ts readKeyLists",
  "src/scan/logs/discover.ts makeFindSame",
  "src/scan/logs/log_owner.ts ownerOf",
  "src/web/address.ts readAddress",
  "src/web/address.ts writeAddress",
  "src/web/address.ts changeRoute",
  "src/web/alerts.ts titleText",
  "src/web/alerts.ts dueAlerts",
  "src/web/live.ts takeEvent",
  "src/web/misses/miss_points.ts SHORTEST_PAUSE",
  "src/web/misses/miss_questions.ts MOST_MISSES",
  "src/web/misses/miss_questions.ts readMissKey",
  "src/web/pages/caches.tsx CACHES_QUESTION",
  "src/web/pages/traces.tsx TRACES_QUESTION",
  "src/web/price_lines.tsx priceLines",
  "src/web/session/lay_out_turns.ts pauseWidth",
  "src/web/sessions/sessions_filter.ts FIRST_COLUMNS",
];

Deno.test("what is exported is used", () => {
  const usedIn = new Map<string, number>();
  for (const { text } of users) {
    for (const word of new Set(withoutComments(text).match(/[\w$]+/g))) usedIn.set(word, (usedIn.get(word) ?? 0) + 1);
  }
  // A type is part of what is said of a function, whether or not anybody names it.
  const unused = files.filter(({ path }) => path !== EXTENSION).flatMap(exportsOf)
    .filter(({ kind }) => kind !== "interface" && kind !== "type")
    .filter(({ name }) => usedIn.get(name) === 1)
    .map(({ path, name }) => `${path} ${name}`);
  deepStrictEqual(unused, FOR_TESTS_ALONE);
});

interface FoundFunction {
  readonly place: string;
  readonly lines: number;
}

/** Functions and methods with a body in braces, as `deno fmt` lays them out: they end where their indentation does. */
function functionsOf({ path, text }: SourceFile): readonly FoundFunction[] {
  const lines = text.split("\n");
  return lines.flatMap((line, begin) => {
    const [, indent, head] = /^( *)(.*)$/.exec(line)!;
    const isFunction = /^(export )?(async )?function\b/.test(head!) ||
      /^(export )?const [\w$]+(: [^=]+)? = (async )?(<.*>)?\(/.test(head!);
    const isMethod = !isFunction && /^((static|async|get|set|override|private) )*\*?#?[\w$]+(<.*>)?\(/.test(head!) &&
      !/^(if|for|while|switch|catch|return|await|super)\b/.test(head!);
    if ((!isFunction && !isMethod) || !/[{(]$/.test(head!)) return [];
    const ends = isFunction ? ["}", "};"] : ["}", "},"];
    for (let end = begin + 1; end < lines.length; end++) {
      if (!lines[end]!.startsWith(indent!) || lines[end]!.charAt(indent!.length) !== "}") continue;
      const rest = lines[end]!.slice(indent!.length);
      if (ends.includes(rest)) return [{ place: `${path}:${begin + 1}`, lines: end - begin + 1 }];
      // A call, or the end of parameters that are taken apart.
      if (rest.startsWith("})")) return [];
    }
    return [];
  });
}

/** Lines of the longest function. Those that put much together out of little are the longest. */
const LONGEST_FUNCTION = 98;

Deno.test("no function is longer than the longest was", () => {
  const found = files.filter(({ path }) => path !== EXTENSION).flatMap(functionsOf).sort((a, b) => b.lines - a.lines);
  ok(found.length > 1000, `only ${found.length} functions were found`);
  const [longest] = found;
  ok(
    longest!.lines <= LONGEST_FUNCTION,
    `${longest!.place} has ${longest!.lines} lines, ${LONGEST_FUNCTION} is the most`,
  );
  strictEqual(longest!.lines, LONGEST_FUNCTION, "the longest is shorter now: lower LONGEST_FUNCTION");
});

const MOST_LINES = 300;

Deno.test("a file has one purpose, and room on a few screens", () => {
  const longer = files.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  deepStrictEqual(longer, [], `at most ${MOST_LINES} lines: look for the second room`);
});

Deno.test("every file says on top what it is for", () => {
  const silent = files.filter(({ path, text }) => path !== EXTENSION && !/^\/\*\*[\s\S]*?\*\//.test(text));
  deepStrictEqual(silent.map(({ path }) => path), []);
  match(files.find(({ path }) => path === EXTENSION)!.text, /^\/\/ .*\n\/\*\*/);
});

/** By a comment of its own; or by that of its file, when the file is named for it. */
function isExplained({ path, line, name }: ExportedName): boolean {
  const file = path.replace(/^.*\//, "").replace(/\.tsx?$/, "").replaceAll("_", "");
  // What a component takes is part of what is said of it, and a page's file is named for its page.
  const named = name.toLowerCase().replace(/(?<=.)props$/, "");
  if (file === named || (path.startsWith("src/web/pages/") && `${file}page` === named)) return true;
  const lines = files.find((file) => file.path === path)!.text.split("\n");
  return /\*\/$/.test(lines[line - 2] ?? "");
}

Deno.test("what is exported is explained", () => {
  const silent = files.flatMap(exportsOf).filter(({ kind }) => /^(function\*?|class|interface)$/.test(kind ?? ""))
    .filter((name) => !isExplained(name));
  deepStrictEqual(silent.map(({ path, line, name }) => `${path}:${line} ${name}`), []);
});

Deno.test("comments are for whoever reads them later", () => {
  const rows: readonly (readonly [pattern: RegExp, why: string])[] = [
    [/\b(TODO|FIXME|XXX|HACK)\b/, "what is to be done belongs into a report"],
    [/(?<![\w$.}"])\/(root|work|opt|Users\/\w+|home\/(?!you\b|u\b|me\b)\w+)\//, "a path of somebody's machine"],
    [/\bregistry\.(?!ts\b)[\w-]+\.|\b(artifactory|verdaccio)\b/i, "a registry's host"],
  ];
  const wrong = files.flatMap(({ path, text }) =>
    commentsOf(text).flatMap((comment) =>
      rows.filter(([pattern]) => pattern.test(comment)).map(([pattern, why]) =>
        `${path}: ${pattern.exec(comment)![0]}: ${why}`
      )
    )
  );
  deepStrictEqual(wrong, []);
});

Deno.test("files that comments name are where they say", async () => {
  const rooms = ["src/", "scripts/", "tests/support/"];
  const known = [...(await Promise.all(rooms.map(listFiles))).flat(), "main.ts", "program.ts"];
  for await (const { name } of Deno.readDir(new URL("tests/", ROOT))) known.push(`tests/${name}`);
  const named = users.flatMap(({ path, text }) =>
    commentsOf(text).flatMap((comment) =>
      [...comment.matchAll(/(?<![\w.*<>/-])[\w-]+(?:\/[\w-]+)*\.(?:ts|wat|wasm)\b/g)].map(([file]) => ({
        path,
        file,
      }))
    )
  );
  ok(named.length > 150, `only ${named.length} names of files were found`);
  const wrong = named.filter(({ path, file }) =>
    !known.includes(file) && !known.some((each) => each.endsWith(`/${file}`)) && !path.startsWith("bench/")
  );
  deepStrictEqual(wrong.map(({ path, file }) => `${path} names ${file}`), []);
});
