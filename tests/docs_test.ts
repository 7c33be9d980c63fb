/**
 * The documents are right: commands exist, transcripts are what the program prints, invariants name tests that exist,
 * tables equal the registries, links lead somewhere. Those for newcomers are easy to read as well (support/prose.ts).
 *
 * A fenced block behind `<!-- transcript: ARGUMENTS -->` is compared with the program's answer to ARGUMENTS over the
 * sample sessions in tests/fixtures/home. Its first line is the command as a reader would type it. What
 * stands between `<!-- generated:NAME -->` and `<!-- /generated -->` is compared with support/generated_docs.ts.
 *
 * `deno task docs` writes both again.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { parseArguments } from "../src/cli/arguments/parse_arguments.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { PERMISSIONS } from "../scripts/permissions.ts";
import { COMMANDS as PICTURED, PICTURE } from "../scripts/picture.ts";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { SETTING_RULES } from "../src/operations/settings/setting_rules.ts";
import { GENERATED } from "./support/generated_docs.ts";
import { undescribedFields } from "./support/generated_reference.ts";
import { faultsOf, sentencesOf } from "./support/prose.ts";
import { agentEnvironment, FIXTURE_HOME, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Those that say what is so now. `docs/adr` says what was so on a day. */
const DOCUMENTS = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"],
  ...(await Promise.all(["docs", "docs/guide", "docs/formats", "docs/reference", "team"].map(listDocuments))).flat(),
];
/** Those in which people look something up for the first time: sentences are short, and words plain. */
const isForNewcomers = (path: string) =>
  path === "README.md" || path === "team/README.md" || /^docs\/([\w-]+|guide\/[\w-]+)\.md$/.test(path);
const PROGRAM = "opper-agent";
const IS_UPDATE = Deno.args.includes("--update");

async function listDocuments(directory: string): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir(new URL(directory, ROOT)), ({ name }) => name);
  return names.filter((name) => name.endsWith(".md")).sort().map((name) => `${directory}/${name}`);
}

const documents = await Promise.all(DOCUMENTS.map(async (path) => ({ path, text: await read(path) })));
const textOf = (path: string) => documents.find((document) => document.path === path)!.text;
const tasks: Record<string, { command?: string }> = JSON.parse(await read("deno.json")).tasks;

Deno.test("commands in the documents exist", async (t) => {
  const commands = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:`|^|\n\$ )opper-agent ([a-z][^`\n]*)/gm)]
      // A line of a shell may end in a comment, or write to a file.
      .map(([, command]) => ({ path, command: command!.replace(/\s+(#|>|\||&&).*$/, "").trim() }))
      .filter(({ command }) => !/^(reads|stands|may) /.test(command))
  );
  ok(commands.length >= 10, `only ${commands.length} were found`);
  for (const { path, command } of commands) {
    await t.step(`${path}: ${command}`, async () => {
      const [name, ...args] = command.split(" ");
      if (name === "help") return ok(["", "COMMAND", "flags"].includes(args.join(" ")));
      const own = COMMANDS.find((own) => own.name === name);
      if (own !== undefined) return void (await own.load()).parse(args, PROGRAM);
      const entry = OPERATIONS.find((operation) => operation.name === name);
      ok(entry, `there is no command "${name}"`);
      parseArguments(args, await entry.load(), PROGRAM);
    });
  }
});

Deno.test("tasks in the documents exist", () => {
  const named = documents.flatMap((
    { text },
  ) => [...text.matchAll(/\b(?:deno|deno@[\d.]+) task (?:-q )?([a-z:0-9]+)/g)]);
  ok(named.length >= 5, `only ${named.length} were found`);
  for (const [command, name] of named) ok(name! in tasks, command);
});

const TRANSCRIPT = /(<!-- transcript: (.*?) -->\s*```\w*\n)\$ opper-agent (.*)\n([^]*?)```/g;

/** What is shown may leave out that it is an answer of the past, and nothing else. */
const asShown = (command: string) => command.replace(/ --as-of \S+/, "");

Deno.test("transcripts are what the program prints", async (t) => {
  const printed = async (command: string) =>
    await withTemporaryDirectory(async (opperHome) => {
      const run = await runAgent(command.split(" "), { home: FIXTURE_HOME, opperHome });
      deepStrictEqual([run.code, run.stderr], [0, ""]);
      return run.stdout;
    });

  let count = 0;
  for (const { path, text } of documents) {
    let updated = text;
    for (const [block, head, command, shown, output] of text.matchAll(TRANSCRIPT)) {
      count++;
      // Without it, "today" and "5d ago" would be other ones tomorrow.
      await t.step(`${path}: ${command} is of one time`, () => match(command!, / --as-of \S+/));
      if (IS_UPDATE) {
        const now = `${head}$ opper-agent ${asShown(command!)}\n${await printed(command!)}\`\`\``;
        updated = updated.replace(block, () => now);
        continue;
      }
      await t.step(`${path}: ${command}`, async () => {
        strictEqual(output, await printed(command!));
        strictEqual(shown, asShown(command!));
      });
    }
    if (updated !== text) await Deno.writeTextFile(new URL(path, ROOT), updated);
  }
  ok(count >= 4, `only ${count} were found`);
  await t.step("every answer that is shown is compared", () => {
    strictEqual(documents.flatMap(({ text }) => text.match(/^\$ opper-agent /gm) ?? []).length, count);
  });
});

Deno.test("the picture shows what the program prints", async () => {
  const svg = await Deno.readTextFile(PICTURE);
  const shown = [...svg.matchAll(/<text [^>]*>([^<]*)</g)]
    .map(([, text]) => text!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  ok(shown.length > 100, `only ${shown.length} words were found`);
  const printed = await withTemporaryDirectory((opperHome) =>
    Promise.all(PICTURED.map(async ([typed, args]) => {
      const { stdout } = await runAgent(args, { home: FIXTURE_HOME, opperHome });
      return `$ ${typed}\n${stdout}`;
    }))
  );
  // Names may be shorter in the picture, lines end elsewhere. `deno task test:e2e` compares every byte.
  const words = printed.join("\n").replace(/\s+/g, " ");
  // What had no room is said in a terminal alone.
  deepStrictEqual(
    shown.filter((text) => !words.includes(text) && !text.startsWith("No room for ")),
    [],
    "take it again: deno task picture",
  );
});

Deno.test("the task demo shows the sample sessions, and nothing of this machine's own", async () => {
  const { command } = tasks.demo!;
  await withTemporaryDirectory(async (home) => {
    const output = await new Deno.Command(Deno.execPath(), {
      args: [...command!.split(" ").slice(1)],
      cwd: fileURLToPath(ROOT),
      clearEnv: true,
      env: { ...agentEnvironment({ home }), CODEX_HOME: home, OPPER_HOME: home },
    }).output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    deepStrictEqual([output.code, stderr], [0, ""]);
    const [, listed] = /^\d+ sessions, (\$\S+) in all; 12 listed/m.exec(stdout!) ?? [];
    // All answers are of one time, so that their sums agree.
    const totals = [...stdout!.matchAll(/^Total .* (\$\S+)$/gm)].map(([, usd]) => usd);
    deepStrictEqual(totals, [listed, listed]);
    match(stdout!, /^\$ opper-agent sessions --limit 12\nLast active /);
    match(stdout!, /^warm .* kilo +\/srv\/dev\/kl\/api /m);
    deepStrictEqual(await Array.fromAsync(Deno.readDir(home)), []);
  });
});

Deno.test("what the program knows itself is made from it", async (t) => {
  const names: string[] = [];
  for (const path of DOCUMENTS) {
    // Read anew: the test before may have updated it.
    const text = await read(path);
    let updated = text;
    for (const [block, name, shown] of text.matchAll(/<!-- generated:(\w+) -->\n([^]*?)<!-- \/generated -->/g)) {
      names.push(name!);
      const made = GENERATED[name!];
      ok(made, `${path}: there is nothing called "${name}" to generate`);
      const now = `\n${await made()}\n\n`;
      if (IS_UPDATE) updated = updated.replace(block, () => `<!-- generated:${name} -->\n${now}<!-- /generated -->`);
      else await t.step(`${path}: ${name}`, () => strictEqual(shown, now));
    }
    if (updated !== text) await Deno.writeTextFile(new URL(path, ROOT), updated);
  }
  deepStrictEqual(names.sort(), Object.keys(GENERATED).sort(), "each stands in one document");
});

Deno.test("every invariant names a test that exists", async (t) => {
  const architecture = textOf("ARCHITECTURE.md").replace(/\n +/g, " ");
  const invariants = architecture.split("\n").filter((line) => line.includes("**Invariant**"));
  ok(invariants.length >= 10, `only ${invariants.length} were found`);
  for (const invariant of invariants) {
    await t.step(invariant.replace(/^.*\*\*Invariant\*\* /, "").replace(/ — .*/, ""), async () => {
      const [, path, name] = / — ([\w./]+_test\.ts): "(.*?)"$/.exec(invariant) ?? [];
      ok(path && name, `expected ' — tests/x_test.ts: "name"' at the end of: ${invariant}`);
      const test = await read(path);
      ok(
        ["Deno.test(", "t.step(", "Deno.test({\n  name: "].some((call) =>
          test.includes(`${call}${JSON.stringify(name)}`)
        ),
        `${path} has no test "${name}"`,
      );
    });
  }
});

/** Where a link may lead to within a text, as GitHub names it. */
function anchorsOf(text: string): ReadonlySet<string> {
  const prose = text.replace(/^```[^]*?^```$/gm, "");
  return new Set(
    [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!.trim().toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
    ),
  );
}

/** Rows of the first table behind a heading, without its head. Code marks are taken away. */
function tableBehind(text: string, heading: string): string[][] {
  const section = text.split(new RegExp(`^## ${heading}$`, "m"))[1]?.split(/^## /m)[0] ?? "";
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")));
}

Deno.test("the permissions in the documents are those that are compiled in", () => {
  const rows = tableBehind(textOf("docs/permissions.md"), "What the program may do");
  deepStrictEqual(rows.map(([permission]) => permission), PERMISSIONS);
});

Deno.test("links between documents lead somewhere", async (t) => {
  for (const { path, text } of documents) {
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      await t.step(`${path}: ${link}`, async () => {
        const { pathname, hash } = new URL(link!, new URL(path, ROOT));
        ok((await Deno.stat(pathname)).isFile, "expected a file");
        if (hash !== "") ok(anchorsOf(await Deno.readTextFile(pathname)).has(hash.slice(1)), `no heading for ${hash}`);
      });
    }
  }
});

/** What docs/adding_an_agent.md adds as its example (adding_an_agent_test.ts). */
const MADE_UP = /(?:^|\/)acme(?:\/|\.|$)/;

Deno.test("source files that documents name exist", async (t) => {
  for (const { path, text } of documents.filter(({ path }) => path.startsWith("docs/"))) {
    for (const [, file] of text.matchAll(/`((?:src|tests|scripts|bench)\/[\w./-]+)`/g)) {
      if (MADE_UP.test(file!)) continue;
      await t.step(`${path}: ${file}`, async () => void await Deno.stat(new URL(file!, ROOT)));
    }
  }
});

Deno.test("every agent's format has a page with all that the template asks for", async (t) => {
  const index = textOf("docs/formats/README.md");
  const headings = [...index.matchAll(/^\| `## (.*?)`/gm)].map(([, heading]) => heading!);
  ok(headings.length >= 5, `only ${headings.length} were found`);
  const pages = LOGGED_AGENTS.map(({ id }) => `docs/formats/${id}.md`);
  const known = DOCUMENTS.filter((path) => path.startsWith("docs/formats/") && !path.endsWith("README.md"));
  deepStrictEqual(known, pages.toSorted());
  for (const { id, title } of LOGGED_AGENTS) {
    await t.step(id, () => {
      const page = textOf(`docs/formats/${id}.md`);
      strictEqual(/^# (.*)$/m.exec(page)?.[1], title);
      deepStrictEqual([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading), headings);
    });
  }
});

Deno.test("the documents count the sample sessions", async () => {
  const expected: Record<string, Record<string, unknown>> = JSON.parse(await read("tests/fixtures/expected.json"));
  const count = Object.values(expected).reduce((sum, sessions) => sum + Object.keys(sessions).length, 0);
  const page = "docs/accuracy.md";
  const text = textOf(page).replace(/\b\d+(?= sessions that the real agents wrote)/, () => String(count));
  if (IS_UPDATE) await Deno.writeTextFile(new URL(page, ROOT), text);
  else strictEqual(textOf(page), text);
  match(text, new RegExp(`\\b${count} sessions that the real agents wrote`));
});

Deno.test("every setting is explained in the guide, with the flag that says the same once", () => {
  const guide = textOf("docs/guide/settings.md");
  for (const { key, flag } of SETTING_RULES) {
    match(guide, new RegExp(`^ +"${key}": ${flag === undefined ? "" : `.*// ${flag}\\b`}`, "m"));
  }
});

/** Those that a user or another program sets. Of a name in two parts (`PI_SESSION` and `_ID`) the first is in the source. */
const VARIABLE = /\benv(?:ironment)?(?:\.|\["|\.get\(")([A-Z][A-Z_]+)\b|\b[A-Z_]*VARIABLES? = "([A-Z_]+)"/g;

Deno.test("every variable that is read is in the reference", async () => {
  const reference = textOf("docs/reference/variables.md");
  const read = new Set<string>();
  for await (const text of sourceTexts(new URL("src/", ROOT))) {
    for (const [, direct, named] of text.matchAll(VARIABLE)) read.add(direct ?? named!);
  }
  ok(read.size >= 20, `only ${read.size} were found`);
  deepStrictEqual([...read].filter((name) => !new RegExp(`\`${name}(_ID)?\``).test(reference)), []);
});

async function* sourceTexts(directory: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) yield* sourceTexts(new URL(`${name}/`, directory));
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      yield await Deno.readTextFile(new URL(name, directory));
    }
  }
}

Deno.test("fields of answers are described", async () => {
  deepStrictEqual(await undescribedFields(), [], "describe a new field where its schema is");
});

Deno.test("every page of the guide can be reached from the README", async (t) => {
  const readme = textOf("README.md");
  for (const path of DOCUMENTS.filter((path) => isForNewcomers(path) && path !== "README.md")) {
    await t.step(path, () => ok(readme.includes(`](${path}`), `the README has no link to ${path}`));
  }
  ok(readme.split("\n").length <= 140, "the README is for a first look: put the rest into docs/guide");
});

/**
 * Sentences that may stay as they are, by their beginnings. The list may only get shorter: rewrite the sentence instead of
 * adding it.
 */
const LEFT_AS_THEY_ARE: readonly string[] = [];
const MOST_LEFT = 0;

Deno.test("the rules for sentences find what they are for", () => {
  const long = `One ${"word ".repeat(24)}`;
  const page = [
    "# Of headings nothing is asked",
    `${long}more.`,
    `${long.trim()}. The 0.9 % of \`${long}\` is [short](https://example.org).`,
    "- Of these,\n  none.\n- What is it? Where the log is gone,\n  nothing is known.",
    "It starts anew.\n\nThe key is taken away (at once). It tells why.",
    "| anew |\n| ---- |",
    "```\nanew\n```",
    "<!-- generated:commands -->\nanew\n<!-- /generated -->",
  ].join("\n\n");
  deepStrictEqual(sentencesOf(page).flatMap(faultsOf).map((fault) => fault.replace(/:.*/, "")), [
    "26 words, 25 at most",
    "begins with a clause as its subject",
    "begins with a clause as its subject",
    '"anew"',
    '"taken away"',
    '"tells"',
  ]);
});

Deno.test("sentences for newcomers are short, and their words plain", async (t) => {
  const isLeft = (sentence: string) => LEFT_AS_THEY_ARE.find((beginning) => sentence.startsWith(beginning));
  const used = new Set<string>();
  for (const { path, text } of documents.filter(({ path }) => isForNewcomers(path))) {
    await t.step(path, () => {
      const faults = sentencesOf(text).flatMap((sentence) => {
        const found = faultsOf(sentence);
        const left = found.length === 0 ? undefined : isLeft(sentence);
        if (left === undefined) return found.map((fault) => `${fault}: ${sentence}`);
        used.add(left);
        return [];
      });
      deepStrictEqual(faults, []);
    });
  }
  deepStrictEqual(LEFT_AS_THEY_ARE.filter((beginning) => !used.has(beginning)), [], "remove what is no longer needed");
  ok(LEFT_AS_THEY_ARE.length <= MOST_LEFT, "the list may only get shorter");
});
