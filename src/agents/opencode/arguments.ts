/** What is asked of OpenCode, as far as its launch has to know. Names are those of `--help` of 1.18.33 (2026-11-27). */

/** Flags that take the next argument as their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set([
  "--agent",
  "--attach",
  "--command",
  "--cors",
  "--dir",
  "--file",
  "--format",
  "--hostname",
  "--log-level",
  "--mdns-domain",
  "--model",
  "--password",
  "--port",
  "--prompt",
  "--replay-limit",
  "--session",
  "--title",
  "--username",
  "--variant",
  "-f",
  "-m",
  "-p",
  "-s",
  "-u",
]);

const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--help", "--version", "-h", "-v"]);

/** Of what was typed behind `opencode`, what the launch has to know. */
export interface OpencodeArguments {
  /** The first word that is no flag: a command, or the directory to work in. */
  readonly word?: string;
  /** OpenCode prints something about itself, and ends. */
  readonly prints: boolean;
  /** `--attach`: a server of OpenCode, started elsewhere, asks the models. */
  readonly attaches: boolean;
  /** The model as it was typed, and where: an argument of its own, or behind the `=` of the flag. */
  readonly model?: { readonly value: string; readonly index: number; readonly flag?: string };
}

/** Never fails: what OpenCode itself does not understand it says. */
export function readOpencodeArguments(argv: readonly string[]): OpencodeArguments {
  let [word, model]: [string?, OpencodeArguments["model"]?] = [];
  let [prints, attaches] = [false, false];
  for (let index = 0; index < argv.length && argv[index] !== "--"; index++) {
    const argument = argv[index]!;
    if (!argument.startsWith("-")) {
      word ??= argument;
      continue;
    }
    const [, flag = argument, attached] = /^(--?[\w-]+)=(.*)$/s.exec(argument) ?? [];
    prints ||= PRINTING_FLAGS.has(argument);
    attaches ||= flag === "--attach";
    if (!VALUE_FLAGS.has(flag)) continue;
    const value = attached ?? argv[++index];
    if (value === undefined || (flag !== "--model" && flag !== "-m")) continue;
    model = { value, index, ...(attached === undefined ? {} : { flag }) };
  }
  return { ...(word === undefined ? {} : { word }), prints, attaches, ...(model === undefined ? {} : { model }) };
}
