/** When `watch` rings: once a window at each percentage that is set. Asks no clock, and makes no sound itself. */
import type { EpochMs } from "../../core/model.ts";
import type { LimitJson } from "../limits/limits_output.ts";
import { isKnownNow } from "./limits_line.ts";

/** A window of one limit, and up to which percentage it has rung. */
interface Rung {
  readonly resetsAt: EpochMs;
  readonly percent: number;
}

export class LimitRings {
  readonly #rung = new Map<string, Rung>();

  /**
   * Whether one of the limits has reached a percentage for the first time in its window. A reset that was moved begins no
   * other window, nor does a figure that went down.
   */
  isDue(limits: readonly LimitJson[], alertAt: readonly number[], now: EpochMs): boolean {
    let isDue = false;
    for (const limit of limits) {
      if (!isKnownNow(limit, now) || limit.unconfirmed) continue;
      const reached = Math.max(0, ...alertAt.filter((percent) => limit.usedPercent! >= percent));
      const key = JSON.stringify([limit.source, limit.account, limit.limit, limit.windowMinutes]);
      const before = this.#rung.get(key);
      const isSameWindow = before !== undefined && before.resetsAt > now;
      const resetsAt = Date.parse(limit.resetsAt);
      const percent = isSameWindow ? Math.max(before.percent, reached) : reached;
      if (percent > (isSameWindow ? before.percent : 0)) isDue = true;
      this.#rung.set(key, { resetsAt, percent });
    }
    return isDue;
  }
}
