/**
 * Signals while a program runs in our place. What a terminal sends (Ctrl-C, hanging up) reaches the whole process group,
 * the child included; what is sent to us alone the child never sees and is passed on. Job control is left alone on
 * purpose: Ctrl-Z stops the group, us and the child together, and `fg` wakes both.
 */
import type { DurationMs } from "../core/model.ts";

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
