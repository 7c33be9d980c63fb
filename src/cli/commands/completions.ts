/** `completions`: a script for a shell, made from the definitions of all commands. */
import { AgentError } from "../../core/errors.ts";
import { suggest } from "../../core/suggest.ts";
import type { DescribedCommand } from "../help/describe_program.ts";
import type { Command } from "../command.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { expectationOf } from "../../operations/contract/expectation.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";

type Shell = "bash" | "zsh" | "fish";
type MakeScript = (program: string, commands: readonly DescribedCommand[]) => string;

const SCRIPTS: Readonly<Record<Shell, () => Promise<MakeScript>>> = {
  bash: async () => (await import("../help/completions/bash.ts")).bashCompletions,
  zsh: async () => (await import("../help/completions/zsh.ts")).zshCompletions,
  fish: async () => (await import("../help/completions/fish.ts")).fishCompletions,
};

export const SHELLS: readonly string[] = Object.keys(SCRIPTS);

const SHELL: Flag = {
  field: "shell",
  name: "shell",
  kind: "text",
  placeholder: "SHELL",
  description: "The shell",
  positional: true,
  list: false,
  required: true,
  choices: SHELLS,
};

const FLAGS = GLOBAL_FLAGS.filter(({ field }) => field === "debug" || field === "help");

export const completionsCommand: Command<Shell> = {
  name: "completions",
  summary: "Print completions for bash, zsh or fish",
  usage: ["completions bash|zsh|fish"],
  description: "Prints a script that completes commands, flags, their values and ids of sessions. The " +
    "script calls this program by its name, so the program must be in PATH. Create the script " +
    "again after an update.",
  needs: [],
  flags: [SHELL, ...FLAGS],
  examples: [
    { command: "completions bash >> ~/.bashrc", explains: "for bash; or write it to a file of bash-completion" },
    { command: "completions zsh > ~/.zfunc/_opper-agent", explains: "for zsh, with ~/.zfunc in fpath before compinit" },
    { command: "completions fish > ~/.config/fish/completions/opper-agent.fish", explains: "for fish" },
  ],

  parse(argv, program) {
    const { given, positionals: [shell, surplus] } = readCommandArguments(argv, FLAGS, `${program} completions`);
    if (given.some(({ flag }) => flag.field === "help")) return undefined;
    const found = (Object.keys(SCRIPTS) as Shell[]).find((name) => name === shell);
    if (found !== undefined && surplus === undefined) return found;
    const meant = found === undefined && shell !== undefined ? suggest(shell, SHELLS) : undefined;
    throw new AgentError(
      "usage",
      found !== undefined
        ? `"${program} completions" takes SHELL alone, but was given "${surplus}".`
        : `Expected ${expectationOf(SHELL)} after "${program} completions", not ${
          shell === undefined ? "nothing" : `"${shell}"`
        }.`,
      { hint: meant === undefined ? undefined : `Did you mean ${meant}?` },
    );
  },

  async run(shell, _host, program) {
    const [make, { describeProgram }] = await Promise.all([SCRIPTS[shell](), import("../help/describe_program.ts")]);
    return make(program.name, await describeProgram(program));
  },
};
