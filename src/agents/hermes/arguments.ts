/**
 * What the arguments of Hermes ask for, as far as a launch has to know. Names are those of its parser (0.15.1, and its main
 * branch, read 2026-11-27).
 */
import { isProfileName } from "./places.ts";

/** Flags after which it prints something and ends. */
const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--help", "--version", "-V", "-h"]);

/** Flags that need a value: what follows them is no flag and no command. */
const VALUE_FLAGS: ReadonlySet<string> = new Set([
  "--image",
  "--in",
  "--max-turns",
  "--model",
  "--oneshot",
  "--profile",
  "--provider",
  "--query",
  "--query-file",
  "--reasoning",
  "--resume",
  "--skills",
  "--source",
  "--toolsets",
  "--usage-file",
  "-m",
  "-p",
  "-q",
  "-r",
  "-s",
  "-t",
  "-z",
]);

/** What was asked for. */
export interface HermesArguments {
  /** The first word that is neither a flag nor a value of one, with where it stands. */
  readonly command?: { readonly name: string; readonly at: number };
  /** It prints something about itself. */
  readonly isPrinting: boolean;
  /** One prompt and one answer, without a command. */
  readonly isOneShot: boolean;
  readonly provider?: string;
  readonly model?: string;
  readonly profile?: string;
  /** The flag that names the profile, as it was given; empty where none does. */
  readonly profileArgv: readonly string[];
}

/** Never throws: what Hermes would refuse it refuses itself. */
export function readHermesArguments(argv: readonly string[]): HermesArguments {
  let [provider, model, profile]: (string | undefined)[] = [];
  let command: HermesArguments["command"];
  let profileArgv: readonly string[] = [];
  let [isPrinting, isOneShot] = [false, false];
  for (let index = 0; index < argv.length && argv[index] !== "--"; index++) {
    const argument = argv[index]!;
    if (!argument.startsWith("-")) {
      command ??= { name: argument, at: index };
      continue;
    }
    const [, long, attached] = /^(--[^=]+)=(.*)$/s.exec(argument) ?? [];
    const flag = long ?? argument;
    // In the command `chat`, `--oneshot` takes none.
    const takesNext = attached === undefined && VALUE_FLAGS.has(flag) && index + 1 < argv.length &&
      !(flag === "--oneshot" && command !== undefined);
    const value = takesNext ? argv[index + 1] : attached;
    if (PRINTING_FLAGS.has(flag)) isPrinting = true;
    if (command === undefined && (flag === "-z" || flag === "--oneshot")) isOneShot = true;
    if (flag === "--provider") provider = value;
    if (flag === "--model" || flag === "-m") model = value;
    const isProfile = (flag === "--profile" || flag === "-p") && value !== undefined && isProfileName(value);
    if (isProfile && profile === undefined) {
      profile = value;
      profileArgv = argv.slice(index, index + (takesNext ? 2 : 1));
    }
    if (takesNext) index++;
    // A name may follow, and need not.
    else if ((flag === "-c" || flag === "--continue") && argv[index + 1]?.startsWith("-") === false) index++;
  }
  return { command, isPrinting, isOneShot, provider, model, profile, profileArgv };
}
