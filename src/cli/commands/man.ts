/** `man`: the manual page on standard output. */
import { AgentError } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { Command } from "../command.ts";
import { GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";

const FLAGS = GLOBAL_FLAGS.filter(({ field }) => field === "debug" || field === "help");

export const manCommand: Command<Record<string, never>> = {
  name: "man",
  summary: "Print the manual page",
  usage: ["man"],
  description: "Prints the manual page in roff, made from the same definitions as the help of all commands.",
  needs: [],
  flags: FLAGS,
  examples: [
    { command: "man | man -l -", explains: "read it now" },
    { command: "man > ~/.local/share/man/man1/opper-agent.1", explains: "for `man opper-agent`" },
  ],

  parse(argv, program) {
    const { given, positionals: [surplus] } = readCommandArguments(argv, FLAGS, `${program} man`);
    if (given.some(({ flag }) => flag.field === "help")) return undefined;
    if (surplus === undefined) return {};
    throw new AgentError("usage", `"${program} man" takes no arguments, but was given "${surplus}".`, {
      hint: `\`${program} help ${surplus}\` explains a command.`,
    });
  },

  async run(_parsed, _host, program) {
    const [{ manPage }, { describeProgram }] = await Promise.all([
      import("../help/man_page.ts"),
      import("../help/describe_program.ts"),
    ]);
    return manPage(await describeProgram(program), { program: program.name, version: VERSION });
  },
};
