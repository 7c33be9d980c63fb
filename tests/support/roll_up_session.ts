/** A session's sums out of all its turns at once, as an index makes them of the sums of each log. */
import type { PendingChange } from "../../src/core/model.ts";
import type { PriceBook } from "../../src/core/cost/cost.ts";
import { addTurns, finishRollup, type SessionRollup, type SessionTurn } from "../../src/core/rollup.ts";

/** @param turns All turns of the session's logs, in order of time */
export function rollUpSession(
  turns: readonly SessionTurn[],
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): SessionRollup {
  const { state, samples } = addTurns(undefined, turns)!;
  return { ...finishRollup(state, pending, book), samples };
}
