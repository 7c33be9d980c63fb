/**
 * `key`: prints a stored key, for a program that asks for it: an agent that `configure` told to. The key goes to standard
 * output and nowhere else; onto a terminal only for somebody who says so.
 */
import { AgentError } from "../../core/errors.ts";
import { type Flag, GLOBAL_FLAGS } from "../arguments/flag.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import type { Command } from "../command.ts";
import type { KeyArguments } from "../host.ts";

const DEFAULTS = { positional: false, list: false, required: false } as const;

const FLAGS: readonly Flag[] = [
  {
    ...DEFAULTS,
    field: "keyName",
    name: "key",
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
    description: "Refuse a key that is stored for another gateway than this",
  },
  {
    ...DEFAULTS,
    field: "show",
    name: "show",
    kind: "switch",
    placeholder: "",
    description: "Print it onto a terminal as well",
  },
  ...GLOBAL_FLAGS.filter(({ field }) => field === "debug" || field === "help"),
];

interface ParsedKey extends KeyArguments {
  readonly show: boolean;
}

export const keyCommand: Command<ParsedKey> = {
  name: "key",
  summary: "Print a stored API key, for a program that asks for it",
  usage: ["key [--key NAME] [--base-url URL]"],
  description: "Prints a stored Opper API key and a line feed. Agents that `configure` set up run this when " +
    "they need the key, so that their own files do not have it. A key in OPPER_API_KEY does not " +
    "count. On a terminal the key is not shown, unless you say --show.",
  needs: [],
  flags: FLAGS,
  examples: [
    { command: "key | wc -c", explains: "how long the default key is" },
    { command: "key --key work --show", explains: "show another stored key" },
  ],

  parse(argv, program) {
    const { given, positionals: [surplus] } = readCommandArguments(argv, FLAGS, `${program} key`);
    const valueOf = (field: string) => given.findLast(({ flag }) => flag.field === field)?.value;
    if (valueOf("help") !== undefined) return undefined;
    if (surplus !== undefined) {
      // What was typed here may be a key.
      throw new AgentError("usage", `"${program} key" takes flags alone.`, { hint: "For example: key --key work." });
    }
    const [keyName, baseUrl] = [valueOf("keyName"), valueOf("baseUrl")];
    return {
      ...(keyName === undefined ? {} : { keyName: String(keyName) }),
      ...(baseUrl === undefined ? {} : { baseUrl: String(baseUrl) }),
      show: valueOf("show") !== undefined,
    };
  },

  async run({ show, ...question }, host, { name }) {
    if (host.isTerminal && !show) {
      throw new AgentError("usage", "A key is not shown on a terminal, unless you ask for that.", {
        hint: `\`${name} key --show\` shows it; \`${name} whoami\` says which one is used.`,
      });
    }
    return `${await host.key(question)}\n`;
  },
};
