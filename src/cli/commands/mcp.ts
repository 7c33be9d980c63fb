/**
 * `mcp`, as far as the command line is concerned: its arguments and its help.
 *
 * No Operation: the server takes over standard input and output. What it does is handed in (`CliHost.mcp`), and is
 * loaded only then.
 */
import { idsWith } from "../../agents/agents.ts";
import { AgentError } from "../../core/errors.ts";
import { expandRoots, homeOf } from "../arguments/extra_roots.ts";
import type { Command } from "../command.ts";
import type { McpArguments } from "../host.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readGlobalFlags } from "../arguments/global_flags.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import { suggest } from "../../core/suggest.ts";

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
  ...GLOBAL_FLAGS.filter(({ field }) => ["roots", "hideProjects", "index", "debug", "help"].includes(field)),
];

/**
 * @param argv what stands behind `mcp`
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong
 */
function parseMcpArguments(argv: readonly string[], program: string): McpArguments | undefined {
  const command = `${program} mcp`;
  const action = ACTIONS.find((action) => action === argv[0]);
  if (action !== undefined) {
    const rest = argv.slice(1);
    return rest.includes("--help") || rest.includes("-h") ? undefined : { action, argv: rest };
  }
  const { given, positionals: [surplus] } = readCommandArguments(argv, SERVE_FLAGS, command);
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
    hideProjects: globals.hideProjects,
    index: globals.index,
  };
}

const EXAMPLE = "mcp install claude";

/** The agents that our server can be put into as well: `pi and codex`. */
function othersThan(example: string): string {
  const ids = idsWith("mcpClient").filter((id) => !example.endsWith(` ${id}`));
  return [ids.slice(0, -1).join(", "), ids.at(-1)].filter((part) => part !== "").join(" and ");
}

export const mcpCommand: Command<McpArguments> = {
  name: "mcp",
  summary: "Serve these answers to agents over the Model Context Protocol",
  usage: [
    "mcp [FLAGS]",
    "mcp install AGENT [--read-only] [--allow-dir DIR] [--print]",
    "mcp uninstall AGENT [--print]",
  ],
  description: "Without arguments, serves MCP over stdin and stdout until the client disconnects. Agents " +
    "can then ask what their sessions cost and whether their cache is still warm, and start " +
    "traced runs of Pi.",
  needs: ["network", "programs", "user_files"],
  flags: [
    {
      ...DEFAULTS,
      field: "action",
      name: "action",
      kind: "text",
      positional: true,
      placeholder: "ACTION",
      choices: ACTIONS,
      description: "Add the server to an agent's configuration, or remove it",
    },
    {
      ...DEFAULTS,
      field: "client",
      name: "client",
      kind: "text",
      positional: true,
      placeholder: "AGENT",
      choices: idsWith("mcpClient"),
      description: "The agent",
    },
    ...SERVE_FLAGS.slice(0, -1),
    {
      ...DEFAULTS,
      field: "print",
      name: "print",
      kind: "switch",
      description: "With install and uninstall: only show what would be done",
    },
    ...SERVE_FLAGS.slice(-1),
  ],
  examples: [
    {
      command: EXAMPLE,
      explains: "add the server to Claude Code's configuration; likewise for " + othersThan(EXAMPLE),
    },
    { command: "mcp install pi --print", explains: "only show what would be done" },
    {
      command: "mcp install codex --read-only",
      explains: "without the tools that start agents, also when it is installed again",
    },
    { command: "mcp uninstall claude", explains: "remove it again" },
    { command: "mcp --read-only", explains: "serve, without the tools that start agents; clients run this" },
  ],
  parse: parseMcpArguments,
  run: (parsed, host) =>
    host.mcp(
      parsed.action === "serve" ? { ...parsed, roots: expandRoots(parsed.roots, homeOf(host.env)) } : parsed,
    ),
};
