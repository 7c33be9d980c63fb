/** The time by the server that answered, for countdowns. The page's own clock may be wrong, and is not asked for it. */
import type { DurationMs, EpochMs } from "../../core/model.ts";

const MINUTE: DurationMs = 60_000;

/**
 * From the moment that an answer came in. The page's clock has a say in one thing alone, whether it is worth asking anew: an
 * hour that is wrong costs a question then, and no figure.
 */
export class AnswerClock {
  readonly #asOf: EpochMs;
  readonly #began = performance.now();
  /** How far the page's clock is ahead. */
  readonly #ahead: DurationMs;

  constructor(asOf: EpochMs) {
    this.#asOf = asOf;
    this.#ahead = this.#drift();
  }

  now(): EpochMs {
    return this.#asOf + performance.now() - this.#began;
  }

  /** Whether the answer seems to have been old when it came: that of a conversation that was opened again. */
  wasOld(): boolean {
    return Math.abs(this.#ahead) > MINUTE;
  }

  /** Whether the machine seems to have slept since then, in which the page's time stands still. */
  hasSlept(): boolean {
    return Math.abs(this.#drift() - this.#ahead) > MINUTE;
  }

  #drift(): DurationMs {
    return Date.now() - this.now();
  }
}
