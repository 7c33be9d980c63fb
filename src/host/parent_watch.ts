/**
 * Ends this process, and everything below it, when the process that started it is gone. For programs without a terminal
 * that lead a process group of their own: nobody else can end them once the one who knew them was killed.
 */
import process from "node:process";
import type { DurationMs } from "../core/model.ts";
import { signalBelow, signalGroup } from "./process_group.ts";

const POLL_MS: DurationMs = 100;
/** From asking what is below to killing it. */
const GRACE_MS: DurationMs = 300;
const AGAIN_MS: DurationMs = 20;
/** How often what is below is killed at the very end: something may be starting something just then. */
const LAST_TRIES = 10;

/**
 * Compares the id of the parent with the one that the parent handed over. A process whose parent ends gets another at
 * once: process 1, or whichever ancestor has made itself a subreaper. That one was there all along, so that it cannot
 * have the same id, nor can process 1 as a parent be mistaken for none; and a parent that is gone before we first look is
 * noticed as well. A pipe that the parent holds open would say the same, but only as long as no other process that the
 * parent started has inherited its end, and at the price of a protocol on standard input, which belongs to the child.
 *
 * On Windows a process keeps the id of a parent that is gone: nothing is noticed there.
 */
export class ParentWatch {
  readonly #parent: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isEnding = false;

  /** @param parent id of the process that started this one, as itself says */
  constructor(parent: number) {
    this.#parent = parent;
    this.#look();
  }

  /** Whether the parent is gone, as of now: nothing is to be started any more. */
  get isParentGone(): boolean {
    return this.#isEnding || Deno.ppid !== this.#parent;
  }

  /** To be called when the work is done: what is left below a parentless process is killed. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.isParentGone) return;
    this.#isEnding = true;
    for (let tries = 0; tries < LAST_TRIES && signalBelow(Deno.pid, "SIGKILL") !== 0; tries++) await delay(AGAIN_MS);
  }

  #look(): void {
    if (this.isParentGone) void this.#end();
    else this.#timer = setTimeout(() => this.#look(), POLL_MS);
  }

  /**
   * As a SIGTERM to the group would: whoever has something to put back hears it. We must outlive the others to kill those
   * that do not obey, so that only then the signal has its usual effect on us, unless something is being put back.
   */
  async #end(): Promise<void> {
    this.#isEnding = true;
    const survive = () => {};
    Deno.addSignalListener("SIGTERM", survive);
    signalBelow(Deno.pid, "SIGTERM");
    process.kill(Deno.pid, "SIGTERM");
    await delay(GRACE_MS);
    const left = signalBelow(Deno.pid, "SIGKILL");
    // Where nobody can say who they are, we go with them; what was placed is put back by the next that comes.
    if (left === undefined) signalGroup(Deno.pid, "SIGKILL");
    Deno.removeSignalListener("SIGTERM", survive);
    process.kill(Deno.pid, "SIGTERM");
    for (;;) {
      await delay(AGAIN_MS);
      signalBelow(Deno.pid, "SIGKILL");
    }
  }
}

function delay(ms: DurationMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
