/**
 * Running a program in our place: it gets our terminal, the signals that are meant for it, and its status becomes ours.
 *
 * Signals: what a terminal sends (Ctrl-C, hanging up) reaches the whole process group, the child included; what is sent
 * to us alone the child never sees and is passed on. Job control is left alone on purpose: Ctrl-Z stops the group, us
 * and the child together, and `fg` wakes both. Knows nothing of what it runs.
 */
import { constants as osConstants } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { realPathIfAny } from "./real_path_if_any.ts";

/** Signals that end a program, and that therefore concern the child first. */
const RELAYED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

export type RelayedSignal = typeof RELAYED_SIGNALS[number];

/**
 * From a signal's arrival here to the question to the sentinel. The kernel marks a group's members one after the other,
 * within microseconds; this is for a machine that is paused in between, and joins signals of one cause into one question.
 */
const BEFORE_QUESTION_MS: DurationMs = 20;

/**
 * Holds back the signals that would end us, from its making to {@linkcode close}, so that nothing is left half done;
 * while a child runs, they are the child's.
 *
 * No signal says who sent it, and a child that got one from the terminal must not get it twice: a second Ctrl-C means
 * "at once" to many programs. So a sentinel waits in our process group, a shell that reads from a pipe. With each signal
 * the pipe is closed: a shell that ends of itself was not meant, so the signal was for us alone; one that the signal
 * ended, before it could, says that it went to the group. However slow the machine is, it is one of the two.
 */
export class SignalRelay {
  #received: RelayedSignal | undefined;
  readonly #interruption = new AbortController();
  #child: Deno.ChildProcess | undefined;
  #sentinel: Deno.ChildProcess | undefined;
  /** Whether the signals of the last milliseconds went to the group. */
  #question: Promise<boolean> | undefined;
  readonly #listeners: (readonly [RelayedSignal, () => void])[] = [];

  constructor() {
    for (const signal of RELAYED_SIGNALS) {
      // Windows delivers Ctrl-C to every program of the console by itself, and knows no other of these.
      if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
      const listener = () => void this.#relay(signal);
      Deno.addSignalListener(signal, listener);
      this.#listeners.push([signal, listener]);
    }
  }

  /** The first signal that arrived while no child was running. */
  get received(): RelayedSignal | undefined {
    return this.#received;
  }

  /** Aborted with the first signal that arrived while no child was running. */
  get interrupted(): AbortSignal {
    return this.#interruption.signal;
  }

  /** As a signal that arrives while no child is running. */
  interrupt(signal: RelayedSignal): void {
    this.#received ??= signal;
    this.#interruption.abort();
  }

  /**
   * Signals go to the child from its start until it has ended.
   *
   * @throws what `start` throws
   */
  async accompany(start: () => Deno.ChildProcess): Promise<Deno.CommandStatus> {
    // Before the child, which may have its first signal as soon as it is there.
    this.#sentinel = startSentinel();
    try {
      this.#child = start();
      return await this.#child.status;
    } finally {
      this.#child = undefined;
      const sentinel = this.#sentinel;
      this.#sentinel = undefined;
      await endSentinel(sentinel);
    }
  }

  /** Signals have their usual effect again. */
  close(): void {
    for (const [signal, listener] of this.#listeners.splice(0)) Deno.removeSignalListener(signal, listener);
  }

  async #relay(signal: RelayedSignal): Promise<void> {
    const child = this.#child;
    if (child === undefined) return this.interrupt(signal);
    if (Deno.build.os === "windows" || await this.#wentToGroup()) return;
    try {
      child.kill(signal);
    } catch (error) {
      // It ended in the meantime, which is what the signal wanted.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #wentToGroup(): Promise<boolean> {
    this.#question ??= this.#askSentinel();
    return this.#question;
  }

  async #askSentinel(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, BEFORE_QUESTION_MS));
    const sentinel = this.#sentinel;
    // The next one is there before this one goes, for the next signal.
    this.#sentinel = this.#child === undefined ? undefined : startSentinel();
    this.#question = undefined;
    return await endSentinel(sentinel) !== null;
  }
}

/** It ends with us however we end, since its input does; without core dump, which Ctrl-\ would leave. */
function startSentinel(): Deno.ChildProcess | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    return new Deno.Command("/bin/sh", {
      args: ["-c", "ulimit -c 0; read -r _"],
      cwd: "/",
      clearEnv: true,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    // Without a shell every signal is passed on, at the price of some arriving twice.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** @returns the signal that had ended it already; null when none had */
async function endSentinel(sentinel: Deno.ChildProcess | undefined): Promise<Deno.Signal | null> {
  if (sentinel === undefined) return null;
  await sentinel.stdin.abort().catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
  });
  return (await sentinel.status).signal;
}

/** A program to start, with nothing taken from our own environment. */
export interface ChildOptions {
  /** Path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * Runs a program on our terminal until it ends.
 *
 * @returns its status; 128 + n when signal n ended it
 * @throws {AgentError} launch_not_executable or launch_not_found, when it cannot be started
 */
export async function runChild(options: ChildOptions, relay: SignalRelay): Promise<number> {
  const { code, signal } = await relay.accompany(() => startChild(options));
  return signal === null ? code : signalStatus(signal);
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

/** Where a program is looked for, as a shell would. */
export interface ProgramSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Files that are never the answer, by real path: a program of the same name that would start us again. */
  readonly skip: readonly string[];
}

/**
 * Finds a program in `PATH`.
 *
 * @returns an absolute path; undefined when there is none
 * @throws {AgentError} launch_not_executable, when the only files of that name cannot be run
 */
export function findProgram(name: string, { env, cwd, skip }: ProgramSearch): string | undefined {
  let unusable: string | undefined;
  for (const directory of (env["PATH"] ?? "").split(delimiter)) {
    if (directory === "") continue;
    for (const suffix of programSuffixes(env)) {
      const path = join(isAbsolute(directory) ? directory : resolve(cwd, directory), name + suffix);
      const kind = kindOfProgram(path, skip);
      if (kind === "program") return path;
      if (kind === "not_executable") unusable ??= path;
    }
  }
  if (unusable === undefined) return undefined;
  throw new AgentError("launch_not_executable", `"${unusable}" is not executable.`, {
    hint: `Make it so with \`chmod +x ${unusable}\`, or install it again.`,
  });
}

function programSuffixes(env: ProgramSearch["env"]): readonly string[] {
  if (Deno.build.os !== "windows") return [""];
  return (env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";").filter((suffix) => suffix !== "");
}

function kindOfProgram(path: string, skip: readonly string[]): "program" | "not_executable" | "none" {
  try {
    const { isFile, mode } = Deno.statSync(path);
    if (!isFile || skip.includes(Deno.realPathSync(path))) return "none";
    return Deno.build.os === "windows" || mode === null || (mode & 0o111) !== 0 ? "program" : "not_executable";
  } catch (error) {
    // Missing, below something that is no directory, or not ours to look at: not to be found here.
    if (error instanceof Error) return "none";
    throw error;
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
