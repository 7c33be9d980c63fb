/**
 * `export`, as far as the command line is concerned: its arguments and its help. A command, because it prints as many rows
 * as there are turns. What it does is export.ts, which is loaded only then.
 */
import { AgentError } from "../../core/errors.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readGlobalFlags } from "../arguments/global_flags.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import type { Command } from "../command.ts";
import type { ExportArguments } from "./export.ts";

function textFlag(
  field: string,
  name: string,
  placeholder: string,
  description: string,
  others: Partial<Flag> = {},
): Flag {
  return {
    field,
    name,
    kind: "text",
    placeholder,
    description,
    positional: false,
    list: false,
    required: false,
    ...others,
  };
}

const OWN_FLAGS: readonly Flag[] = [
  textFlag("directory", "directory", "DIRECTORY", "Write files there: month=YYYY-MM/PERSON-HOST.parquet", {
    positional: true,
  }),
  textFlag("format", "format", "FORMAT", "Print rows instead of writing files", { choices: ["csv", "jsonl"] }),
  textFlag("post", "post", "URL", "Send new and changed rows there as Parquet, such as to ClickHouse"),
  textFlag("put", "put", "URL", "Put files there; {file} stands for a month's, else all is one file"),
  textFlag("otlp", "otlp", "URL", "Send log records to an OpenTelemetry collector"),
  textFlag("headersFile", "headers-file", "FILE", "Send these headers, a `Name: value` a line"),
  textFlag("since", "since", "TIME", "Leave out earlier turns: 2026-11-01, 30d, month"),
  textFlag("person", "person", "NAME", "Name of the person; default: git's user.email, or the user's name"),
  textFlag("host", "host", "NAME", "Name of the machine; default: its own"),
  textFlag("hash", "hash", "NAMES", "Hash these with the team's key: person, host, project", { list: true }),
  textFlag("keyFile", "key-file", "FILE", "The team's key, the same on all machines"),
  textFlag("without", "without", "NAMES", "Leave these empty: host, project, session", { list: true }),
  textFlag("projects", "projects", "FORM", "Name projects by this; default: repository", {
    choices: ["repository", "directory", "path"],
  }),
  textFlag("printTimer", "print-timer", "SYSTEM", "Print a timer that runs the same export; install nothing", {
    choices: ["systemd", "launchd"],
  }),
  textFlag("dryRun", "dry-run", "", "Show three rows and what leaves; write nothing", { kind: "switch" }),
];

const FLAGS: readonly Flag[] = [
  ...OWN_FLAGS,
  ...GLOBAL_FLAGS.filter(({ field }) =>
    ["json", "roots", "hideProjects", "index", "quiet", "debug", "help"].includes(field)
  ),
];

/**
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong
 */
export function parseExportArguments(argv: readonly string[], program: string): ExportArguments | undefined {
  const command = `${program} export`;
  const { given, positionals: [directory, surplus] } = readCommandArguments(argv, FLAGS, command);
  const globals = readGlobalFlags(given.filter(({ flag }) => !OWN_FLAGS.includes(flag)));
  if (globals.help) return undefined;
  if (surplus !== undefined) {
    throw new AgentError("usage", `"${command}" takes one DIRECTORY, but was given "${surplus}" as well.`, {
      hint: `\`${command} --help\` lists its flags.`,
    });
  }
  const texts: Record<string, string> = {};
  for (const { flag, value } of given) {
    if (!OWN_FLAGS.includes(flag) || typeof value !== "string") continue;
    if (value.trim() === "") throw new AgentError("usage", `Expected ${flag.placeholder} for --${flag.name}, not "".`);
    texts[flag.field] = flag.list && texts[flag.field] !== undefined ? `${texts[flag.field]},${value}` : value;
  }
  const typed = given.filter(({ flag }) => !["printTimer", "json", "debug"].includes(flag.field));
  return {
    ...texts,
    typed: typed.map(({ rawName, value }) => typeof value === "string" ? `${rawName}=${value}` : rawName),
    ...(directory === undefined ? {} : { directory }),
    dryRun: given.some(({ flag, value }) => flag.field === "dryRun" && value === true),
    globals,
  };
}

export const exportCommand: Command<ExportArguments> = {
  name: "export",
  summary: "Write one row a turn, for a team's DuckDB, ClickHouse, PostgreSQL or collector",
  usage: ["export DIRECTORY [FLAGS]", "export --format csv|jsonl [FLAGS]", "export --post|--put|--otlp URL [FLAGS]"],
  description: "Writes a row for each billed response: who, where, which model, tokens, cost, and what became of " +
    "the cache. Files are Parquet, one a month, for a directory that a whole team writes to. You may run it " +
    "again at any time: only what changed is written. Rows stay when an agent deletes its logs. No row has text, titles, file names or branches. --dry-run shows what would leave.",
  needs: ["network", "user_files"],
  flags: FLAGS,
  notes: "config.json can hold person, host, hash, keyFile, without and projects as export.person and so on. " +
    "Hidden projects (--hide-project) are exported as (hidden). Headers with keys go into a file or, for --otlp, into " +
    "OTEL_EXPORTER_OTLP_HEADERS; never among the arguments, which others can read. A server gets again whatever it " +
    "has not confirmed.",
  examples: [
    { command: "export /mnt/team", explains: "add this machine's turns to a shared directory" },
    { command: "export --dry-run", explains: "three rows, and which columns leave" },
    {
      command: "export /mnt/team --hash person,host --key-file ~/team.key",
      explains: "with hashes in place of names",
    },
    {
      command: "export --otlp http://localhost:4318",
      explains: "to a collector, which may get a turn more than once",
    },
    {
      command: "export /mnt/team --print-timer systemd",
      explains: "units that run it every quarter of an hour",
    },
    { command: "export --format csv --since month", explains: "this month's turns for a spreadsheet" },
  ],
  parse: parseExportArguments,
  async run(parsed, host) {
    const { runExport } = await import("./export.ts");
    return await runExport(parsed, host, exportCommand);
  },
};
