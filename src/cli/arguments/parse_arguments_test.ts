/** What is typed against the input that an operation gets, and against every sentence that says what is wrong. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import {
  choice,
  defineInput,
  type Input,
  integer,
  number,
  someOf,
  text,
  texts,
  toggle,
} from "../../operations/contract/input.ts";
import { defineOperation } from "../../operations/contract/operation.ts";
import type { GlobalFlags } from "./flag.ts";
import { splitCommand } from "./global_flags.ts";
import { parseArguments } from "./parse_arguments.ts";

function operationNamed(name: string, input: Input, commandLine: Record<string, Record<string, unknown>>) {
  return defineOperation({
    name,
    summary: "Probe",
    description: "Probes.",
    needs: [],
    input,
    output: () => Promise.resolve(z.object({})),
    commandLine,
    examples: [],
    run: () => Promise.resolve({}),
    view: () => [],
  });
}

const list = operationNamed(
  "list",
  defineInput({
    source: texts("Sources"),
    cache: someOf(["warm", "maybe", "cold"], "States"),
    since: text("From"),
    sort: choice(["last", "cost", "tokens"], "Order", { default: "last" }),
    limit: integer("How many", { minimum: 0, maximum: 500, default: 20 }),
    offset: integer("Any whole number"),
    atLeast: number("Dollars", { minimum: 0 }),
    share: number("A share", { minimum: 0, aboveMinimum: true, maximum: 1, belowMaximum: true }),
    days: integer("Days", { minimum: 0, aboveMinimum: true }),
    turns: toggle("Turns"),
    subagents: toggle("Sub-agents", { default: true, off: "No sub-agents" }),
    prefix: text("Prefix", {
      check: (prefix) => /^[0-9a-f]+$/.test(prefix) ? undefined : "expected hexadecimal digits",
    }),
    zone: text("Zone", { check: (zone) => zone === "UTC" ? undefined : "only UTC is known." }),
    pair: texts("At most two", { check: ({ length }) => length <= 2 ? undefined : "expected one or two" }),
  }),
  {
    since: { placeholder: "TIME" },
    limit: { short: "n", placeholder: "COUNT" },
    turns: { short: "t" },
    sort: { short: "s" },
  },
);
const DEFAULTS = { sort: "last", limit: 20, turns: false, subagents: true };

const show = operationNamed(
  "show",
  defineInput({ session: text("Which", { required: true }), turn: integer("Turn", { minimum: 1 }) }),
  { session: { positional: true }, turn: { positional: true } },
);
const start = operationNamed(
  "start",
  defineInput({
    tool: text("Tool", { required: true }),
    name: text("Name", { required: true }),
    rest: texts("Arguments", { default: [] }),
  }),
  { tool: { positional: true }, rest: { positional: true } },
);
const check = operationNamed(
  "check",
  defineInput(
    { a: text("A"), b: text("B") },
    ({ a, b }) => a === undefined || b === undefined ? undefined : "--a and --b exclude each other",
  ),
  {},
);

Deno.test("parseArguments makes the input", async (t) => {
  const rows: [operation: typeof list, argv: string[], input: Record<string, unknown>][] = [
    [list, [], DEFAULTS],
    [list, ["--limit", "5"], { ...DEFAULTS, limit: 5 }],
    [list, ["--limit=5"], { ...DEFAULTS, limit: 5 }],
    [list, ["-n5"], { ...DEFAULTS, limit: 5 }],
    [list, ["-n", "5"], { ...DEFAULTS, limit: 5 }],
    [list, ["-tn5"], { ...DEFAULTS, limit: 5, turns: true }],
    [list, ["--limit", "5", "--limit=7"], { ...DEFAULTS, limit: 7 }],
    [list, ["--offset", "-5"], { ...DEFAULTS, offset: -5 }],
    [list, ["--offset=+12"], { ...DEFAULTS, offset: 12 }],
    [list, ["--at-least", ".5"], { ...DEFAULTS, atLeast: 0.5 }],
    [list, ["--turns", "--no-subagents"], { ...DEFAULTS, turns: true, subagents: false }],
    [list, ["--no-subagents", "--subagents"], DEFAULTS],
    [list, ["--source", "pi"], { ...DEFAULTS, source: ["pi"] }],
    [list, ["--source", "pi, claude", "--source=codex"], { ...DEFAULTS, source: ["pi", "claude", "codex"] }],
    [list, ["--cache", "warm,maybe"], { ...DEFAULTS, cache: ["warm", "maybe"] }],
    [list, ["--since", "2025-11-20"], { ...DEFAULTS, since: "2025-11-20" }],
    [list, ["--since=--odd"], { ...DEFAULTS, since: "--odd" }],
    [list, ["--since="], { ...DEFAULTS, since: "" }],
    [list, ["--since", "a=b"], { ...DEFAULTS, since: "a=b" }],
    [show, ["01a"], { session: "01a" }],
    [show, ["01a", "3"], { session: "01a", turn: 3 }],
    [show, ["--", "--odd"], { session: "--odd" }],
    [show, ["-"], { session: "-" }],
    [start, ["pi", "--name", "x"], { tool: "pi", name: "x", rest: [] }],
    [start, ["pi", "a,b", "--name=x", "--", "-p", "--model"], {
      tool: "pi",
      name: "x",
      rest: ["a,b", "-p", "--model"],
    }],
  ];
  for (const [operation, argv, input] of rows) {
    await t.step(`${operation.name} ${argv.join(" ")}`, () => {
      deepStrictEqual(parseArguments(argv, operation, "opper-agent").input, input);
    });
  }
});

Deno.test("parseArguments keeps the flags of every command apart", async (t) => {
  const none: GlobalFlags = {
    json: false,
    csv: false,
    help: false,
    debug: false,
    color: "auto",
    roots: [],
    hideProjects: [],
    index: true,
    quiet: false,
  };
  const rows: [argv: string[], globals: GlobalFlags][] = [
    [[], none],
    [["--json", "--debug", "--quiet", "--no-index"], { ...none, json: true, debug: true, quiet: true, index: false }],
    [["--csv"], { ...none, csv: true }],
    [["--color", "always"], { ...none, color: "always" }],
    [["--color=always", "--no-color"], { ...none, color: "never" }],
    [["--no-color", "--color=auto"], none],
    [["--root", "pi=/a,b", "--root=claude=C:\\x=y"], {
      ...none,
      roots: [{ source: "pi", directory: "/a,b" }, { source: "claude", directory: "C:\\x=y" }],
    }],
  ];
  for (const [argv, globals] of rows) {
    await t.step(argv.join(" ") || "none", () => {
      const parsed = parseArguments(argv, list, "opper-agent");
      deepStrictEqual(parsed, { input: DEFAULTS, globals });
    });
  }
  for (const argv of [["--help"], ["-h"], ["-th"], ["-h", "--limit", "many", "pi"]]) {
    await t.step(`${argv.join(" ")} asks for no input`, () => {
      const { input, globals } = parseArguments(argv, list, "opper-agent");
      strictEqual(input, undefined);
      strictEqual(globals.help, true);
    });
  }
});

Deno.test("parseArguments says what is wrong, and what to type", async (t) => {
  const LIST_HELP = "`opper-agent list --help` shows how it is used.";
  const rows: [operation: typeof list, argv: string[], message: string, hint?: string][] = [
    [list, ["--sicne", "x"], `Unknown flag "--sicne" of "opper-agent list".`, "Did you mean --since?"],
    [list, ["--sicne=x"], `Unknown flag "--sicne" of "opper-agent list".`, "Did you mean --since?"],
    [list, ["--sub"], `Unknown flag "--sub" of "opper-agent list".`, "Did you mean --subagents?"],
    [list, ["--jsno"], `Unknown flag "--jsno" of "opper-agent list".`, "Did you mean --json?"],
    [list, ["-limit", "5"], `Unknown flag "-limit" of "opper-agent list".`, "Did you mean --limit?"],
    [list, ["-x"], `Unknown flag "-x" of "opper-agent list".`, "`opper-agent list --help` lists its flags."],
    [list, ["--zebra"], `Unknown flag "--zebra" of "opper-agent list".`, "`opper-agent list --help` lists its flags."],
    [
      list,
      ["--no-turns"],
      `Unknown flag "--no-turns" of "opper-agent list".`,
      "`opper-agent list --help` lists its flags.",
    ],
    [list, ["--turns=yes"], `--turns takes no value, but was given "yes".`],
    [
      list,
      ["--since"],
      "Expected TIME after --since, but nothing follows.",
      "`opper-agent list --help` says what it may be.",
    ],
    [list, ["-n"], "Expected COUNT after -n, but nothing follows.", "`opper-agent list --help` says what it may be."],
    [
      list,
      ["--since", "--json"],
      `Expected TIME after --since, but "--json" follows.`,
      "Write --since=--json if that is the value.",
    ],
    [
      list,
      ["--since", "--"],
      `Expected TIME after --since, but "--" follows.`,
      "Write --since=-- if that is the value.",
    ],
    [
      list,
      ["--limit", "many"],
      `Expected a whole number from 0 to 500 for --limit, not "many".`,
    ],
    [
      list,
      ["--limit", "-1"],
      `Expected a whole number from 0 to 500 for --limit, not "-1".`,
    ],
    [list, ["-n501"], `Expected a whole number from 0 to 500 for --limit, not "501".`],
    [
      list,
      ["--limit", "1.5"],
      `Expected a whole number from 0 to 500 for --limit, not "1.5".`,
    ],
    [list, ["--limit="], `Expected a whole number from 0 to 500 for --limit, not "".`],
    [
      list,
      ["--limit", "0x10"],
      `Expected a whole number from 0 to 500 for --limit, not "0x10".`,
    ],
    [list, ["--offset", "x"], `Expected a whole number for --offset, not "x".`],
    [list, ["--days", "0"], `Expected a whole number above 0 for --days, not "0".`],
    [
      list,
      ["--at-least", "-1"],
      `Expected a number of at least 0 for --at-least, not "-1".`,
    ],
    [
      list,
      ["--share", "1"],
      `Expected a number above 0 and below 1 for --share, not "1".`,
    ],
    [
      list,
      ["--sort", "price"],
      `Expected last, cost or tokens for --sort, not "price".`,
      "opper-agent list --sort cost",
    ],
    [list, ["--sort", "zebra"], `Expected last, cost or tokens for --sort, not "zebra".`],
    [list, ["--sort", "token"], `Expected last, cost or tokens for --sort, not "token".`, "Did you mean tokens?"],
    [list, ["--cache", "warm,colt"], `Expected warm, maybe or cold for --cache, not "colt".`, "Did you mean cold?"],
    [
      list,
      ["--cache", "warm,"],
      `Expected values with commas between for --cache, not "warm,".`,
      "For example: --cache warm,maybe.",
    ],
    [list, ["--prefix", "xyz"], `--prefix cannot be "xyz": expected hexadecimal digits.`, LIST_HELP],
    [list, ["--zone", "Mars"], `--zone cannot be "Mars": only UTC is known.`, LIST_HELP],
    [list, ["--pair", "a,b,c"], `--pair cannot be "a,b,c": expected one or two.`, LIST_HELP],
    [list, ["pi"], `"opper-agent list" takes no arguments, but was given "pi".`, LIST_HELP],
    [show, [], `"opper-agent show" needs SESSION.`, "`opper-agent show --help` shows how it is used."],
    [show, ["a", "0"], `Expected a whole number of at least 1 for TURN, not "0".`],
    [
      show,
      ["a", "1", "b"],
      `"opper-agent show" takes SESSION TURN alone, but was given "b".`,
      "`opper-agent show --help` shows how it is used.",
    ],
    [start, ["pi"], `"opper-agent start" needs --name NAME.`, "`opper-agent start --help` shows how it is used."],
    [check, ["--a=1", "--b=2"], "--a and --b exclude each other.", "`opper-agent check --help` shows how it is used."],
    [list, ["--color", "red"], `Expected auto, always or never for --color, not "red".`],
    [
      list,
      ["--root", "/logs"],
      `Expected SOURCE=DIR for --root, not "/logs".`,
      "For example: --root claude=/mnt/backup/.claude/projects.",
    ],
    [
      list,
      ["--root", "pi="],
      `Expected SOURCE=DIR for --root, not "pi=".`,
      "For example: --root claude=/mnt/backup/.claude/projects.",
    ],
    [list, ["--json", "--csv"], "--json and --csv exclude each other: expected one of them."],
  ];
  for (const [operation, argv, message, hint] of rows) {
    await t.step(`${operation.name} ${argv.join(" ")}`, () => {
      throws(() => parseArguments(argv, operation, "opper-agent"), (error) => {
        if (!(error instanceof AgentError)) throw error;
        deepStrictEqual({ code: error.code, message: error.message, hint: error.hint }, {
          code: "usage",
          message,
          hint,
        });
        return true;
      });
    });
  }
});

Deno.test("splitCommand", async (t) => {
  const rows: [argv: string[], command: string | undefined, rest: string[]][] = [
    [["sessions"], "sessions", []],
    [["sessions", "--limit", "5", "x"], "sessions", ["--limit", "5", "x"]],
    [["--json", "sessions", "-n5"], "sessions", ["--json", "-n5"]],
    [["--root", "pi=/a", "sessions"], "sessions", ["--root", "pi=/a"]],
    [["--root=pi=/a", "--no-index", "sessions"], "sessions", ["--root=pi=/a", "--no-index"]],
    [["-h", "sessions"], "sessions", ["-h"]],
    [["--", "sessions", "--json"], "sessions", ["--json"]],
    [["--json"], undefined, ["--json"]],
    [[], undefined, []],
  ];
  for (const [argv, command, rest] of rows) {
    await t.step(argv.join(" ") || "nothing", () => {
      const split = splitCommand(argv, "opper-agent");
      deepStrictEqual([split.command, split.rest], [command, rest]);
    });
  }
  await t.step("a command's own flag before it is unknown", () => {
    throws(() => splitCommand(["--limit", "5", "sessions"], "opper-agent"), /Unknown flag "--limit" of "opper-agent"/);
  });
});
