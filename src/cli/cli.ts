/**
 * The command line: from arguments to one operation, its answer on standard output, and an exit status.
 *
 * Knows no command by name and no process: commands come as registries, everything outside as a {@linkcode CliHost}.
 * What draws and what parses is loaded when it is needed, so that help and errors are there at once.
 */
import { AgentError, EXIT_STATUS } from "../core/errors.ts";
import { toPlainLines } from "../core/plain_lines.ts";
import { createProgress, decideColor, decideUnicode } from "../host/terminal.ts";
import { guardedReason } from "../host/permissions.ts";
import { onlyReads } from "../operations/contract/need.ts";
import type { Operation } from "../operations/contract/operation.ts";
import { expandRoots, homeOf, withRoots } from "./arguments/extra_roots.ts";
import type { Command, CommandEntry, Listed, Program } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { GLOBAL_FLAGS, type GlobalFlags } from "./arguments/flag.ts";
import { readGlobalFlags, splitCommand } from "./arguments/global_flags.ts";
import type { CliContext, CliHost } from "./host.ts";
import { PROGRAM } from "./program_name.ts";
import { readCommandArguments } from "./arguments/read_arguments.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import { wrapText } from "../core/wrap_text.ts";

/** A command as the registry of operations lists it. Its definition is loaded when it is run or explained. */
export type ListedOperation = Listed<Operation>;

/**
 * Runs one command line.
 *
 * @param argv without the program's name
 * @param registry the operations
 * @param commands the commands that are no operations
 * @returns the exit status: 0, also when the reader of the output went away; 1 for an answer that is a failure
 * (`isFailure`); else as in EXIT_STATUS
 */
export async function runCli(
  argv: readonly string[],
  registry: readonly ListedOperation[],
  host: CliHost,
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<number> {
  try {
    const answered = await answer(argv, { name: PROGRAM, operations: registry, commands }, host);
    if (typeof answered === "number") return answered;
    host.stdout(answered);
    return 0;
  } catch (error) {
    return reportError(error, argv, host);
  }
}

/** What an operation answered, in the parts it was made in. */
interface Answer {
  readonly texts: readonly string[];
  readonly status: number;
}

/** What to print on standard output; or a status, when a command did its own printing. */
async function answer(
  argv: readonly string[],
  program: Program,
  host: CliHost,
): Promise<string | number> {
  const own = program.commands.filter(({ hidden }) => !hidden);
  const help = async () => (await loadHelp()).programHelp([...program.operations, ...own], helpOptions(host));
  const byDefault = program.operations.find(({ isDefault }) => isDefault);
  if (argv.length === 0 && byDefault === undefined) return await help();
  if (argv[0] === "--version" || argv[0] === "-V") return host.versionText;

  const { command, rest, flags } = await findCommand(argv, byDefault);
  if (command === undefined) {
    if (readGlobalFlags(readCommandArguments(rest, flags, PROGRAM).given).help) return await help();
    if (byDefault !== undefined) return await runOperation(await byDefault.load(), rest, host);
    throw new AgentError("usage", `Expected a command after "${[PROGRAM, ...rest].join(" ")}".`, { hint: HELP_HINT });
  }
  switch (command) {
    case "version":
      return host.versionText;
    case "help": {
      const { positionals: [topic, surplus] } = readCommandArguments(rest, GLOBAL_FLAGS, `${PROGRAM} help`);
      if (surplus !== undefined) {
        throw new AgentError("usage", `"${PROGRAM} help" takes one COMMAND, but was given "${surplus}" as well.`, {
          hint: HELP_HINT,
        });
      }
      if (topic === undefined || topic === "help") return await help();
      if (topic === "flags") return (await loadHelp()).flagsHelp(own.map(({ name }) => name), helpOptions(host));
      const loaded = await loadCommand(topic, program);
      return loaded.own === undefined ? await helpFor(loaded.operation, host) : await helpForCommand(loaded.own, host);
    }
    default: {
      const loaded = await loadCommand(command, program);
      return loaded.own === undefined
        ? await runOperation(loaded.operation, rest, host)
        : await runCommand(loaded.own, rest, host, program);
    }
  }
}

/** Without a command, flags may be those of the operation that then runs. It is loaded where one is not every command's. */
async function findCommand(argv: readonly string[], byDefault: ListedOperation | undefined) {
  try {
    return { ...splitCommand(argv, PROGRAM), flags: GLOBAL_FLAGS };
  } catch (error) {
    if (byDefault === undefined) throw error;
    const { flagsOf } = await import("./arguments/flags.ts");
    const flags = [...GLOBAL_FLAGS, ...flagsOf(await byDefault.load())];
    const { command, rest } = splitCommand(argv, PROGRAM, flags);
    // Those of a command that is named stand behind it.
    if (command !== undefined) throw error;
    return { command, rest, flags };
  }
}

const HELP_HINT = `\`${PROGRAM} help\` lists the commands.`;

function helpOptions({ width }: CliHost) {
  return { program: PROGRAM, width };
}

type LoadedCommand = { readonly own: Command; readonly operation?: undefined } | {
  readonly own?: undefined;
  readonly operation: Operation;
};

/** @throws {AgentError} usage, when there is no such command */
async function loadCommand(name: string, { operations, commands }: Program): Promise<LoadedCommand> {
  const operation = operations.find((operation) => operation.name === name);
  if (operation !== undefined) return { operation: await operation.load() };
  const own = commands.find((own) => own.name === name);
  if (own !== undefined) return { own: await own.load() };
  const listed = [...operations, ...commands.filter(({ hidden }) => !hidden)].map(({ name }) => name);
  const [{ hintForCommand }, { idsWith }] = await Promise.all([
    import("./other_words.ts"),
    import("../agents/agents.ts"),
  ]);
  throw new AgentError("usage", `Unknown command "${name}".`, {
    hint: hintForCommand(name, [...listed, "help", "version"], idsWith("source")) ?? HELP_HINT,
  });
}

async function runCommand(
  own: Command,
  argv: readonly string[],
  host: CliHost,
  program: Program,
): Promise<string | number> {
  try {
    const parsed = own.parse(argv, PROGRAM);
    return parsed === undefined ? await helpForCommand(own, host) : await own.run(parsed, host, program);
  } catch (error) {
    return Math.max(reportError(error, argv, host), own.leastErrorStatus ?? 0);
  }
}

function loadHelp() {
  return import("./help/help.ts");
}

async function helpFor(operation: Operation, host: CliHost): Promise<string> {
  const [{ operationHelp }, { flagsOf }] = await Promise.all([loadHelp(), import("./arguments/flags.ts")]);
  return operationHelp(operation, flagsOf(operation), helpOptions(host));
}

async function helpForCommand(own: Command, host: CliHost): Promise<string> {
  return (await loadHelp()).commandHelp(own, helpOptions(host));
}

async function runOperation(
  operation: Operation,
  argv: readonly string[],
  host: CliHost,
): Promise<string | number> {
  const { parseArguments } = await import("./arguments/parse_arguments.ts");
  const { input, globals: given } = parseArguments(argv, operation, PROGRAM);
  if (input === undefined) return await helpFor(operation, host);
  const globals = { ...given, roots: expandRoots(given.roots, homeOf(host.env)) };

  const progress = createProgress({
    isTerminal: host.isErrorTerminal && !globals.quiet && host.env.TERM !== "dumb",
    write: host.stderr,
    now: host.now,
    width: host.errorWidth,
  });
  try {
    const asked = { name: operation.name, needs: operation.needs, savesLast: operation.needs.length === 0 };
    const context = withRoots(await host.makeContext(globals, progress, asked), globals.roots);
    let printed: Promise<unknown> | undefined;
    try {
      const { texts, status } = await askOperation(operation, input, globals, context, host);
      progress.done();
      // False means that the reader went away, which is its right: the status stays what it is.
      if (await context.isUnsaved?.()) {
        printed = host.answer(texts);
        await waitAtMost(printed, PATIENCE_MS);
      } else texts.every((text) => host.stdout(text));
      return status;
    } finally {
      await context.close();
      await printed;
    }
  } finally {
    progress.done();
  }
}

/** How long a reader of the answer is waited for before what was scanned is written: other processes wait for that. */
const PATIENCE_MS = 100;

/** By a signal: a timer, if it is the first one, loads node's timers, which takes as long as a tenth of an answer. */
async function waitAtMost(awaited: Promise<unknown>, ms: number): Promise<void> {
  const signal = AbortSignal.timeout(ms);
  await Promise.race([awaited, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
}

async function askOperation(
  operation: Operation,
  input: Parameters<Operation["run"]>[0],
  globals: GlobalFlags,
  context: CliContext,
  host: CliHost,
): Promise<Answer> {
  const ask = <T>(question: () => Promise<T>) =>
    question().catch(async (error) => {
      if (!onlyReads(operation.needs)) throw error;
      const { askAgain } = await import("../operations/report/ask_again.ts");
      return await askAgain(error, context, question);
    });
  if (globals.json && !host.isTerminal && operation.runJson !== undefined) {
    const texts = await ask(() => operation.runJson!(input, context));
    return { texts: [...texts, "\n"], status: 0 };
  }
  const output = await ask(() => operation.run(input, context));
  const failure = operation.isFailure?.(output, input) ?? false;
  const status = typeof failure === "string" ? EXIT_STATUS[failure] : failure ? EXIT_STATUS.failed : 0;
  // Apart: put together, megabytes would be copied once more.
  if (globals.json) return { texts: [toSafeJson(output, host.isTerminal ? 2 : undefined), "\n"], status };
  const view = operation.view(output, input, context);
  if (!globals.csv) {
    const { drawView } = await import("./output/draw_view.ts");
    const text = await drawView(view, {
      width: host.width,
      color: decideColor({ choice: globals.color, env: host.env, isTerminal: host.isTerminal }),
      unicode: decideUnicode(host.env),
    });
    return { texts: [text], status };
  }
  const { renderCsv } = await import("../operations/report/render_csv.ts");
  const csv = renderCsv(view);
  if (csv !== undefined) return { texts: [csv], status };
  throw new AgentError("usage", `"${PROGRAM} ${operation.name}" has no table to print as CSV.`, {
    hint: "Use --json.",
  });
}

function reportError(error: unknown, argv: readonly string[], host: CliHost): number {
  const said = (lines: readonly string[]) => withoutKeys(toPlainLines(lines.join("\n")));
  const isDebug = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length).includes("--debug");
  const lines: string[] = [];
  if (error instanceof AgentError) {
    lines.push(`error: ${error.message}`);
    if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  } else if (guardedReason(error) !== undefined) {
    const [path = "A file"] = /"[^"]*"/.exec((error as Error).message) ?? [];
    lines.push(`error: ${path} cannot be opened: ${guardedReason(error)}.`);
  } else if (isOfTheSystem(error)) {
    // A disk that is full, a file that may not be read: not ours to mend, and no bug.
    lines.push(`error: ${error.message.replace(/^(E[A-Z0-9]+): /, "")}${isDebug ? "" : " (--debug shows where)"}`);
  } else {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    lines.push(`error: this is a bug: ${what.replace(/\s+/g, " ")}${isDebug ? "" : " (--debug shows where)"}`);
  }
  const message = wrapText(said(lines), host.errorWidth);
  // A stack is for whoever mends the program: its lines stay as they are.
  host.stderr([...message, ...(isDebug ? [said(stackOf(error))] : []), ""].join("\n"));
  return error instanceof AgentError ? EXIT_STATUS[error.code] : EXIT_STATUS.failed;
}

/** Whether an error is the operating system's: those of `node:` modules have a code, Deno's a class of their own. */
function isOfTheSystem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return "code" in error && typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code);
}

/** A message may quote what was typed, and a key may have been typed in the wrong place. */
function withoutKeys(text: string): string {
  return text.replace(/\b(op|sk-or)-[\w-]{8,}/g, "$1-…");
}

/** The stacks of an error and of what caused it. */
function stackOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? [own] : [own, `caused by: ${String(error.cause)}`, ...stackOf(error.cause)];
}
