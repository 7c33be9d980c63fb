/**
 * `watch`, as far as the command line is concerned: its arguments and its help. A command, because it takes over the
 * terminal; what it does there is watch.ts, which is loaded only then.
 */
import { AgentError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readGlobalFlags } from "../arguments/global_flags.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import type { WatchArguments } from "./watch.ts";

const FLAGS: readonly Flag[] = [
  {
    field: "timezone",
    name: "timezone",
    kind: "text",
    placeholder: "ZONE",
    positional: false,
    list: false,
    required: false,
    description: "IANA time zone in which today began; default: the system's",
  },
  ...GLOBAL_FLAGS.filter(({ field }) =>
    ["roots", "hideProjects", "digits", "color", "noColor", "debug", "help"].includes(field)
  ),
];

/**
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong
 */
export function parseWatchArguments(argv: readonly string[], program: string): WatchArguments | undefined {
  const command = `${program} watch`;
  const { given, positionals: [surplus] } = readCommandArguments(argv, FLAGS, command);
  const timezone = given.findLast(({ flag }) => flag.field === "timezone")?.value;
  const globals = readGlobalFlags(given.filter(({ flag }) => flag.field !== "timezone"));
  if (globals.help) return undefined;
  if (surplus !== undefined) {
    throw new AgentError("usage", `"${command}" takes no arguments, but was given "${surplus}".`, {
      hint: `\`${command} --help\` lists its flags.`,
    });
  }
  return { timezone: timezone?.toString(), globals };
}

export const watchCommand: Command<WatchArguments> = {
  name: "watch",
  summary: "Watch sessions as they are written, and warm caches counting down",
  usage: ["watch [FLAGS]"],
  description: "Fills the terminal with today's cost so far, the warm caches (soonest to expire first), " +
    "what is at stake in them, and the latest sessions. A log that grows shows within a second or two. With very many " +
    "logs, new ones may take longer, so that watch takes little of the machine.",
  needs: ["programs"],
  flags: FLAGS,
  notes: "Keys: q or Ctrl-C quits, r reads all logs at once, Ctrl-L redraws, Ctrl-Z suspends. " +
    "After a SIGKILL, run `reset` to restore the terminal.",
  examples: [{ command: "watch", explains: "until you press q" }],
  parse: parseWatchArguments,
  async run(parsed, host) {
    const { watch } = await import("./watch.ts");
    return await watch(parsed, host, watchCommand);
  },
};
