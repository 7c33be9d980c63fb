/**
 * The manual page, in roff with the macros of man(7): every command with all it takes, made from the same definitions as
 * help and completions. What is said here alone: files, environment, exit status.
 */
import { AGENT_TITLES, AGENTS } from "../../agents/agents.ts";
import { UNRECORDED_AGENTS } from "../../agents/unrecorded_agents.ts";
import { explainTimes } from "../../operations/report/time_syntax.ts";
import type { DescribedCommand } from "./describe_program.ts";
import { type Flag, GLOBAL_FLAGS, typedName } from "../arguments/flag.ts";
import { explain } from "./help.ts";
import { wrapText } from "../../core/wrap_text.ts";

/** What the page says of the program itself. */
export interface ManPageOptions {
  /** What people type. */
  readonly program: string;
  readonly version: string;
}

/** Every variable that a user may set. docs/reference/variables.md is made from it too. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["OPPER_HOME", "The directory of keys, index and settings. Default: ~/.opper. A ~ in it means your home."],
  [
    "OPPER_API_KEY, OPPER_BASE_URL",
    "The API key for Opper, used before every stored one, and the host that it is for.",
  ],
  [
    "OPENROUTER_API_KEY, OPENROUTER_BASE_URL",
    "The key for OpenRouter, used before those of agents, and the address that it is for.",
  ],
  ["OPENROUTER_MANAGEMENT_KEY", "A management key for OpenRouter, which asks about many turns at once."],
  ...[...AGENTS, ...UNRECORDED_AGENTS].flatMap(({ variables }) => variableRows(variables)),
  [
    "NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR",
    "Certificates of further authorities, such as a company's own. HTTPS_PROXY and NO_PROXY are used too.",
  ],
  ["TZ", "The time zone, used before that of config.json: a name, the path of a zone's file, or POSIX rules."],
  ["USER, LOGNAME, USERNAME", "Whose turns export writes, where git has no address."],
  ["OTEL_EXPORTER_OTLP_HEADERS", "Headers that export --otlp sends: name=value, with commas between."],
  ["SSH_CONNECTION, CI", "If one is set, dashboard opens no browser."],
  ["NO_COLOR, FORCE_COLOR, TERM", "Switch colours on or off; --color is used before them."],
];

export const FILES: readonly (readonly [name: string, meaning: string])[] = [
  ["$OPPER_HOME/agent/config.json", "Your defaults; see config."],
  ["$OPPER_HOME/agent/prices.json", "Your own prices, by provider and model."],
  ["$OPPER_HOME/agent/index-*.db", "The index of the logs. You may delete it at any time."],
  ["$OPPER_HOME/agent/evidence.db", "Answers of gateways about responses. enrich --forget deletes it."],
  ["$OPPER_HOME/agent/export-*", "Notes of export, and its rows for servers. Without them all is compared again."],
  ["$OPPER_HOME/agent/limits.jsonl", "Readings of limits that statusline kept. Without it their history is lost."],
  ["$OPPER_HOME/agent/statusline.json", "The figures that statusline shows. You may delete it at any time."],
];

export const STATUS: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "Success, also when the reader of the output went away."],
  ["1", "Failure. For whoami also: the key was not accepted."],
  ["2", "An argument, or a setting, is wrong."],
  ["3", "limits --fail-above: a limit is used further than that."],
  ["125 to 127", "launch could not start the agent. Otherwise its status is the agent's."],
];

/** Ends in a line feed. */
export function manPage(commands: readonly DescribedCommand[], { program, version }: ManPageOptions): string {
  const lines = [
    `.\\" Made by: ${program} man`,
    `.TH ${quote(program.toUpperCase())} 1 "" ${quote(`${program} ${version}`)} "User Commands"`,
    ".SH NAME",
    `${roff(program)} \\- what coding agents cost, and whether their caches are warm`,
    ".SH SYNOPSIS",
    `.B ${roff(program)}`,
    ".I COMMAND",
    "[FLAGS]",
    ".SH DESCRIPTION",
    ...filled(
      `Reads the logs that coding agents (${AGENT_TITLES}) left on this machine. Shows ` +
        "what every session cost, how well its prompt cache worked, and whether that cache is " +
        "still warm. Starts Pi with its calls routed through Opper. Answers go to standard " +
        "output, everything else to standard error.",
    ),
    ...[...Map.groupBy(commands, ({ group }) => group)].flatMap(([group, commands]) => [
      group === undefined ? ".SH COMMANDS" : `.SH ${quote(`COMMANDS: ${group.toUpperCase()}`)}`,
      ...commands.flatMap((command) => commandLines(command, program)),
    ]),
    ".SH FLAGS OF EVERY COMMAND",
    ...filled(
      `All but ${commands.filter(({ takesGlobals }) => !takesGlobals).map(({ name }) => name).join(", ")} take these.`,
    ),
    ...GLOBAL_FLAGS.flatMap(flagLines),
    ".SH TIMES",
    ...explainTimes(["TIME", "RANGE"]).flatMap(filled),
    ".SH EXIT STATUS",
    ...definitions(STATUS),
    ".SH ENVIRONMENT",
    ...definitions(ENVIRONMENT),
    ".SH FILES",
    ...definitions(FILES),
  ];
  return `${lines.join("\n")}\n`;
}

/** One row for those that have a sentence in common. */
function variableRows(variables: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return [...Map.groupBy(Object.keys(variables), (name) => variables[name]!)]
    .map(([meaning, names]) => [names.join(", "), meaning]);
}

function commandLines(command: DescribedCommand, program: string): readonly string[] {
  return [
    `.SS ${quote(command.name)}`,
    `${roff(command.summary)}.`,
    ".PP",
    ".nf",
    ...command.usage.map((usage) => `.B ${quote(`${program} ${usage}`)}`),
    ".fi",
    ".PP",
    ...filled(command.description),
    ...command.positionals.flatMap((
      flag,
    ) => [".TP", `.I ${roff(flag.placeholder)}`, ...filled(withFullStop(explain(flag)))]),
    ...command.flags.flatMap(flagLines),
    ...(command.notes === undefined ? [] : [".PP", ...filled(command.notes)]),
    ...command.examples.flatMap(({ command, explains }) => [
      ".PP",
      ...filled(`${explains}:`),
      ".PP",
      ".RS 4",
      ".nf",
      roff(`${program} ${command}`),
      ".fi",
      ".RE",
    ]),
  ];
}

function flagLines(flag: Flag): readonly string[] {
  const short = flag.short === undefined ? "" : `\\fB${roff(`-${flag.short}`)}\\fR, `;
  const value = flag.kind === "switch" ? "" : ` \\fI${roff(flag.placeholder)}\\fR`;
  return [".TP", `${short}\\fB${roff(typedName(flag))}\\fR${value}`, ...filled(withFullStop(explain(flag)))];
}

function definitions(rows: readonly (readonly [string, string])[]): readonly string[] {
  return rows.flatMap(([name, meaning]) => [".TP", `.B ${quote(name)}`, ...filled(meaning)]);
}

function withFullStop(text: string): string {
  return /[.\]]$/.test(text) ? text : `${text}.`;
}

/** A paragraph, in lines of a length that people can read in the source too. */
function filled(text: string): readonly string[] {
  return wrapText(text, 72).map(roff);
}

/** Text that roff prints and does not obey. A hyphen is what can be typed, and not a dash. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/gm, "\\&");
}

/** One argument of a macro. */
function quote(text: string): string {
  return `"${roff(text).replaceAll('"', '""')}"`;
}
