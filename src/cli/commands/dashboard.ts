/**
 * `dashboard`, as far as the command line is concerned: its arguments and its help.
 *
 * No Operation: it serves until it is told to end. What it does is handed in (`CliHost.dashboard`), and is loaded only then.
 */
import { AgentError } from "../../core/errors.ts";
import { readNumber } from "../../operations/contract/expectation.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readGlobalFlags } from "../arguments/global_flags.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import { expandRoots, homeOf } from "../arguments/extra_roots.ts";
import type { Command } from "../command.ts";
import type { DashboardArguments } from "../host.ts";

const DEFAULTS = { positional: false, list: false, required: false, placeholder: "" } as const;

const OWN_FLAGS: readonly Flag[] = [
  {
    ...DEFAULTS,
    field: "port",
    name: "port",
    kind: "integer",
    placeholder: "PORT",
    range: { minimum: 0, maximum: 65_535 },
    description: "Listen on this port, or the next free one; 0: on any; default: 4756",
  },
  {
    ...DEFAULTS,
    field: "open",
    name: "open",
    kind: "switch",
    default: true,
    description: "Open no browser",
  },
  {
    ...DEFAULTS,
    field: "text",
    name: "text",
    kind: "switch",
    default: true,
    description: "Never show text of conversations",
  },
  {
    ...DEFAULTS,
    field: "remoteTraces",
    name: "remote-traces",
    kind: "switch",
    description: "Let the page ask Opper about traces: the program then keeps the network",
  },
  {
    ...DEFAULTS,
    field: "exportFile",
    name: "export",
    kind: "text",
    placeholder: "FILE",
    description: "Write the page with its figures into one HTML file, and serve nothing",
  },
  {
    ...DEFAULTS,
    field: "timezone",
    name: "timezone",
    kind: "text",
    placeholder: "ZONE",
    description: "IANA time zone of days and hours; default: the system's",
  },
];

const FLAGS: readonly Flag[] = [
  ...OWN_FLAGS,
  ...GLOBAL_FLAGS.filter(({ field }) =>
    ["roots", "hideProjects", "digits", "index", "quiet", "debug", "help"].includes(field)
  ),
];

/**
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong
 */
export function parseDashboardArguments(argv: readonly string[], program: string): DashboardArguments | undefined {
  const command = `${program} dashboard`;
  const { given, positionals: [surplus] } = readCommandArguments(argv, FLAGS, command);
  const own = (field: string) => given.findLast(({ flag }) => flag.field === field)?.value;
  const globals = readGlobalFlags(given.filter(({ flag }) => !OWN_FLAGS.includes(flag)));
  if (globals.help) return undefined;
  if (surplus !== undefined) {
    throw new AgentError("usage", `"${command}" takes no arguments, but was given "${surplus}".`, {
      hint: `\`${command} --help\` lists its flags.`,
    });
  }
  const exportFile = own("exportFile")?.toString();
  if (exportFile === "") throw new AgentError("usage", 'Expected a file for --export, not "".');
  return {
    port: readPort(own("port")?.toString()),
    open: own("open") !== false,
    text: own("text") !== false,
    remoteTraces: own("remoteTraces") === true,
    exportFile,
    timezone: own("timezone")?.toString(),
    globals,
  };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = readNumber(text);
  if (port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new AgentError("usage", `Expected a whole number from 0 to 65535 for --port, not "${text}".`);
}

export const dashboardCommand: Command<DashboardArguments> = {
  name: "dashboard",
  summary: "Show warm caches, cost and sessions as a page in the browser",
  usage: ["dashboard [FLAGS]"],
  description: "Serves a page to this machine alone, and opens it in the browser. It shows which caches are warm and " +
    "counting down, what sessions cost and why, and keeps up to date while it is open. Only the page that was opened " +
    "from here can ask: its link works once, for a minute.",
  needs: ["network", "programs"],
  flags: FLAGS,
  notes: "Keys: o prints a new link, q or Ctrl-C quits. No browser is opened over SSH, in CI and where there is no " +
    "terminal. Once it serves, the program can neither use the network nor start programs.",
  examples: [
    { command: "dashboard", explains: "until you press q" },
    { command: "dashboard --no-open --port 0", explains: "print a link, on any free port" },
    { command: "dashboard --hide-project ~/private", explains: "leave a project out of its lists" },
  ],
  parse: parseDashboardArguments,
  run(parsed, host) {
    const { globals } = parsed;
    return host.dashboard({ ...parsed, globals: { ...globals, roots: expandRoots(globals.roots, homeOf(host.env)) } });
  },
};
