/**
 * The terminal: how wide it is, what it can show, writing to it, and a line of progress.
 *
 * Decides nothing about content. What a terminal would take as an order is made harmless here for everybody who prints.
 */
import type { DurationMs, EpochMs } from "../core/model.ts";
import { AgentError } from "../core/errors.ts";
import { toPlainLines, toPlainText } from "../core/plain_lines.ts";
import { wrapText } from "../core/wrap_text.ts";

/** Value of `--color`. */
export type ColorChoice = "always" | "never" | "auto";

type Environment = Readonly<Record<string, string | undefined>>;

/** What standard output and standard error can show. */
export interface TerminalInfo {
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Columns of the terminal; undefined when output goes to a file or a pipe. */
  readonly width?: number;
  /** The same for standard error. */
  readonly errorWidth?: number;
  readonly color: boolean;
  /** Whether characters beyond ASCII can be shown. */
  readonly unicode: boolean;
}

/** @param choice `--color`; @default "auto" */
export function terminalInfo(choice: ColorChoice = "auto"): TerminalInfo {
  const env = Deno.env.toObject();
  const isTerminal = Deno.stdout.isTerminal();
  const isErrorTerminal = Deno.stderr.isTerminal();
  return {
    isTerminal,
    isErrorTerminal,
    width: isTerminal ? consoleWidth() : undefined,
    errorWidth: isErrorTerminal ? consoleWidth() : undefined,
    color: decideColor({ choice, env, isTerminal }),
    unicode: decideUnicode(env),
  };
}

/**
 * Whether to colour. The flag wins, then `NO_COLOR` (https://no-color.org, read 2026-11-20: any value but an empty
 * one), then `FORCE_COLOR` (any value but `0` and `false`), then `TERM=dumb`, then whether output is a terminal.
 */
export function decideColor(
  from: { readonly choice: ColorChoice; readonly env: Environment; readonly isTerminal: boolean },
): boolean {
  if (from.choice !== "auto") return from.choice === "always";
  if (from.env.NO_COLOR) return false;
  const force = from.env.FORCE_COLOR?.toLowerCase();
  if (force !== undefined) return force !== "0" && force !== "false";
  return from.isTerminal && from.env.TERM !== "dumb";
}

/**
 * Whether characters beyond ASCII can be shown: not on `TERM=dumb`, nor where `LC_ALL`, `LC_CTYPE` or `LANG`, the first
 * that is set, names a locale without UTF-8. Where none is set (Windows, macOS without a shell) they can.
 */
export function decideUnicode(env: Environment): boolean {
  if (env.TERM === "dumb") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === "" || /utf-?8/i.test(locale);
}

/** Undefined where the size cannot be asked for, or is nonsense such as the zero of some serial lines. */
function consoleWidth(): number | undefined {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? columns : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** As much as a pipe of Linux holds: what is longer is written in parts, with one buffer for all of them. */
const PART_BYTES = 64 * 1024;

/**
 * Writes all of a text.
 *
 * @returns false when nobody reads any more (a closed pipe): the caller stops quietly, with status 0
 * @throws {AgentError} failed, when it cannot be written, for instance to a full disk
 */
export function writeText(writer: SyncWriter, text: string): boolean {
  const encoder = new TextEncoder();
  // A code unit takes three bytes at most.
  const buffer = new Uint8Array(Math.min(PART_BYTES, 3 * text.length));
  for (let at = 0; at < text.length;) {
    // What no longer fits, and no half of a character, is left for the next part.
    const { read, written } = encoder.encodeInto(text.slice(at), buffer);
    if (!writeBytes(writer, buffer.subarray(0, written))) return false;
    at += read;
  }
  return true;
}

function writeBytes(writer: SyncWriter, bytes: Uint8Array): boolean {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writer.writeSync(bytes.subarray(written));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return false;
      // A pipe that another process made non-blocking, and that is full: its reader needs a moment.
      if (error instanceof Deno.errors.WouldBlock) pause(5);
      else if (error instanceof Deno.errors.Interrupted) continue;
      else if (error instanceof Error) throw cannotWrite(error);
      else throw error;
    }
  }
  return true;
}

function cannotWrite(cause: Error): AgentError {
  return new AgentError("failed", `The output could not be written: ${cause.message}.`, { cause });
}

function pause(ms: DurationMs): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** False when standard output is a pipe that nobody reads any more. */
export function writeStdout(text: string): boolean {
  return writeText(Deno.stdout, text);
}

/**
 * Writes all of several texts to standard output, and leaves room for other work while whoever reads is slow.
 *
 * @returns false when it is a pipe that nobody reads any more
 * @throws {AgentError} failed, when it cannot be written, for instance to a full disk
 */
export async function writeAnswer(texts: readonly string[]): Promise<boolean> {
  const encoder = new TextEncoder();
  for (const text of texts) {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) {
      try {
        at += await Deno.stdout.write(bytes.subarray(at, at + PART_BYTES));
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) return false;
        if (error instanceof Deno.errors.WouldBlock) await new Promise((resolve) => setTimeout(resolve, 5));
        else if (error instanceof Deno.errors.Interrupted) continue;
        else if (error instanceof Error) throw cannotWrite(error);
        else throw error;
      }
    }
  }
  return true;
}

/** What cannot be written to standard error is lost: there is nowhere left to say so. */
export function writeStderr(text: string): void {
  try {
    writeText(Deno.stderr, text);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
  }
}

/**
 * Lines for people, which may quote what others wrote: to standard error, with nothing in them that steers a terminal, and
 * on one wrapped at words.
 */
export function writeMessage(text: string): void {
  const width = Deno.stderr.isTerminal() ? consoleWidth() : undefined;
  writeStderr(wrapText(toPlainLines(text), width).join("\n"));
}

/** One line that says how far something is. */
export interface Progress {
  /** Call as often as you like. */
  update(text: string): void;
  /** Takes the line away, and is silent for a while again. Call before anything else is printed. */
  done(): void;
}

/** Where a line of progress goes, and how often. */
export interface ProgressOptions {
  /** Whether standard error is a terminal; without one nothing is shown. */
  readonly isTerminal: boolean;
  write(text: string): void;
  now(): EpochMs;
  /** Columns of the terminal. @default 80 */
  readonly width?: number;
  /** How long to stay silent from its making: most work is done before. @default 500 */
  readonly delayMs?: DurationMs;
  /** Least time between two lines. @default 100 */
  readonly intervalMs?: DurationMs;
}

/** Driven by its updates alone: it holds no timer, so that it can neither keep the process alive nor print late. */
export function createProgress(options: ProgressOptions): Progress {
  const { isTerminal, write, now, width = 80, delayMs = 500, intervalMs = 100 } = options;
  let startedAt = now();
  let shownAt: EpochMs | undefined;
  return {
    update(text) {
      if (!isTerminal) return;
      const at = now();
      if (at - startedAt < delayMs || (shownAt !== undefined && at - shownAt < intervalMs)) return;
      shownAt = at;
      // Halved where wide characters would wrap the line, which could then not be erased any more.
      const line = toPlainText(text);
      const room = /^[\x20-\x7e\u2026]*$/.test(line) ? width - 1 : Math.floor((width - 1) / 2);
      write(`\r\x1b[K${[...line].slice(0, room).join("")}`);
    },
    done() {
      if (shownAt !== undefined) write("\r\x1b[K");
      startedAt = now();
      shownAt = undefined;
    },
  };
}
