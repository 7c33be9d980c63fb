/**
 * Reads the flags of every command, and finds the command among the arguments.
 *
 * Needs no operation: `opper-agent help` and a mistyped command are answered before anything is loaded.
 */
import { AgentError } from "../../core/errors.ts";
import type { ExtraRoot } from "../../core/extra_root.ts";
import { COLOR_CHOICES, type Flag, GLOBAL_FLAGS, type GlobalFlags } from "./flag.ts";
import { type GivenFlag, readCommandArguments } from "./read_arguments.ts";

/** Arguments, taken apart before it is known what the command takes. */
export interface SplitArguments {
  /** The first argument that is not a flag; undefined when there is none. */
  readonly command?: string;
  /** All the others, in their order. */
  readonly rest: readonly string[];
}

/**
 * Finds the command. Flags of every command may stand before it, its own only behind.
 *
 * @param flags That may stand before it. @default those of every command
 * @throws {AgentError} usage, on an unknown flag or a missing value before the command
 */
export function splitCommand(
  argv: readonly string[],
  program: string,
  flags: readonly Flag[] = GLOBAL_FLAGS,
): SplitArguments {
  const at = argv.findIndex((argument, index) =>
    argument === "--" || (!(argument.startsWith("-") && argument.length > 1) && !takesNext(argv[index - 1], flags))
  );
  const before = at === -1 ? argv : argv.slice(0, at);
  // For its complaints alone: the command's own parsing reads these flags again, together with the rest.
  readCommandArguments(before, flags, program);
  if (at === -1) return { rest: argv };
  const command = argv[at] === "--" ? at + 1 : at;
  return { command: argv[command], rest: [...before, ...argv.slice(command + 1)] };
}

/** Whether an argument is a flag that takes the one behind it as its value. */
function takesNext(argument: string | undefined, flags: readonly Flag[]): boolean {
  return flags.some(({ name, short, kind }) =>
    kind !== "switch" && (argument === `--${name}` || (short !== undefined && argument === `-${short}`))
  );
}

/**
 * Of repeated flags the last one counts; `--root` and `--hide-project` add up.
 *
 * @throws {AgentError} usage, on a wrong value or on flags that exclude each other
 */
export function readGlobalFlags(given: readonly GivenFlag[]): GlobalFlags {
  let flags: GlobalFlags = {
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
  for (const { flag, value } of given) {
    if (flag.field === "color") flags = { ...flags, color: readColor(String(value)) };
    else if (flag.field === "noColor") flags = { ...flags, color: "never" };
    else if (flag.field === "roots") flags = { ...flags, roots: [...flags.roots, readRoot(String(value))] };
    else if (flag.field === "hideProjects") {
      flags = { ...flags, hideProjects: [...flags.hideProjects, readProject(String(value))] };
    } else if (flag.field === "digits") flags = { ...flags, digits: readDigits(String(value)) };
    else flags = { ...flags, [flag.field]: value };
  }
  if (flags.json && flags.csv) {
    throw new AgentError("usage", "--json and --csv exclude each other: expected one of them.");
  }
  return flags;
}

function readColor(text: string): GlobalFlags["color"] {
  const choice = COLOR_CHOICES.find((choice) => choice === text);
  if (choice !== undefined) return choice;
  throw new AgentError("usage", `Expected auto, always or never for --color, not "${text}".`);
}

function readProject(text: string): string {
  if (text.trim() !== "") return text;
  throw new AgentError("usage", `Expected part of a path, or a path, for --hide-project, not "${text}".`, {
    hint: "For example: --hide-project ~/src/private.",
  });
}

function readDigits(text: string): number {
  if (/^[0-6]$/.test(text)) return Number(text);
  throw new AgentError("usage", `Expected a whole number from 0 to 6 for --digits, not "${text}".`);
}

/** What somebody can type who got it wrong. */
export const ROOT_EXAMPLE = "For example: --root claude=/mnt/backup/.claude/projects.";

/** The source is checked where sources are known. */
function readRoot(text: string): ExtraRoot {
  const [, source, directory] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (source !== undefined && directory !== undefined) return { source, directory };
  throw new AgentError("usage", `Expected SOURCE=DIR for --root, not "${text}".`, {
    hint: ROOT_EXAMPLE,
  });
}
