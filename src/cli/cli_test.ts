/** Whole command lines against a made-up registry and host: what is printed where, and the exit status. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import type { Progress } from "../host/terminal.ts";
import { defineInput, integer, text } from "../operations/contract/input.ts";
import { defineOperation } from "../operations/contract/operation.ts";
import { type ListedOperation, runCli } from "./cli.ts";
import type { CliContext, CliHost } from "./host.ts";
import type { GlobalFlags } from "./arguments/flag.ts";
import { makeMachine } from "../host/environment.ts";

const list = defineOperation({
  name: "list",
  summary: "List things",
  description: "Lists things.",
  needs: [],
  input: defineInput({ limit: integer("How many", { minimum: 0, default: 2 }) }),
  output: () => Promise.resolve(z.object({ schemaVersion: z.literal(1), names: z.array(z.string()) })),
  commandLine: { limit: { short: "n" } },
  examples: [{ command: "list -n 1", explains: "one thing" }],
  run: ({ limit }) => Promise.resolve({ schemaVersion: 1 as const, names: ["a", "b\u009b", "c"].slice(0, limit) }),
  view: ({ names }) => [{
    kind: "table",
    columns: [{ key: "name", title: "Name" }],
    rows: names.map((text) => [{ text, tone: "good" as const }]),
  }],
});

const fail = defineOperation({
  name: "fail",
  summary: "Fail in several ways",
  description: "Fails.",
  needs: [],
  input: defineInput({ how: text("How", { default: "" }) }),
  output: () => Promise.resolve(z.object({})),
  commandLine: { how: { positional: true } },
  examples: [],
  run({ how }) {
    switch (how) {
      case "expected":
        throw new AgentError("failed", 'No session "x\x1b[2J".', { hint: "Try another.", cause: new Error("deep") });
      case "usage":
        throw new AgentError("usage", "Two candidates:\n  a\n  b");
      case "missing":
        throw new AgentError("launch_not_found", 'There is no "pi".');
      case "bug":
        throw new TypeError("x is not a function\nreally");
      case "system":
        throw Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: "EACCES" });
      case "thrown text":
        throw "text";
      default:
        return Promise.resolve({});
    }
  },
  view: () => [{ kind: "text", text: "no table here" }],
});

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly globals?: GlobalFlags;
  /** Names of the commands that were loaded. */
  readonly loaded: readonly string[];
  readonly opened: number;
  readonly closed: number;
}

type HostChanges = Partial<Omit<CliHost, "makeContext">> & { during?(progress: Progress, tick: () => void): void };

async function run(argv: readonly string[], changes: HostChanges = {}, byDefault?: string): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  let clock = 0;
  let opened = 0;
  let closed = 0;
  let globals: GlobalFlags | undefined;
  const loaded: string[] = [];
  const commandOf = (operation: typeof list | typeof fail): ListedOperation => ({
    name: operation.name,
    summary: operation.summary,
    isDefault: operation.name === byDefault,
    load() {
      loaded.push(operation.name);
      return Promise.resolve(operation as Awaited<ReturnType<ListedOperation["load"]>>);
    },
  });
  const context: CliContext = {
    now: 0,
    timezone: "UTC",
    home: "/home/u",
    cwd: "/home/u",
    stateDirectory: "/home/u/.opper/agent",
    account: {
      machine: makeMachine({ home: "/home/u" }),
      opperHome: "/home/u/.opper",
      readSecret: () => Promise.reject(new Error("No operation here asks for a secret.")),
      fetch: () => Promise.reject(new Error("No operation here asks the network.")),
    },
    resolvePath: (path) => [path],
    openIndex: () => Promise.reject(new Error("No operation here scans.")),
    close() {
      closed += 1;
    },
  };
  const { during, ...rest } = changes;
  const host: CliHost = {
    versionText: "opper-agent 1.2.3\n",
    env: {},
    isTerminal: false,
    isErrorTerminal: false,
    stdout(text) {
      stdout += text;
      return true;
    },
    answer(texts) {
      return Promise.resolve(texts.every((text) => host.stdout(text)));
    },
    stderr(text) {
      stderr += text;
    },
    now: () => clock,
    launch: () => Promise.resolve(0),
    key: () => Promise.reject(new Error("No operation here asks for a key.")),
    mcp: () => Promise.resolve(0),
    dashboard: () => Promise.resolve(0),
    makeContext(flags, progress) {
      opened += 1;
      globals = flags;
      during?.(progress, () => clock += 1000);
      return Promise.resolve(context);
    },
    ...rest,
  };
  const status = await runCli(argv, [commandOf(list), commandOf(fail)], host);
  return { status, stdout, stderr, globals, loaded, opened, closed };
}

Deno.test("what needs no operation loads none", async (t) => {
  const program = (await run([])).stdout;
  match(program, /\n\nMore:\n {2}list +List things\n {2}fail +Fail in several ways\n\n/);
  const flags = (await run(["help", "flags"])).stdout;
  match(flags, /^Flags of every command:\n +--json +Print one JSON document\n/);
  const rows: [argv: string[], stdout: string][] = [
    [[], program],
    [["help"], program],
    [["--help"], program],
    [["--no-color", "--help"], program],
    [["-h"], program],
    [["--no-color", "-h"], program],
    [["help", "flags"], flags],
    [["help", "help"], program],
    [["--version"], "opper-agent 1.2.3\n"],
    [["-V"], "opper-agent 1.2.3\n"],
    [["version"], "opper-agent 1.2.3\n"],
  ];
  for (const [argv, stdout] of rows) {
    await t.step(argv.join(" ") || "nothing", async () => {
      const outcome = await run(argv);
      deepStrictEqual([outcome.status, outcome.stdout, outcome.stderr, outcome.loaded], [0, stdout, "", []]);
    });
  }
});

Deno.test("without a command, the one that is run by default", async (t) => {
  const rows: [argv: string[], stdout: string][] = [
    [[], "Name\na\nb\ufffd\n"],
    [["--csv"], "name\r\na\r\nb\ufffd\r\n"],
  ];
  for (const [argv, stdout] of rows) {
    await t.step(argv.join(" ") || "nothing", async () => {
      const outcome = await run(argv, {}, "list");
      deepStrictEqual([outcome.status, outcome.stdout, outcome.stderr, outcome.loaded], [0, stdout, "", ["list"]]);
    });
  }
  for (const argv of [["help"], ["--help"], ["--no-color", "-h"]]) {
    await t.step(argv.join(" "), async () => {
      const { stdout, loaded } = await run(argv, {}, "list");
      ok(stdout.includes("\nUsage: opper-agent [COMMAND] [FLAGS]\n"), stdout);
      ok(stdout.replace(/\s+/g, " ").endsWith("Without a command, list is run. "), stdout);
      deepStrictEqual(loaded, []);
    });
  }
});

Deno.test("help for a command runs nothing", async (t) => {
  for (const argv of [["help", "list"], ["list", "--help"], ["list", "-h"], ["--help", "list"]]) {
    await t.step(argv.join(" "), async () => {
      const { status, stdout, stderr, opened } = await run(argv);
      deepStrictEqual([status, stderr, opened], [0, "", 0]);
      ok(stdout.startsWith("List things\n\nUsage: opper-agent list [FLAGS]\n"), stdout);
      ok(stdout.includes("\n  opper-agent list -n 1\n      one thing\n"), stdout);
      ok(stdout.endsWith("\n\nFlags of every command: opper-agent help flags\n"), stdout);
    });
  }
});

Deno.test("answers", async (t) => {
  const rows: [name: string, argv: string[], changes: HostChanges, stdout: string][] = [
    ["a table", ["list"], {}, "Name\na\nb\ufffd\n"],
    [
      "on a terminal in colour",
      ["list", "-n1"],
      { isTerminal: true, width: 80 },
      "\x1b[1mName\x1b[22m\n\x1b[32ma\x1b[39m\n",
    ],
    ["not where colour is not wanted", ["list", "-n1", "--no-color"], { isTerminal: true }, "Name\na\n"],
    ["nor with NO_COLOR", ["list", "-n1"], { isTerminal: true, env: { NO_COLOR: "1" } }, "Name\na\n"],
    ["in a pipe where it is", ["list", "-n1", "--color=always"], {}, "\x1b[1mName\x1b[22m\n\x1b[32ma\x1b[39m\n"],
    ["or with FORCE_COLOR", ["list", "-n1"], { env: { FORCE_COLOR: "1" } }, "\x1b[1mName\x1b[22m\n\x1b[32ma\x1b[39m\n"],
    ["CSV", ["list", "--csv", "-n1"], { isTerminal: true }, "name\r\na\r\n"],
    [
      "JSON, without characters that steer a terminal",
      ["list", "--json"],
      { isTerminal: true },
      '{\n  "schemaVersion": 1,\n  "names": [\n    "a",\n    "b\\u009b"\n  ]\n}\n',
    ],
    [
      "flags in front of the command, and JSON for a program",
      ["--json", "list", "-n0"],
      {},
      '{"schemaVersion":1,"names":[]}\n',
    ],
  ];
  for (const [name, argv, changes, stdout] of rows) {
    await t.step(name, async () => {
      const outcome = await run(argv, changes);
      deepStrictEqual(
        [outcome.status, outcome.stdout, outcome.stderr, outcome.opened, outcome.closed],
        [0, stdout, "", 1, 1],
      );
    });
  }
  await t.step("the context learns the flags of every command", async () => {
    const { globals } = await run([
      ...["list", "--root", "pi=/logs", "--no-index", "--quiet", "--digits=2"],
      ...["--hide-project", "/secret", "--hide-project=x"],
    ]);
    deepStrictEqual(globals, {
      json: false,
      csv: false,
      help: false,
      debug: false,
      color: "auto",
      roots: [{ source: "pi", directory: "/logs" }],
      hideProjects: ["/secret", "x"],
      digits: 2,
      index: false,
      quiet: true,
    });
  });
});

Deno.test("errors", async (t) => {
  const HELP = "hint: `opper-agent help` lists the commands.\n";
  const rows: [argv: string[], status: number, stderr: string][] = [
    [["lits"], 2, 'error: Unknown command "lits".\nhint: Did you mean list?\n'],
    [["fial"], 2, 'error: Unknown command "fial".\nhint: Did you mean fail?\n'],
    [["hepl"], 2, 'error: Unknown command "hepl".\nhint: Did you mean help?\n'],
    [["zebra"], 2, `error: Unknown command "zebra".\n${HELP}`],
    [["z\x1b[2Jb"], 2, `error: Unknown command "z\ufffd[2Jb".\n${HELP}`],
    [["help", "lits"], 2, 'error: Unknown command "lits".\nhint: Did you mean list?\n'],
    [
      ["help", "list", "fail"],
      2,
      `error: "opper-agent help" takes one COMMAND, but was given "fail" as well.\n${HELP}`,
    ],
    [["--json"], 2, `error: Expected a command after "opper-agent --json".\n${HELP}`],
    [["--jsno"], 2, 'error: Unknown flag "--jsno" of "opper-agent".\nhint: Did you mean --json?\n'],
    [["list", "--lmit", "3"], 2, 'error: Unknown flag "--lmit" of "opper-agent list".\nhint: Did you mean --limit?\n'],
    [
      ["list", "--json", "--csv"],
      2,
      "error: --json and --csv exclude each other: expected one of them.\n",
    ],
    [["fail", "--csv"], 2, 'error: "opper-agent fail" has no table to print as CSV.\nhint: Use --json.\n'],
    [["fail", "expected"], 1, 'error: No session "x\ufffd[2J".\nhint: Try another.\n'],
    [["fail", "expected", "--json"], 1, 'error: No session "x\ufffd[2J".\nhint: Try another.\n'],
    [["fail", "usage"], 2, "error: Two candidates:\n  a\n  b\n"],
    [["fail", "missing"], 127, 'error: There is no "pi".\n'],
    [["fail", "bug"], 1, "error: this is a bug: TypeError: x is not a function really (--debug shows where)\n"],
    [["fail", "system"], 1, "error: permission denied, open '/x' (--debug shows where)\n"],
    [["fail", "thrown text"], 1, "error: this is a bug: text (--debug shows where)\n"],
  ];
  for (const [argv, status, stderr] of rows) {
    await t.step(argv.join(" "), async () => {
      const outcome = await run(argv);
      deepStrictEqual([outcome.status, outcome.stdout, outcome.stderr], [status, "", stderr]);
      strictEqual(outcome.closed, outcome.opened, "a context that was made is closed");
    });
  }
  await t.step("a terminal wraps them at words, and nothing else does", async () => {
    const argv = ["list", "--json", "--csv"];
    const { stderr } = await run(argv, { isErrorTerminal: true, errorWidth: 40 });
    strictEqual(stderr, "error: --json and --csv exclude each\nother: expected one of them.\n");
  });
  await t.step("--debug shows the stack of a bug", async () => {
    const { status, stderr } = await run(["fail", "bug", "--debug"]);
    strictEqual(status, 1);
    ok(stderr.startsWith("error: this is a bug: TypeError: x is not a function really\nTypeError: x is not"), stderr);
    ok(stderr.includes("cli_test.ts:"), stderr);
  });
  await t.step("--debug shows what caused an expected failure", async () => {
    const { stderr } = await run(["fail", "expected", "--debug"]);
    ok(stderr.includes("\ncaused by: Error: deep\n"), stderr);
  });
  await t.step("--debug behind -- is an argument", async () => {
    const { stderr } = await run(["fail", "bug", "--", "--debug"]);
    ok(stderr.startsWith('error: "opper-agent fail" takes HOW alone, but was given "--debug".\n'), stderr);
    ok(!stderr.includes("cli_test.ts"), stderr);
  });
});

Deno.test("a reader that went away is no failure", async () => {
  const outcome = await run(["list"], { stdout: () => false });
  deepStrictEqual([outcome.status, outcome.stderr, outcome.closed], [0, "", 1]);
});

Deno.test("an output that cannot be written is one", async () => {
  const { status, stderr } = await run(["list"], {
    stdout() {
      throw new AgentError("failed", "The output could not be written: No space left on device.");
    },
  });
  deepStrictEqual([status, stderr], [1, "error: The output could not be written: No space left on device.\n"]);
});

Deno.test("progress is shown on an error terminal only, and erased before the answer", async (t) => {
  const during = (progress: Progress, tick: () => void) => {
    tick();
    progress.update("Reading logs");
  };
  const LINE = "\r\x1b[KReading logs\r\x1b[K";
  const rows: [name: string, argv: string[], changes: HostChanges, stderr: string][] = [
    ["a terminal", ["list"], { isErrorTerminal: true }, LINE],
    ["none", ["list"], {}, ""],
    ["--quiet", ["list", "--quiet"], { isErrorTerminal: true }, ""],
    ["TERM=dumb", ["list"], { isErrorTerminal: true, env: { TERM: "dumb" } }, ""],
  ];
  for (const [name, argv, changes, stderr] of rows) {
    await t.step(name, async () => strictEqual((await run(argv, { ...changes, during })).stderr, stderr));
  }
  await t.step("before an error, too", async () => {
    const { stderr } = await run(["fail", "missing"], { isErrorTerminal: true, during });
    strictEqual(stderr, `${LINE}error: There is no "pi".\n`);
  });
});
