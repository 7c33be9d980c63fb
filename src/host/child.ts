/**
 * Running a program in our place: it gets our terminal, the signals that are meant for it (signal_relay.ts), and its
 * status becomes ours. Or without a terminal, for what it prints. Knows nothing of what it runs.
 */
import { constants as osConstants } from "node:os";
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { type ChildGuard, guardChild } from "./child_guard.ts";
import { realPathIfAny } from "./real_path_if_any.ts";
import type { SignalRelay } from "./signal_relay.ts";

/** A program to start, with nothing taken from our own environment. */
export interface ChildOptions {
  /** Path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What people are told when it had to be ended because we were killed. @default it outlives us */
  readonly endsWithUs?: string;
}

/**
 * Runs a program on our terminal until it ends.
 *
 * @returns its status; 128 + n when signal n ended it
 * @throws {AgentError} launch_not_executable or launch_not_found, when it cannot be started
 */
export async function runChild(options: ChildOptions, relay: SignalRelay): Promise<number> {
  let guard: ChildGuard | undefined;
  try {
    const { code, signal } = await relay.accompany(() => {
      const child = startChild(options);
      if (options.endsWithUs !== undefined) guard = guardChild(child.pid, options.endsWithUs);
      return child;
    });
    return signal === null ? code : signalStatus(signal);
  } finally {
    await guard?.close();
  }
}

function startChild({ program, args, env, cwd }: ChildOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      cwd,
      clearEnv: true,
      env: definedOnly(env),
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (cause) {
    throw startError(program, cause);
  }
}

function startError(program: string, cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause instanceof Deno.errors.NotFound) {
    return new AgentError("launch_not_found", `"${program}" or the interpreter it names does not exist.`, {
      hint: "Look at its first line, or install it anew.",
      cause,
    });
  }
  return new AgentError("launch_not_executable", `"${program}" cannot be run: ${whyNotStarted(cause)}.`, {
    hint: "Install it anew; a script has to begin with the program that runs it, such as #!/bin/sh.",
    cause,
  });
}

/** The system's own words: of `Failed to spawn '/x': Exec format error (os error 8)` those in the middle. */
export function whyNotStarted(cause: Error): string {
  const [reason] = cause.message.replace(/^Failed to spawn '.*': /s, "").split(" (os error ");
  return reason!.charAt(0).toLowerCase() + reason!.slice(1);
}

function definedOnly(env: ChildOptions["env"]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The status by which a shell reports that a signal ended a program. */
export function signalStatus(signal: Deno.Signal): number {
  const number = Object.entries(osConstants.signals).find(([name]) => name === signal)?.[1];
  return 128 + (number ?? 0);
}

/** What a program said, and how it ended. */
export interface CapturedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end without a terminal, for what it prints. Ended when it takes longer than `timeoutMs`.
 *
 * @throws {AgentError} launch_not_executable or launch_not_found, when it cannot be started
 */
export async function captureChild(options: ChildOptions, timeoutMs: DurationMs): Promise<CapturedRun> {
  try {
    const output = await new Deno.Command(options.program, {
      args: [...options.args],
      cwd: options.cwd,
      clearEnv: true,
      env: definedOnly(options.env),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(timeoutMs),
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
  } catch (cause) {
    throw startError(options.program, cause);
  }
}

/** Real path of the program that this process is; where it was taken away since, the path that it had. */
export function ownProgram(): string {
  const path = Deno.execPath();
  return realPathIfAny(path) ?? realPathIfAny(path.replace(/ \(deleted\)$/, "")) ?? path;
}

/** Whether this process is the compiled program, and not Deno running its source. */
export function isCompiled(): boolean {
  return Deno.build.standalone;
}

/** Id of this process. */
export function ownPid(): number {
  return Deno.pid;
}
