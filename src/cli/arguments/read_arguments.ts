/**
 * From arguments to flags with their texts, and to what is not a flag.
 *
 * Knows the syntax alone (`--flag value`, `--flag=value`, `-n 5`, `-n5`, `--no-flag`, `--`), not what values mean.
 */
import { AgentError } from "../../core/errors.ts";
import { expectationOf } from "../../operations/contract/expectation.ts";
import { acceptedNames, type Flag, isNegatable, labelOf } from "./flag.ts";
import { suggest } from "../../core/suggest.ts";
import { tokenizeArguments } from "./tokenize_arguments.ts";

/** One flag as it was given. */
export interface GivenFlag {
  readonly flag: Flag;
  /** As typed, without the value: `--limit`, `-n`. */
  readonly rawName: string;
  /** Text of the value; of a switch whether it is on. */
  readonly value: string | boolean;
}

export interface ReadArguments {
  /** In the order given. */
  readonly given: readonly GivenFlag[];
  /** Everything that is no flag, and all that follows `--`. */
  readonly positionals: readonly string[];
}

/**
 * @param command how the command is called, for messages: `opper-agent sessions`
 * @throws {AgentError} usage, on an unknown flag, a missing value, or a value for a switch
 */
export function readCommandArguments(argv: readonly string[], flags: readonly Flag[], command: string): ReadArguments {
  const own = flags.filter(({ positional }) => !positional);
  const byName = new Map(own.flatMap((flag) => acceptedNames(flag).map((name) => [name, flag])));
  const negated = new Map(flags.filter(isNegatable).map((flag) => [`no-${flag.name}`, flag]));
  const given: GivenFlag[] = [];
  const positionals: string[] = [];
  const letters = new Map(own.flatMap(({ short, name }) => short === undefined ? [] : [[short, name]]));
  const takesValue = (name: string) => (byName.get(name)?.kind ?? "switch") !== "switch";
  for (const token of tokenizeArguments(argv, { letters, takesValue })) {
    if (token.kind === "positional") {
      positionals.push(token.value);
      continue;
    }
    const negative = negated.get(token.name);
    const flag = byName.get(token.name) ?? negative;
    if (flag === undefined) {
      throw unknownFlag(token.rawName, argv[token.index]!, [...own.map(({ name }) => name), ...negated.keys()]);
    }
    if (flag.kind === "switch") {
      if (token.value !== undefined) throw surplusValue(token.rawName, token.value);
      given.push({ flag, rawName: token.rawName, value: negative === undefined });
    } else {
      given.push({ flag, rawName: token.rawName, value: valueOf(flag, token.rawName, token.value, token.isInline) });
    }
  }
  return { given, positionals };

  function unknownFlag(rawName: string, argument: string, names: readonly string[]): AgentError {
    // `-limit` reads as five letters; whoever writes it means one word.
    const word = rawName.startsWith("--") ? rawName : argument;
    const meant = word.length > 2 ? suggest(word.replace(/=.*$/s, ""), names) : undefined;
    return new AgentError("usage", `Unknown flag "${meant === undefined ? rawName : word}" of "${command}".`, {
      hint: meant === undefined ? `\`${command} --help\` lists its flags.` : `Did you mean --${meant}?`,
    });
  }

  function surplusValue(rawName: string, value: string): AgentError {
    return new AgentError("usage", `${rawName} takes no value, but was given "${value}".`);
  }

  function valueOf(flag: Flag, rawName: string, value: string | undefined, inline: boolean): string {
    if (value === undefined) {
      throw new AgentError("usage", `Expected ${flag.placeholder} after ${rawName}, but nothing follows.`, {
        hint: flag.choices === undefined
          ? `\`${command} --help\` says what it may be.`
          : `It may be ${expectationOf(flag)}.`,
      });
    }
    // A negative number is a value; any other dash starts a flag, whose own value would otherwise be swallowed.
    if (!inline && value.length > 1 && value.startsWith("-") && !/^-\.?\d/.test(value)) {
      throw new AgentError("usage", `Expected ${flag.placeholder} after ${rawName}, but "${value}" follows.`, {
        hint: `Write ${labelOf(flag)}=${value} if that is the value.`,
      });
    }
    return value;
  }
}
