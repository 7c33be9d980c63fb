/**
 * `launch`, as far as the command line is concerned: which arguments are ours and which the agent's, and its help.
 *
 * No Operation: it takes over the terminal, prints no answer of its own, and ends with the status of what it started.
 * What it does is handed in (`CliHost.launch`).
 */
import { AgentError, EXIT_STATUS } from "../../core/errors.ts";
import { idsWith } from "../../agents/agents.ts";
import type { LaunchOptions } from "../../agents/launcher.ts";
import type { Command } from "../command.ts";
import { acceptedNames, type Flag } from "../arguments/flag.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";

const DEFAULTS = { positional: false, list: false, required: false, placeholder: "" } as const;

const LAUNCH_FLAGS: readonly Flag[] = [
  {
    ...DEFAULTS,
    field: "model",
    name: "model",
    kind: "text",
    placeholder: "ID",
    description: "Model to start with, by its id at Opper",
  },
  {
    ...DEFAULTS,
    field: "keyName",
    name: "key",
    formerNames: ["key-name"],
    kind: "text",
    placeholder: "NAME",
    description: "Name of a stored key, instead of the default one",
  },
  {
    ...DEFAULTS,
    field: "baseUrl",
    name: "base-url",
    kind: "text",
    placeholder: "URL",
    description: "Route through this host instead of https://api.opper.ai",
  },
  {
    ...DEFAULTS,
    field: "tags",
    name: "tag",
    kind: "text",
    placeholder: "KEY=VALUE",
    list: true,
    description: "Tag everything that this launch does at Opper",
  },
  {
    ...DEFAULTS,
    field: "mcpTools",
    name: "mcp-tools",
    kind: "switch",
    default: true,
    description: "Do not give the agent this program's own tools",
  },
  {
    ...DEFAULTS,
    field: "relay",
    name: "relay",
    kind: "switch",
    default: true,
    description: "Give the agent the key itself: one trace for all its sessions, and no relay that keeps the key",
  },
  { ...DEFAULTS, field: "install", name: "install", kind: "switch", description: "Install the agent if it is missing" },
  {
    ...DEFAULTS,
    field: "dryRun",
    name: "dry-run",
    kind: "switch",
    description: "Print what would be done, with the key masked, and do nothing",
  },
  { ...DEFAULTS, field: "quiet", name: "quiet", kind: "switch", description: "Print no summary afterwards" },
  {
    ...DEFAULTS,
    field: "debug",
    name: "debug",
    kind: "switch",
    description: "Show the stack of an unexpected error",
  },
  { ...DEFAULTS, field: "help", name: "help", short: "h", kind: "switch", description: "Show this help" },
];

/**
 * What our own server tells the launches that it starts, and nobody else has a use for: not in the help. No variable of
 * the environment, which the agent and everything below it would inherit.
 */
const PARENT_FLAG: Flag = {
  ...DEFAULTS,
  field: "parentPid",
  name: "end-with-parent",
  kind: "integer",
  placeholder: "PID",
  description: "",
};
const ALL_FLAGS: readonly Flag[] = [...LAUNCH_FLAGS, PARENT_FLAG];

/**
 * Splits the arguments behind `launch`: flags of ours, the agent's name, and all the rest, which is the agent's.
 *
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when a flag is wrong or no agent is named
 */
function parseLaunchArguments(argv: readonly string[], program: string): LaunchOptions | undefined {
  const command = `${program} launch`;
  const at = argv.findIndex((argument, index) => !argument.startsWith("-") && !takesNext(argv[index - 1]));
  const own = (at === -1 ? argv : argv.slice(0, at)).filter((argument) => argument !== "--");
  const { given } = readCommandArguments(own, ALL_FLAGS, command);
  const valueOf = (field: string) => given.findLast(({ flag }) => flag.field === field)?.value;
  if (valueOf("help") === true) return undefined;
  if (at === -1) {
    throw new AgentError("usage", `"${command}" needs the agent to start.`, {
      hint: `For example: ${command} ${idsWith("launcher")[0]}.`,
    });
  }
  const textOf = (field: string) => {
    const value = valueOf(field);
    return typeof value === "string" ? value : undefined;
  };
  return {
    agent: argv[at]!,
    argv: argv.slice(at + 1),
    model: textOf("model"),
    keyName: textOf("keyName"),
    baseUrl: textOf("baseUrl"),
    tags: given.filter(({ flag }) => flag.field === "tags").map(({ value }) => String(value)),
    mcpTools: valueOf("mcpTools") !== false,
    relay: valueOf("relay") !== false,
    install: valueOf("install") === true,
    dryRun: valueOf("dryRun") === true,
    quiet: valueOf("quiet") === true,
    ...parentOf(textOf("parentPid")),
  };
}

/** @throws {AgentError} usage, for what is no process id */
function parentOf(text: string | undefined): Pick<LaunchOptions, "parentPid"> {
  if (text === undefined) return {};
  if (/^[1-9]\d{0,9}$/.test(text)) return { parentPid: Number(text) };
  throw new AgentError("usage", `Expected PID after --${PARENT_FLAG.name} to be the id of a process, not "${text}".`, {
    hint: "This flag is for programs that start a launch without a terminal; leave it out.",
  });
}

/** Whether an argument is a flag that takes the one behind it as its value. */
function takesNext(argument: string | undefined): boolean {
  return ALL_FLAGS.some((flag) =>
    flag.kind !== "switch" && acceptedNames(flag).some((name) => argument === `--${name}`)
  );
}

export const launchCommand: Command<LaunchOptions> = {
  name: "launch",
  summary: "Start an agent with its model calls routed through Opper, one trace a session",
  usage: ["launch [FLAGS] AGENT [ARGUMENTS OF THE AGENT]"],
  description: "Runs an agent with its own settings, skills and sessions. Its model calls go through " +
    "Opper. Each session becomes one trace, whether it was started, resumed, forked or " +
    "started from within another. A trace stays with one inference provider, so that prompt " +
    "caching pays off. Nothing of the launch stays in the agent's directory afterwards.",
  needs: ["network", "programs", "user_files"],
  flags: [
    {
      ...DEFAULTS,
      field: "agent",
      name: "agent",
      kind: "text",
      positional: true,
      required: true,
      placeholder: "AGENT",
      choices: idsWith("launcher"),
      description: "The agent to start; everything after it goes to the agent",
    },
    ...LAUNCH_FLAGS,
  ],
  passesRest: true,
  notes: "The key is the one in OPPER_API_KEY, or else the stored one. The exit status is the " +
    "agent's own. 125 to 127 mean that it was not started, 128 and more that a signal ended it.",
  examples: [
    { command: "launch pi", explains: "Pi in full screen, through Opper" },
    {
      command: 'launch pi -p "What changed today?"',
      explains: "one question; everything after pi goes to Pi",
    },
    {
      command: "launch --model claude-sonnet-4-6 --tag team=core pi --continue",
      explains: "the last session, with a model and a tag",
    },
    { command: "launch --dry-run pi", explains: "show what would be done" },
  ],
  // Below 125 a status is that of the program that was started: what fails before has none of those.
  leastErrorStatus: EXIT_STATUS.launch_failed,
  parse: parseLaunchArguments,
  run: (parsed, host) => host.launch(parsed),
};
