/**
 * Help for the program and for one command, as text for a given width.
 *
 * Imports no operation and no schema library: the list of commands comes as names and summaries, flags as plain data.
 */
import type { Example, Operation } from "../../operations/contract/operation.ts";
import { explainTimes } from "../../operations/report/time_syntax.ts";
import type { Command } from "../command.ts";
import { type Flag, GLOBAL_FLAGS, globalFlagsBeside, typedName } from "../arguments/flag.ts";
import { groupCommands } from "./command_groups.ts";
import { wrapText } from "../../core/wrap_text.ts";

/** A command in the list of commands. */
export interface ListedSummary {
  readonly name: string;
  readonly summary: string;
  /** Run when no command is named. */
  readonly isDefault?: boolean;
}

/** How help is laid out, and for whom. */
export interface HelpOptions {
  /** What people type: `opper-agent`. */
  readonly program: string;
  /** Columns. Text wider than 100 is hard to read and is never made. @default 80 */
  readonly width?: number;
}

const HELP_ENTRIES = [
  ["help COMMAND", "Explain a command and show examples"],
  ["help flags", "List the flags of every command, such as --json and --csv"],
  ["--version", "Print the version"],
] as const;

/** What `help` says about an operation; its schemas are not looked at. */
export type DescribedOperation = Pick<Operation, "name" | "summary" | "description" | "examples">;

/** Help for the program: what it is, its commands by purpose, and what to type next. Ends in a line feed. */
export function programHelp(commands: readonly ListedSummary[], options: HelpOptions): string {
  const { program } = options;
  const width = readableWidth(options.width);
  const byDefault = commands.find(({ isDefault }) => isDefault);
  const entries = (commands: readonly ListedSummary[]) => commands.map(({ name, summary }) => [name, summary] as const);
  const left = leftWidth([...entries(commands), ...HELP_ENTRIES]);
  return joinSections([
    wrapText(
      "Shows what the coding agents on this machine cost, and whether their prompt caches are still warm.",
      width,
    ),
    [`Usage: ${program} ${byDefault === undefined ? "COMMAND" : "[COMMAND]"} [FLAGS]`],
    ...groupCommands(commands).map(({ title, commands }) =>
      titled(`${title}:`, layOut(entries(commands), width, left))
    ),
    titled("Help:", layOut(HELP_ENTRIES, width, left)),
    byDefault === undefined ? [] : wrapText(`Without a command, ${byDefault.name} is run.`, width),
  ]);
}

/**
 * Help for the flags of every command. Ends in a line feed.
 *
 * @param others names of the commands that do not take them
 */
export function flagsHelp(others: readonly string[], options: HelpOptions): string {
  const width = readableWidth(options.width);
  return joinSections([
    ["Flags of every command:", ...layOut(flagEntries(GLOBAL_FLAGS), width)],
    others.length === 0 ? [] : wrapText(`Not of these, whose help lists what they take: ${others.join(", ")}.`, width),
  ]);
}

/**
 * Help for one command: usage, what it does, its arguments and flags, and examples. Where a value is called TIME
 * or RANGE, what it may be. Ends in a line feed.
 */
export function operationHelp(operation: DescribedOperation, flags: readonly Flag[], options: HelpOptions): string {
  const { program } = options;
  const width = readableWidth(options.width);
  const positionals = flags.filter(({ positional }) => positional);
  const own = flags.filter(({ positional }) => !positional);
  return joinSections([
    wrapText(operation.summary, width),
    wrapText(["Usage:", program, operation.name, ...positionals.map(usageText), "[FLAGS]"].join(" "), width),
    wrapText(operation.description, width),
    titled("Arguments:", layOut(positionals.map((flag) => [flag.placeholder, explain(flag)]), width)),
    titled("Flags:", layOut(flagEntries(own), width)),
    explainTimes(flags.map(({ placeholder }) => placeholder)).flatMap((text) => wrapText(text, width)),
    exampleLines(operation.examples, program, width),
    wrapText(`Flags of every command: ${program} help flags`, width),
    ...globalFlagsBeside(own).filter((flag) => !GLOBAL_FLAGS.includes(flag)).map((flag) =>
      wrapText(`Its --${flag.field} is called ${typedName(flag)} here: ${lowerFirst(flag.description)}.`, width)
    ),
  ]);
}

/** Help for a command. Ends in a line feed. */
export function commandHelp(command: Command, options: HelpOptions): string {
  const { program } = options;
  const width = readableWidth(options.width);
  return joinSections([
    wrapText(command.summary, width),
    command.usage.map((usage, index) => `${index === 0 ? "Usage:" : "      "} ${program} ${usage}`),
    wrapText(command.description, width),
    titled("Flags:", layOut(flagEntries(command.flags.filter(({ positional }) => !positional)), width)),
    command.notes === undefined ? [] : wrapText(command.notes, width),
    exampleLines(command.examples, program, width),
  ]);
}

function exampleLines(examples: readonly Example[], program: string, width: number): readonly string[] {
  return titled(
    "Examples:",
    examples.flatMap(({ command, explains }) => [
      `  ${program} ${command}`,
      ...wrapText(explains, width - 6).map((line) => `      ${line}`),
    ]),
  );
}

/** Columns to lay help out in. */
function readableWidth(width = 80): number {
  return Math.max(20, Math.min(width, 100));
}

/** `SESSION`, `[KEY]`, `[VALUE...]`. */
export function usageText(flag: Flag): string {
  const name = flag.list ? `${flag.placeholder}...` : flag.placeholder;
  return flag.required ? name : `[${name}]`;
}

/** What {@linkcode layOut} shows of flags. */
function flagEntries(flags: readonly Flag[]): (readonly [string, string])[] {
  const anyShort = flags.some(({ short }) => short !== undefined);
  return flags.map((flag) => {
    const short = flag.short !== undefined ? `-${flag.short}, ` : anyShort ? "    " : "";
    return [
      `${short}${typedName(flag)}${flag.kind === "switch" ? "" : ` ${flag.placeholder}`}`,
      explain(flag),
    ] as const;
  });
}

/** What it is for, with what it takes and its default. */
export function explain(flag: Flag): string {
  const notes = [
    flag.choices === undefined ? [] : [`one of: ${flag.choices.join(", ")}`],
    flag.list && !flag.positional ? ["repeatable"] : [],
    flag.required ? ["required"] : [],
    flag.default === undefined || flag.kind === "switch" ? [] : [`default: ${flag.default}`],
  ].flat();
  return notes.length === 0 ? flag.description : `${flag.description} [${notes.join("; ")}]`;
}

type Entry = readonly [left: string, right: string];

function leftWidth(entries: readonly Entry[]): number {
  return Math.max(0, ...entries.map(([left]) => left.length));
}

/** Two columns, or where that leaves the right one too little room, one below the other. @param left width of the first */
function layOut(entries: readonly Entry[], width: number, left = leftWidth(entries)): string[] {
  const indent = 2 + left + 2;
  if (width - indent < 28) {
    return entries.flatMap(([left, right]) => [
      `  ${left}`,
      ...wrapText(right, width - 10).map((line) => `${" ".repeat(10)}${line}`),
    ]);
  }
  return entries.flatMap(([name, right]) =>
    wrapText(right, width - indent).map((line, index) => `  ${(index === 0 ? name : "").padEnd(left)}  ${line}`)
  );
}

/** Nothing at all without lines. */
function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** Sections with a blank line between, those without lines left out. Ends in a line feed. */
function joinSections(sections: readonly (readonly string[])[]): string {
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function lowerFirst(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1);
}
