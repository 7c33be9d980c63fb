/**
 * How many may be asked at once, and when the next may be: what each "too many requests" (429) changes, and each answer.
 * Holds no timer, and asks no clock.
 */
import type { DurationMs, EpochMs } from "../../core/model.ts";

const MOST_AT_ONCE = 4;
const LONGEST_WAIT_MS: DurationMs = 60_000;
/** Where it is not said how long. */
const WAITS_MS: readonly DurationMs[] = [1_000, 2_000, 4_000, 8_000, 16_000];
/** So many rounds in a row that end in "too many": it is to be left alone for longer than anybody waits. */
const MOST_LIMITED = 5;
/** After so many answers, one more may be asked at once. */
const ANSWERS_PER_STEP = 50;

export class AskingPace {
  readonly #random: () => number;
  #atOnce = MOST_AT_ONCE;
  #round = 0;
  #limited = 0;
  #answers = 0;
  #pausedUntil = 0;

  /** @param random From 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  get atOnce(): number {
    return this.#atOnce;
  }

  /** Rises with each pause. Who asks notes it, since what was under way when a pause began says nothing new. */
  get round(): number {
    return this.#round;
  }

  /** How long nobody is to be asked. 0: now */
  pauseMs(now: EpochMs): DurationMs {
    return Math.max(0, this.#pausedUntil - now);
  }

  /** @param round when it was asked */
  answered(round: number): void {
    if (round !== this.#round) return;
    this.#limited = 0;
    if (++this.#answers % ANSWERS_PER_STEP === 0) this.#atOnce = Math.min(MOST_AT_ONCE, this.#atOnce + 1);
  }

  /**
   * @param round when it was asked
   * @param retryAfterMs As the gateway said @default {WAITS_MS}, longer each time
   */
  limited(round: number, now: EpochMs, retryAfterMs?: DurationMs): "wait" | "give up" {
    const isNew = round === this.#round;
    if (isNew) {
      this.#round++;
      this.#limited++;
      this.#answers = 0;
      this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
    }
    if (this.#limited >= MOST_LIMITED) return "give up";
    const ownMs = WAITS_MS[this.#limited - 1]! * (1 + this.#random() / 4);
    const waitMs = Math.min(LONGEST_WAIT_MS, retryAfterMs === undefined || retryAfterMs === 0 ? ownMs : retryAfterMs);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + waitMs);
    return "wait";
  }
}
