/** Help as people read it, at the usual width and a narrow one. */
import { match, ok, strictEqual } from "node:assert/strict";
import type { Flag } from "../arguments/flag.ts";
import { type DescribedOperation, flagsHelp, operationHelp, programHelp } from "./help.ts";

const COMMANDS = [
  { name: "cost", summary: "Add up cost and tokens" },
  { name: "watch", summary: "Watch sessions" },
  { name: "sessions", summary: "List sessions with cost, cache hits and cache state" },
];

const GLOBAL_HELP = `Flags of every command:
  --json               Print one JSON document
  --csv                Print the first table as CSV
  --root SOURCE=DIR    Also read logs of this source below this directory [repeatable]
  --hide-project PATH  Leave these projects out of lists; sums still count them [repeatable]
  --digits COUNT       Decimals of amounts in tables
  --no-index           Read every log again; neither use nor write the index
`;

Deno.test("programHelp", () => {
  const help = programHelp(COMMANDS, { program: "opper-agent", width: 100 });
  const start = `Shows what the coding agents on this machine cost, and whether their prompt caches are still warm.

Usage: opper-agent COMMAND [FLAGS]

Ask:
  sessions      List sessions with cost, cache hits and cache state
  cost          Add up cost and tokens

Live:
  watch         Watch sessions

Help:
  help COMMAND  Explain a command and show examples
  help flags    List the flags of every command, such as --json and --csv
  --version     Print the version
`;
  strictEqual(help, start);
});

const OPERATION: DescribedOperation = {
  name: "sessions",
  summary: "List sessions",
  description: "Lists the sessions of every coding agent on this machine, newest first: which models they used, what " +
    "they cost, and whether the prompt cache is still warm.",
  examples: [{ command: "sessions --since today", explains: "what ran today" }],
};

function flag(field: string, rest: Partial<Flag>): Flag {
  return {
    field,
    name: field,
    kind: "text",
    placeholder: field.toUpperCase(),
    description: "What it does",
    positional: false,
    list: false,
    required: false,
    ...rest,
  };
}

const FLAGS = [
  flag("project", { positional: true, description: "Whose sessions" }),
  flag("rest", { positional: true, list: true, required: true, description: "More of them" }),
  flag("source", { list: true, description: "Only these agents" }),
  flag("sort", { short: "s", choices: ["last", "cost"], default: "last", description: "Order" }),
  flag("limit", { short: "n", kind: "integer", placeholder: "COUNT", default: 20, description: "How many" }),
  flag("turns", { kind: "switch", default: false, description: "With turns" }),
  flag("subagents", { kind: "switch", default: true, description: "Without sub-agents" }),
  flag("name", { required: true, description: "A name" }),
];

Deno.test("operationHelp", async (t) => {
  await t.step("at 100 columns", () => {
    const help = operationHelp(OPERATION, FLAGS, { program: "opper-agent", width: 120 });
    const start = `List sessions

Usage: opper-agent sessions [PROJECT] REST... [FLAGS]

Lists the sessions of every coding agent on this machine, newest first: which models they used, what
they cost, and whether the prompt cache is still warm.

Arguments:
  PROJECT  Whose sessions
  REST     More of them [required]

Flags:
      --source SOURCE  Only these agents [repeatable]
  -s, --sort SORT      Order [one of: last, cost; default: last]
  -n, --limit COUNT    How many [default: 20]
      --turns          With turns
      --no-subagents   Without sub-agents
      --name NAME      A name [required]

`;
    strictEqual(help.slice(0, start.length), start);
    const end = `
Examples:
  opper-agent sessions --since today
      what ran today

Flags of every command: opper-agent help flags
`;
    strictEqual(help.slice(-end.length), end);
  });

  await t.step("narrow: descriptions stand below", () => {
    const help = operationHelp(OPERATION, FLAGS, { program: "opper-agent", width: 40 });
    ok(
      help.includes(`
  -s, --sort SORT
          Order [one of: last, cost;
          default: last]
  -n, --limit COUNT
          How many [default: 20]
`),
      help,
    );
  });

  await t.step("no line is wider than asked", () => {
    for (const width of [40, 60, 80, 120, 200]) {
      for (const line of operationHelp(OPERATION, FLAGS, { program: "opper-agent", width }).split("\n")) {
        ok(line.length <= Math.min(width, 100), `${line.length} > ${width}: ${line}`);
      }
    }
  });

  await t.step("a TIME is explained where there is one", () => {
    const since = flag("since", { placeholder: "TIME" });
    const help = operationHelp(OPERATION, [since], { program: "opper-agent" });
    ok(help.includes("\n\nTIME is a date (2025-11-20), a date and time"), help);
    ok(!operationHelp(OPERATION, FLAGS, { program: "opper-agent" }).includes("TIME is"));
    ok(!help.includes("RANGE is"), help);
  });

  await t.step("a RANGE is explained as well, after the TIME that it may be", () => {
    const help = operationHelp(OPERATION, [flag("since", { placeholder: "RANGE" })], { program: "opper-agent" });
    match(help, /\n\nTIME is a date [^]*\nRANGE is a TIME to begin at, or a range: yesterday\.\.today/);
  });

  await t.step("sections without content are left out", () => {
    const help = operationHelp({ ...OPERATION, examples: [] }, [], { program: "opper-agent" });
    ok(!/^(Arguments|Flags|Examples):/m.test(help), help);
  });
});

Deno.test("flagsHelp", () => {
  // The column of -h indents them all.
  const help = flagsHelp(["watch", "man"], { program: "x", width: 100 }).replace(/^ {6}--/gm, "  --");
  strictEqual(help.slice(0, GLOBAL_HELP.length), GLOBAL_HELP);
  ok(help.endsWith("\n\nNot of these, whose help lists what they take: watch, man.\n"), help);
});
