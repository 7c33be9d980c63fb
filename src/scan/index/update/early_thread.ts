/**
 * Starts the second thread of a first scan while logs are still looked for, as soon as there is enough to read: it takes as
 * long to begin as this thread takes until it knows what to do.
 */
import { THREAD_BYTES } from "./thread_bytes.ts";
import type { LogWorkOptions } from "./log_work.ts";

type StartThread = NonNullable<LogWorkOptions["startThread"]>;

/** To be ended: the thread that nobody took, or none. */
export class EarlyThread {
  readonly #start: StartThread;
  #left = THREAD_BYTES;
  #thread: ReturnType<StartThread> | undefined;

  constructor(start: StartThread) {
    this.#start = start;
  }

  /** To be called for each log that is found. @param bytes Its size */
  note(bytes: number): void {
    if (this.#left <= 0) return;
    this.#left -= bytes;
    if (this.#left <= 0) this.#thread = this.#start();
  }

  /** The thread, started now if it was not before; whoever takes it ends it. */
  readonly take: StartThread = () => {
    const thread = this.#thread ?? this.#start();
    this.#thread = undefined;
    return thread;
  };

  end(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}
