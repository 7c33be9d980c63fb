/**
 * From arguments to options and the rest, by the syntax that POSIX and GNU agreed on: `--name value`, `--name=value`,
 * `-n value`, `-nvalue`, `-abc`, and `--`, behind which nothing is an option.
 *
 * The same as parseArgs of node:util when it is not strict (tokenize_arguments_test.ts), which takes as long to load as
 * a third of an answer takes to compute. Knows no flag: what it is asked is which ones take a value.
 */

/** An option as it was given. */
export interface OptionToken {
  readonly kind: "option";
  /** Without dashes; a letter in full, where it stands for a name. */
  readonly name: string;
  /** As typed, without the value: `--limit`, `-n`. */
  readonly rawName: string;
  /** Index of the argument that it is in. */
  readonly index: number;
  /** Absent when there is none: it takes none, or nothing follows. */
  readonly value?: string;
  /** Whether the value stands in the same argument. */
  readonly isInline: boolean;
}

/** An argument that is no flag, or stands behind `--`. */
export interface PositionalToken {
  readonly kind: "positional";
  readonly value: string;
}

/** What has to be known of flags to tell their values from other arguments. */
export interface OptionSyntax {
  /** From a letter to the name that it stands for. */
  readonly letters: ReadonlyMap<string, string>;
  /** Whether an option takes a value. Of what is unknown, false. */
  takesValue(name: string): boolean;
}

export function tokenizeArguments(
  argv: readonly string[],
  syntax: OptionSyntax,
): readonly (OptionToken | PositionalToken)[] {
  const tokens: (OptionToken | PositionalToken)[] = [];
  let index = 0;
  for (; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument === "--") {
      takeRest([]);
    } else if (argument.startsWith("--")) {
      readName(argument);
    } else if (argument.startsWith("-") && argument.length > 1) {
      readLetters(lettersOf(argument, syntax));
    } else {
      tokens.push({ kind: "positional", value: argument });
    }
  }
  return tokens;

  /** Behind `--` nothing is an option. */
  function takeRest(letters: readonly string[]): void {
    for (const value of [...letters, ...argv.slice(index + 1)]) tokens.push({ kind: "positional", value });
    index = argv.length;
  }

  function readName(argument: string): void {
    const end = argument.indexOf("=");
    // A name of one letter may be `=`.
    if (!argument.includes("=", 3)) readOption(argument.slice(2), argument);
    else readOption(argument.slice(2, end), argument.slice(0, end), argument.slice(end + 1));
  }

  function readLetters(parts: readonly string[]): void {
    for (const [at, part] of parts.entries()) {
      if (part === "--") return takeRest(parts.slice(at + 1));
      const letter = part[1]!;
      readOption(syntax.letters.get(letter) ?? letter, `-${letter}`, part.length > 2 ? part.slice(2) : undefined);
    }
  }

  /** Without a value of its own, an option that takes one takes the next argument, whatever that looks like. */
  function readOption(name: string, rawName: string, inline?: string): void {
    const at = index;
    const value = inline ?? (syntax.takesValue(name) ? argv[++index] : undefined);
    tokens.push({ kind: "option", name, rawName, index: at, value, isInline: inline !== undefined });
  }
}

/** `-abc` is `-a`, `-b`, `-c`, up to a letter that takes a value: what is left belongs to it. */
function lettersOf(argument: string, { letters, takesValue }: OptionSyntax): readonly string[] {
  const parts: string[] = [];
  for (let at = 1; at < argument.length; at++) {
    const letter = argument[at]!;
    if (takesValue(letters.get(letter) ?? letter)) return [...parts, `-${argument.slice(at)}`];
    parts.push(`-${letter}`);
  }
  return parts;
}
