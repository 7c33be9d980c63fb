/** The registries, and what every entry of them promises: its words, its inputs, its examples. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { parseArguments } from "../src/cli/arguments/parse_arguments.ts";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { inputSchema } from "../src/operations/contract/input_schema.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { AGENTS, loadSource, LOGGED_AGENTS } from "../src/agents/agents.ts";
import { RecordFolder } from "../src/scan/logs/rows/record_folder.ts";
import { makeMachine } from "../src/host/environment.ts";
import { askedFor } from "./support/generated_docs.ts";

Deno.test("every operation keeps its contract", async (t) => {
  for (const entry of OPERATIONS) {
    const operation = await entry.load();
    await t.step(`${entry.name}: the registry says what the definition says`, () => {
      deepStrictEqual([entry.name, entry.summary], [operation.name, operation.summary]);
    });
    await t.step(`${entry.name}: its words`, () => {
      match(entry.name, /^[a-z]+$/);
      // One line beside the name in a terminal of 80 columns, or two.
      match(entry.summary, /^[A-Z][^\n]{8,89}[^.\n]$/);
      match(operation.description, /^[A-Z].*\.$/s);
    });
    await t.step(`${entry.name}: every field of the input is described`, () => {
      for (const [name, field] of Object.entries(operation.input.fields)) {
        const { description } = field;
        match(description, /^\S.*[^.\s]$/s, `field ${name}`);
      }
    });
    await t.step(`${entry.name}: the input is strict`, () => {
      const issue = inputSchema(operation.input).safeParse({ nonsense: 1 }).error?.issues.find(({ code }) =>
        code === "unrecognized_keys"
      );
      ok(issue, "an unknown field must not be passed over");
    });
    await t.step(`${entry.name}: what is said of the command line is of its input`, () => {
      const fields = Object.keys(operation.input.fields);
      for (const name of Object.keys(operation.commandLine ?? {})) ok(fields.includes(name), name);
    });
    await t.step(`${entry.name}: the answer tells its schema's version and its time`, async () => {
      const { shape } = await operation.output();
      for (const name of ["schemaVersion", "asOf"]) ok(name in shape, name);
    });
    await t.step(`${entry.name}: its examples can be typed`, () => {
      ok(operation.examples.length > 0);
      for (const { command, explains } of operation.examples) {
        // What a shell takes for itself is not for us.
        const [name, ...args] = command.replace(/ < .*$/, "").split(" ");
        strictEqual(name, entry.name);
        ok(parseArguments(args, operation, "opper-agent").input !== undefined, command);
        match(explains, /^[^A-Z].*[^.]$|^[A-Z]{2}/, "an explanation follows the command, and is no sentence");
      }
    });
  }
});

Deno.test("no two commands share a name", () => {
  const names = [...OPERATIONS, ...COMMANDS].map(({ name }) => name).concat("help", "version");
  deepStrictEqual([...new Set(names)], names);
});

Deno.test("every command keeps its contract", async (t) => {
  for (const entry of COMMANDS) {
    const command = await entry.load();
    await t.step(`${entry.name}: the registry says what the definition says`, () => {
      deepStrictEqual([entry.name, entry.summary], [command.name, command.summary]);
    });
    await t.step(`${entry.name}: its words`, () => {
      match(entry.name, /^[a-z]+$/);
      match(entry.summary, /^[A-Z][^\n]{8,89}[^.\n]$/);
      match(command.description, /^[A-Z].*\.$/s);
      for (const usage of command.usage) ok(usage.startsWith(entry.name), usage);
      for (const { description, name } of command.flags) match(description, /^\S.*[^.\s]$/s, name);
    });
    await t.step(`${entry.name}: it explains itself`, () => {
      for (const flag of ["--help", "-h"]) strictEqual(command.parse([flag], "opper-agent"), undefined);
    });
    await t.step(`${entry.name}: its examples can be typed`, () => {
      ok(command.examples.length > 0);
      for (const { command: line, explains } of command.examples) {
        // What a shell takes for itself is not for us.
        const [name, ...args] = line.replace(/ [>|].*$/, "").split(" ");
        strictEqual(name, entry.name);
        ok(command.parse(args, "opper-agent") !== undefined, line);
        match(explains, /^[^A-Z].*[^.]$|^[A-Z]{2}|^Pi /, "an explanation follows the command, and is no sentence");
      }
    });
  }
});

Deno.test("every agent keeps its contract", async (t) => {
  await t.step("the registry", () => {
    const ids = AGENTS.map(({ id }) => id);
    deepStrictEqual([...new Set(ids)], ids);
    for (const id of ["pi", "claude", "codex"]) ok(ids.includes(id), id);
    for (const id of ids) match(id, /^[a-z][a-z0-9_]*$/);
  });
  for (const agent of AGENTS) {
    await t.step(`${agent.id}: its words`, () => {
      match(agent.title, /^[A-Z]/);
      for (const [name, meaning] of Object.entries(agent.variables)) {
        match(name, /^[A-Z][A-Z0-9_]*$/);
        match(meaning, /^[A-Z].*\.$/);
      }
      for (const version of agent.checkedWith) match(version, /^\d+(\.\d+)*$/);
      if (agent.worktrees !== undefined) match(agent.worktrees, /^[^/\\]+(\/[^/\\]+)*$/);
      deepStrictEqual(agent.logs === undefined, agent.source === undefined);
    });
    await t.step(`${agent.id}: what goes on with a session names the program, and the session as one argument`, () => {
      const [program, ...args] = agent.resumeCommand?.({ sessionId: "a b", cwd: undefined }) ?? ["none", "a b"];
      match(program!, /^[a-z][a-z0-9-]*$/);
      ok(args.some((arg) => arg === "a b" || arg.endsWith("=a b")), args.join(" "));
    });
    await t.step(`${agent.id}: every part of it can be loaded`, async () => {
      for (const part of [agent.source, agent.launcher, agent.mcpClient, agent.providerSetup]) await part?.();
      const files = agent.priceFiles?.(makeMachine({ home: "/h", cwd: "/w" })) ?? [];
      for (const { path, reader } of files) {
        match(path, /^\/h\//);
        for (const text of ["", "{", "null", "[[]]"]) deepStrictEqual((await reader())(text, []), []);
      }
    });
  }
});

Deno.test("every source keeps its contract", async (t) => {
  for (const agent of LOGGED_AGENTS) {
    const { id, logs } = agent;
    const source = await loadSource(id);
    await t.step(`${id}: its needles are plain ASCII`, () => {
      ok(source.needles.length > 0 || logs.stores.every(({ form }) => form !== "lines"));
      for (const needle of source.needles) match(needle, /^[\x20-\x7e]+$/);
    });
    await t.step(`${id}: its stores have ids of their own`, () => {
      const ids = logs.stores.map((store) => store.id);
      deepStrictEqual(ids, [...new Set(ids)]);
      for (const id of ids) match(id, /^[a-z_]+$/);
      for (const store of logs.stores) if (store.form !== "tables") ok((store.companions ?? []).length <= 4);
    });
    await t.step(`${id}: its logs have a version`, () => ok(Number.isInteger(logs.version) && logs.version > 0));
    await t.step(`${id}: it says which variables its roots are told by`, () => {
      const known = Object.keys(agent.variables);
      deepStrictEqual(askedFor(agent).variables.filter((name) => !known.includes(name)), []);
    });
    await t.step(`${id}: its roots are absolute, whatever the variables hold`, () => {
      for (const value of ODD_VALUES) {
        // Every variable that it asks for.
        const env = new Proxy({}, { get: () => value });
        const roots = logs.roots(makeMachine({ home: "/h", cwd: "/w", env }));
        ok(roots.length > 0);
        for (const root of roots) match(root, /^\//, `with ${value}`);
        // Where the tool itself takes ~ as it stands, that comes second.
        match(roots[0]!, /^\/[^~]*$/, `with ${value}`);
        deepStrictEqual([...new Set(roots)], roots);
      }
    });
    await t.step(`${id}: no record makes it throw`, () => {
      const folder = new RecordFolder(source);
      let state: unknown = source.start({ path: "/r/a/b.jsonl", relativePath: "a/b.jsonl" });
      for (const record of [null, 1, "x", [], {}, { type: "session" }, { type: 1, message: null, payload: [] }]) {
        const result = folder.fold(state, record);
        deepStrictEqual(result.turns ?? [], []);
        for (const isFaulty of [false, true]) folder.uncounted(record, isFaulty);
        state = JSON.parse(JSON.stringify(result.state));
        source.session(state);
      }
    });
  }
});

/** What somebody may write into a variable that names a directory. */
const ODD_VALUES = [
  undefined,
  "",
  " ",
  "~",
  "~/x",
  "$HOME/x",
  "${HOME}",
  "x",
  "./x",
  "/x",
  "/x/",
  "/x//y/../z",
  "../x",
  "/a,/b",
  "~/a, x ,",
  ",",
  "/with blank/x",
  " /x\r\n",
  "'/x'",
  '"~/x"',
  "“/x”",
  "\u200b/x",
];

Deno.test("mcp install writes where the source reads, for every odd value of every variable", async (t) => {
  const [home, cwd] = ["/h", "/w"];
  let places = 0;
  for (const agent of LOGGED_AGENTS) {
    const client = await agent.mcpClient?.();
    if (client === undefined) continue;
    for (const variable of Object.keys(agent.variables)) {
      for (const value of ODD_VALUES) {
        await t.step(`${agent.id}: ${variable}=${JSON.stringify(value) ?? ""}`, () => {
          const machine = makeMachine({ home, cwd, env: { [variable]: value } });
          const directory = dirname(client.file(machine));
          const isRead = agent.logs.roots(machine).some((root) => root === directory || isBelow(root, directory));
          strictEqual(isRead, client.isApart !== true, `logs are read, or not, below ${directory}`);
          // What somebody meant, and not as the client takes it.
          match(directory, /^[^~"'“$]*$/);
          strictEqual(directory, resolve(directory));
          places++;
        });
      }
    }
  }
  ok(places > 3 * ODD_VALUES.length);
});

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory.replace(/\/?$/, "/"));
}
