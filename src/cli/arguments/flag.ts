/**
 * Defines a flag: the table that parsing and help both read. Lists the flags of every command.
 *
 * Loads nothing, so that the list of commands can be shown at once. Deriving flags from an input is flags.ts.
 */
import type { ExtraRoot } from "../../core/extra_root.ts";
import type { ColorChoice } from "../../host/terminal.ts";
import type { NumberRange } from "../../operations/contract/input.ts";

/** One flag or positional argument. Plain data. */
export interface Flag {
  /** Key in the operation's input. */
  readonly field: string;
  /** Without dashes: `as-of`. */
  readonly name: string;
  /** Names that it had before: still accepted, and shown nowhere. */
  readonly formerNames?: readonly string[];
  /** One letter. */
  readonly short?: string;
  readonly kind: "switch" | "text" | "number" | "integer";
  /** What stands for the value in help. Unused by switches. */
  readonly placeholder: string;
  /** Of a switch that is on by default: what `--no-x` does. */
  readonly description: string;
  /** Taken from the arguments that are not flags. */
  readonly positional: boolean;
  /** May be repeated, and as a flag may hold several values with commas between. */
  readonly list: boolean;
  readonly required: boolean;
  readonly default?: unknown;
  readonly choices?: readonly string[];
  /** What a shell offers besides; anything else may be right too. */
  readonly offers?: readonly string[];
  /** Whether it takes the name of a flag of every command. @default false */
  readonly replacesGlobal?: boolean;
  /** Least and greatest number, both allowed unless `exclusive`. */
  readonly range?: NumberRange;
}

/** Flags of every command, apart from the command's own input. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly csv: boolean;
  readonly help: boolean;
  /** Show the stack of an unexpected error. */
  readonly debug: boolean;
  readonly color: ColorChoice;
  /** By `--root`, as typed. */
  readonly roots: readonly ExtraRoot[];
  /** Part of a path, or a path, each; as typed. */
  readonly hideProjects: readonly string[];
  /** Decimals of amounts in tables. */
  readonly digits?: number;
  /** False with `--no-index`: scan in memory. */
  readonly index: boolean;
  /** No progress and no warnings on standard error; errors stay. */
  readonly quiet: boolean;
}

/** Flags of what a program asks on its own: nothing is said but the answer. */
export const SILENT_FLAGS: GlobalFlags = {
  json: false,
  csv: false,
  help: false,
  debug: false,
  color: "never",
  roots: [],
  hideProjects: [],
  index: true,
  quiet: true,
};

export const COLOR_CHOICES: readonly ColorChoice[] = ["auto", "always", "never"];

const GLOBAL_DEFAULTS = { positional: false, list: false, required: false, placeholder: "" } as const;

/** In the order that help shows them. `no-color` is a flag of its own, the short form of `--color never`. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { ...GLOBAL_DEFAULTS, field: "json", name: "json", kind: "switch", description: "Print one JSON document" },
  { ...GLOBAL_DEFAULTS, field: "csv", name: "csv", kind: "switch", description: "Print the first table as CSV" },
  {
    ...GLOBAL_DEFAULTS,
    field: "roots",
    name: "root",
    kind: "text",
    placeholder: "SOURCE=DIR",
    list: true,
    description: "Also read logs of this source below this directory",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "hideProjects",
    name: "hide-project",
    kind: "text",
    placeholder: "PATH",
    list: true,
    description: "Leave these projects out of lists; sums still count them",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "digits",
    name: "digits",
    kind: "integer",
    placeholder: "COUNT",
    range: { minimum: 0, maximum: 6 },
    description: "Decimals of amounts in tables",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "index",
    name: "index",
    kind: "switch",
    default: true,
    description: "Read every log again; neither use nor write the index",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "color",
    name: "color",
    kind: "text",
    placeholder: "WHEN",
    choices: COLOR_CHOICES,
    default: "auto",
    description: "Colour the output",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "noColor",
    name: "no-color",
    kind: "switch",
    description: "The same as --color never",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "quiet",
    name: "quiet",
    kind: "switch",
    description: "Show no progress and no warnings",
  },
  {
    ...GLOBAL_DEFAULTS,
    field: "debug",
    name: "debug",
    kind: "switch",
    description: "Show the stack of an unexpected error",
  },
  { ...GLOBAL_DEFAULTS, field: "help", name: "help", short: "h", kind: "switch", description: "Show this help" },
];

/**
 * The flags of every command beside a command's own: one whose name the command has taken is called `--print-x`.
 *
 * @param own The command's
 */
export function globalFlagsBeside(own: readonly Flag[]): readonly Flag[] {
  const taken = new Set(own.filter(({ replacesGlobal }) => replacesGlobal).map(({ name }) => name));
  return GLOBAL_FLAGS.map((flag) => taken.has(flag.name) ? { ...flag, name: `print-${flag.name}` } : flag);
}

/** How a flag or argument is called in a sentence: `--since`, `SESSION`. */
export function labelOf(flag: Flag): string {
  return flag.positional ? flag.placeholder : `--${flag.name}`;
}

/** Every name that it can be typed by, without dashes. */
export function acceptedNames(flag: Flag): readonly string[] {
  return [flag.name, ...flag.formerNames ?? []];
}

/** As it is typed: `--since`, `--no-index`. */
export function typedName(flag: Flag): string {
  return isNegatable(flag) ? `--no-${flag.name}` : `--${flag.name}`;
}

/** Whether `--no-x` is offered: it is what turns off a switch that is on by itself. */
export function isNegatable(flag: Flag): boolean {
  return flag.kind === "switch" && flag.default === true;
}
