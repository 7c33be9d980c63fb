/** What is asked of Codex, as far as its launch has to know. Names are those of `codex --help` of 0.169.0 (2026-11-27). */

/** Id of our provider in Codex. Threads are bound to it, so that it is the same in a launch and in settings. */
export const OUR_PROVIDER = "opper";

/** Flags that take the next argument as their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set([
  "--add-dir",
  "--ask-for-approval",
  "--base",
  "--cd",
  "--color",
  "--commit",
  "--config",
  "--cyber-access-program",
  "--disable",
  "--enable",
  "--image",
  "--local-provider",
  "--model",
  "--output-last-message",
  "--output-schema",
  "--profile",
  "--remote",
  "--remote-auth-token-env",
  "--sandbox",
  "--thread-source",
  "--title",
]);

/** Short flags, and what they stand for: `-m x`, `-mx` and `-m=x` are the same. */
const SHORT_FLAGS: Readonly<Record<string, string>> = {
  a: "--ask-for-approval",
  c: "--config",
  C: "--cd",
  i: "--image",
  m: "--model",
  o: "--output-last-message",
  p: "--profile",
  s: "--sandbox",
};

const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--help", "--version", "-h", "-V"]);

/** Of what was typed behind `codex`, what the launch has to know. */
export interface CodexArguments {
  /** What is no flag and no flag's value, in order: a command with its own arguments, or a prompt. */
  readonly words: readonly string[];
  /** Codex prints something about itself, and ends. */
  readonly prints: boolean;
  /** The model by `--model` or by `-c model=`. */
  readonly model?: string;
  /** How another provider than ours is asked for, as it was typed. */
  readonly provider?: string;
  /** `--remote`: a server of Codex, started elsewhere, asks the models. */
  readonly isRemote: boolean;
  /** `--search`: the web search of the model's vendor. */
  readonly searches: boolean;
  /** `--last`: of a thread that has no id among the words. */
  readonly isLast: boolean;
}

/** Never fails: what Codex itself does not understand it says. */
export function readCodexArguments(argv: readonly string[]): CodexArguments {
  const words: string[] = [];
  const found: { model?: string; provider?: string } = {};
  let [prints, isRemote, searches, isLast] = [false, false, false, false];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument === "--") {
      words.push(...argv.slice(index + 1));
      break;
    }
    if (!argument.startsWith("-") || argument === "-") {
      words.push(argument);
      continue;
    }
    prints ||= PRINTING_FLAGS.has(argument);
    searches ||= argument === "--search";
    isLast ||= argument === "--last";
    if (argument === "--oss") found.provider = argument;
    const flag = readFlag(argument);
    if (flag === undefined) continue;
    const value = flag.value ?? argv[++index];
    if (value === undefined) break;
    isRemote ||= flag.name === "--remote";
    if (flag.name === "--model") found.model = value;
    if (flag.name === "--local-provider") found.provider = `--local-provider ${value}`;
    const [, key, setting = ""] = (flag.name === "--config" && /^\s*([\w.]+)\s*=\s*(.*)$/s.exec(value)) || [];
    if (key === "model") found.model = withoutQuotes(setting);
    if (key === "model_provider" && withoutQuotes(setting) !== OUR_PROVIDER) found.provider = `-c ${value}`;
  }
  return { words, prints, isRemote, searches, isLast, ...found };
}

/** A flag that takes a value, by its long name; the value where it is part of the same argument. */
function readFlag(argument: string): { readonly name: string; readonly value?: string } | undefined {
  if (argument.startsWith("--")) {
    const [name, ...rest] = argument.split("=");
    return VALUE_FLAGS.has(name!)
      ? { name: name!, ...(rest.length === 0 ? {} : { value: rest.join("=") }) }
      : undefined;
  }
  const name = SHORT_FLAGS[argument[1]!];
  if (name === undefined) return undefined;
  const attached = argument.slice(2).replace(/^=/, "");
  return { name, ...(argument.length === 2 ? {} : { value: attached }) };
}

function withoutQuotes(setting: string): string {
  return setting.trim().replace(/^(["'])(.*)\1$/s, "$2");
}
