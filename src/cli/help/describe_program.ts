/**
 * All commands with all they take, as plain data: what completions and the man page are made from, so that neither has a
 * list of its own. Loads every command.
 */
import type { Example } from "../../operations/contract/operation.ts";
import type { Program } from "../command.ts";
import { type Flag, globalFlagsBeside } from "../arguments/flag.ts";
import { flagsOf } from "../arguments/flags.ts";
import { groupCommands } from "./command_groups.ts";
import { usageText } from "./help.ts";

/** A command as help, manual page and completions know it. */
export interface DescribedCommand {
  readonly name: string;
  /** Title of its group (command_groups.ts). */
  readonly group?: string;
  readonly summary: string;
  /** Ways to call it, without the program's name. */
  readonly usage: readonly string[];
  readonly description: string;
  readonly positionals: readonly Flag[];
  /** Its own, without those of every command. */
  readonly flags: readonly Flag[];
  /** Whether it takes the flags of every command as well. */
  readonly takesGlobals: boolean;
  /** Whether all behind the first positional argument is somebody else's. */
  readonly passesRest: boolean;
  readonly notes?: string;
  readonly examples: readonly Example[];
}

/** In the order that help shows them, with `help` and `version`; without what is hidden. */
export async function describeProgram(program: Program): Promise<readonly DescribedCommand[]> {
  const operations = await Promise.all(program.operations.map(async (entry): Promise<DescribedCommand> => {
    const operation = await entry.load();
    const flags = flagsOf(operation);
    const positionals = flags.filter(({ positional }) => positional);
    return {
      ...operation,
      usage: [[operation.name, ...positionals.map(usageText), "[FLAGS]"].join(" ")],
      positionals,
      flags: flags.filter(({ positional }) => !positional),
      takesGlobals: true,
      passesRest: false,
    };
  }));
  const own = await Promise.all(
    program.commands.filter(({ hidden }) => !hidden).map(async (entry): Promise<DescribedCommand> => {
      const own = await entry.load();
      return {
        ...own,
        positionals: own.flags.filter(({ positional }) => positional),
        flags: own.flags.filter(({ positional }) => !positional),
        takesGlobals: false,
        passesRest: own.passesRest ?? false,
      };
    }),
  );
  const commands = [...operations, ...own];
  const all = [...commands, describeHelp([...commands.map(({ name }) => name), "flags"]), VERSION];
  return groupCommands(all).flatMap(({ title, commands }) => commands.map((command) => ({ ...command, group: title })));
}

function describeHelp(names: readonly string[]): DescribedCommand {
  return {
    name: "help",
    summary: "Explain the program, or a command",
    usage: ["help [COMMAND]"],
    description:
      "Lists the commands, or explains one of them and shows examples. `help flags` lists the flags of every " +
      "command.",
    positionals: [{
      field: "command",
      name: "command",
      kind: "text",
      placeholder: "COMMAND",
      description: "The command to explain, or flags",
      positional: true,
      list: false,
      required: false,
      choices: names,
    }],
    flags: [],
    takesGlobals: false,
    passesRest: false,
    examples: [{ command: "help cost", explains: "the help of cost" }],
  };
}

const VERSION: DescribedCommand = {
  name: "version",
  summary: "Print the version",
  usage: ["version"],
  description: "Prints the version, as --version does.",
  positionals: [],
  flags: [],
  takesGlobals: false,
  passesRest: false,
  examples: [],
};

/** Flags of a command as a shell may complete them. */
export function allFlags(command: DescribedCommand): readonly Flag[] {
  return command.takesGlobals ? [...command.flags, ...globalFlagsBeside(command.flags)] : command.flags;
}
