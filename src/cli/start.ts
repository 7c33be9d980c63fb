/**
 * The first thing that runs: answers `--version` and the list of commands from a few small modules, and loads the
 * program for everything else. Everything imported here is in the way of every command.
 */
import { AgentError } from "../core/errors.ts";
import { writeStdout } from "../host/terminal.ts";
import { type Build, versionText } from "./version_text.ts";

/** What is loaded only when it is asked for, handed in by who knows where it lies. */
export interface Parts {
  readonly build: Build;
  loadHelp(): Promise<{ overviewText(): string }>;
  /** Undefined where all of the program is there at once. */
  loadStatusline?(): Promise<{ runQuickly(argv: readonly string[]): Promise<number | undefined> }>;
  /** Undefined as above. */
  loadMcp?(): Promise<{ serveQuickly(loadQuestions: () => Promise<unknown>): Promise<number> }>;
  loadProgram(): Promise<{
    runProgram(argv: readonly string[], versionText: string): Promise<number>;
    /** For whom it is of no matter what it is. */
    prepareMcp(): Promise<unknown>;
  }>;
}

/**
 * @param argv without the program's name
 * @returns the exit status
 */
export async function start(argv: readonly string[], parts: Parts): Promise<number> {
  const version = versionText(parts.build);
  try {
    const text = isVersion(argv) ? version : isHelp(argv) ? (await parts.loadHelp()).overviewText() : undefined;
    if (text !== undefined) {
      // False means that the reader went away, which is its right: the status stays 0.
      writeStdout(text);
      return 0;
    }
  } catch (error) {
    // What could not be written fails again in the program, which knows how to say so.
    if (!(error instanceof AgentError)) throw error;
  }
  if (argv[0] === "statusline" && parts.loadStatusline !== undefined) {
    const status = await (await parts.loadStatusline()).runQuickly(argv.slice(1));
    if (status !== undefined) return status;
  }
  // With flags it is a matter of the command line.
  if (argv.length === 1 && argv[0] === "mcp" && parts.loadMcp !== undefined) {
    const { serveQuickly } = await parts.loadMcp();
    return await serveQuickly(async () => await (await parts.loadProgram()).prepareMcp());
  }
  const { runProgram } = await parts.loadProgram();
  return await runProgram(argv, version);
}

/** `version` takes flags, and may be told so: only alone is it as good as these. */
function isVersion(argv: readonly string[]): boolean {
  return ["--version", "-V"].includes(argv[0]!) || (argv.length === 1 && argv[0] === "version");
}

function isHelp(argv: readonly string[]): boolean {
  return argv.length === 1 && ["help", "--help", "-h"].includes(argv[0]!);
}
