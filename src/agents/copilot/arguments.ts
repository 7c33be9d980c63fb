/**
 * What the arguments of Copilot CLI ask for, as far as a launch has to know. Names of flags and commands are those of
 * 1.0.62 and 1.0.102 (their `--help`, run 2026-11-27).
 */

/** First words that make Copilot CLI manage itself. `init` and `workflow` ask a model. */
const COMMANDS: ReadonlySet<string> = new Set([
  "app",
  "completion",
  "config",
  "help",
  "instruction",
  "login",
  "lsp",
  "mcp",
  "memories",
  "plugin",
  "sandbox",
  "sessions",
  "skill",
  "update",
  "version",
]);

/** Flags after which it prints something and ends. */
const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--help", "--version", "-h", "-v"]);

/** Flags that need a value: what follows them is no flag and no command. */
const VALUE_FLAGS: ReadonlySet<string> = new Set([
  "--add-dir",
  "--add-github-mcp-tool",
  "--add-github-mcp-toolset",
  "--additional-mcp-config",
  "--agent",
  "--attachment",
  "--auto-tier",
  "--context",
  "--disable-mcp-server",
  "--dynamic-retrieval",
  "--effort",
  "--enable-mcp-server",
  "--environment-compute-id",
  "--environment-host",
  "--extension-sdk-path",
  "--interactive",
  "--log-dir",
  "--log-level",
  "--max-ai-credits",
  "--max-autopilot-continues",
  "--mcp-github-auth",
  "--mode",
  "--model",
  "--name",
  "--output-format",
  "--plugin-dir",
  "--prompt",
  "--reasoning-effort",
  "--session-id",
  "--stream",
  "--usage-output-file",
  "-C",
  "-i",
  "-n",
  "-p",
]);

/** Flags that may have values: what follows them belongs to them unless it begins with a dash. */
const OPEN_FLAGS: ReadonlySet<string> = new Set([
  "--allow-tool",
  "--allow-url",
  "--available-tools",
  "--bash-env",
  "--connect",
  "--deny-tool",
  "--deny-url",
  "--excluded-tools",
  "--mouse",
  "--resume",
  "--secret-env-vars",
  "--share",
  "-r",
]);

/** With these it opens a session that is there already, or one whose id somebody else chooses. */
const OTHER_SESSION_FLAGS: ReadonlySet<string> = new Set(["--acp", "--connect", "--continue", "--environment-host"]);

/** Words that open a session of their own, whatever `--session-id` says. */
const SESSION_COMMANDS: ReadonlySet<string> = new Set(["init", "workflow"]);

/** What was asked for. */
export interface CopilotArguments {
  /** It manages itself, or prints something about itself. */
  readonly isCommand: boolean;
  readonly model?: string;
  /** Value of `--session-id`. */
  readonly sessionId?: string;
  /** Value of `--resume`: an id, the beginning of one, or a name. */
  readonly resumed?: string;
  /** A session of an id that a launch can choose. */
  readonly isNew: boolean;
}

/** Never throws: what Copilot CLI would refuse it refuses itself. */
export function readCopilotArguments(argv: readonly string[]): CopilotArguments {
  let [model, sessionId, resumed, command]: (string | undefined)[] = [];
  let [isPrinting, isOther] = [false, false];
  for (let index = 0; index < argv.length && argv[index] !== "--"; index++) {
    const argument = argv[index]!;
    if (!argument.startsWith("-")) {
      command ??= argument;
      continue;
    }
    const { flag, attached } = splitFlag(argument);
    const isOpen = OPEN_FLAGS.has(flag);
    const next = argv[index + 1];
    const takesNext = attached === undefined && next !== undefined &&
      (VALUE_FLAGS.has(flag) || (isOpen && !next.startsWith("-")));
    const value = takesNext ? next : attached;
    if (takesNext) index++;
    if (PRINTING_FLAGS.has(flag)) isPrinting = true;
    if (OTHER_SESSION_FLAGS.has(flag)) isOther = true;
    if (flag === "--model") model = value;
    if (flag === "--session-id") sessionId = value;
    if (flag === "--resume" || flag === "-r") [resumed, isOther] = [value, true];
    // The rest of a list.
    if (takesNext && isOpen && flag !== "--resume" && flag !== "-r") {
      while (argv[index + 1]?.startsWith("-") === false) index++;
    }
  }
  return {
    isCommand: isPrinting || COMMANDS.has(command ?? ""),
    model,
    sessionId,
    resumed,
    isNew: !isOther && sessionId === undefined && !SESSION_COMMANDS.has(command ?? ""),
  };
}

/** `--resume=x`, `-r=x` and `-rx`. */
function splitFlag(argument: string): { readonly flag: string; readonly attached?: string } {
  const [, flag, attached] = /^(--[^=]+)=(.*)$/s.exec(argument) ?? /^(-[rpinC])=?(.+)$/s.exec(argument) ?? [];
  return flag === undefined ? { flag: argument } : { flag, attached };
}
