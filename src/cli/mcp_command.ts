/**
 * `mcp`, as far as the command line is concerned: its arguments and its help.
 *
 * No Operation: the server takes over standard input and output. What it does is handed in ({@linkcode RunMcp}), and is
 * loaded only then.
 */
import { AgentError } from "../core/errors.ts";
import { type ExtraRoot, type Flag, GLOBAL_FLAGS } from "./flag.ts";
import { readGlobalFlags } from "./global_flags.ts";
import { flagEntries, joinSections, layOut, readableWidth, titled } from "./help.ts";
import { readArguments } from "./read_arguments.ts";
import { suggest } from "./suggest.ts";
import { wrapText } from "./wrap_text.ts";

export const MCP_COMMAND = {
  name: "mcp",
  summary: "Serve these answers to agents over the Model Context Protocol",
} as const;

/** To serve, or to put the server into a client's configuration and take it out. */
export type McpArguments =
  | {
    readonly action: "serve";
    readonly readOnly: boolean;
    /** Directories that agents may be started in, as typed. Empty: the working directory. */
    readonly allowDirectories: readonly string[];
    readonly roots: readonly ExtraRoot[];
    /** False with `--no-index`. */
    readonly index: boolean;
  }
  | {
    readonly action: "install" | "uninstall";
    /** Everything behind the action, untouched. */
    readonly argv: readonly string[];
  };

/** @returns the exit status */
export type RunMcp = (mcp: McpArguments) => Promise<number>;

const ACTIONS = ["install", "uninstall"] as const;

const DEFAULTS = { positional: false, list: false, required: false, placeholder: "" } as const;

const SERVE_FLAGS: readonly Flag[] = [
  {
    ...DEFAULTS,
    field: "readOnly",
    name: "read-only",
    kind: "switch",
    description: "Leave out the tools that start agents",
  },
  {
    ...DEFAULTS,
    field: "allowDirectories",
    name: "allow-dir",
    kind: "text",
    placeholder: "DIR",
    list: true,
    description: "Agents may be started in this directory and below; default: the working directory",
  },
  ...GLOBAL_FLAGS.filter(({ field }) => ["roots", "index", "debug", "help"].includes(field)),
];

/**
 * @param argv what stands behind `mcp`
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong
 */
export function parseMcpArguments(argv: readonly string[], program: string): McpArguments | undefined {
  const command = `${program} ${MCP_COMMAND.name}`;
  const action = ACTIONS.find((action) => action === argv[0]);
  if (action !== undefined) {
    const rest = argv.slice(1);
    return rest.includes("--help") || rest.includes("-h") ? undefined : { action, argv: rest };
  }
  const { given, positionals: [surplus] } = readArguments(argv, SERVE_FLAGS, command);
  const globals = readGlobalFlags(given);
  if (globals.help) return undefined;
  if (surplus !== undefined) {
    const meant = suggest(surplus, ACTIONS);
    throw new AgentError("usage", `Expected ${ACTIONS.join(", ")} or nothing after "${command}", not "${surplus}".`, {
      hint: meant === undefined ? `\`${command} --help\` explains it.` : `Did you mean ${meant}?`,
    });
  }
  const allowDirectories = given.filter(({ flag }) => flag.field === "allowDirectories").map(({ value }) =>
    String(value)
  );
  if (allowDirectories.includes("")) {
    throw new AgentError("usage", 'Expected a directory for --allow-dir, not "".', {
      hint: "For example: --allow-dir ~/src.",
    });
  }
  return {
    action: "serve",
    readOnly: given.some(({ flag }) => flag.field === "readOnly"),
    allowDirectories,
    roots: globals.roots,
    index: globals.index,
  };
}

/** Ends in a line feed. */
export function mcpHelp({ program, width }: { readonly program: string; readonly width?: number }): string {
  const columns = readableWidth(width);
  const examples = [
    ["mcp install claude", "put the server into Claude Code's configuration; pi and codex likewise"],
    ["mcp install pi --print", "only show what would be done"],
    ["mcp uninstall claude", "take it out again"],
    ["mcp --read-only", "serve, without the tools that start agents; clients run this"],
  ];
  return joinSections([
    wrapText(MCP_COMMAND.summary, columns),
    [`Usage: ${program} mcp [FLAGS]`, `       ${program} mcp install|uninstall AGENT [--print]`],
    wrapText(
      "Without more, it serves over standard input and output until the client goes away: agents ask what their " +
        "sessions cost and whether their cache is still warm, and start traced runs of Pi.",
      columns,
    ),
    titled("Flags:", layOut(flagEntries(SERVE_FLAGS), columns)),
    titled(
      "Examples:",
      examples.flatMap(([command, explains]) => [`  ${program} ${command}`, `      ${explains}`]),
    ),
  ]);
}
