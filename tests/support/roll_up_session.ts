/** A session's sums out of all its turns at once, as an index makes them of the sums of each log. */
import type { PendingChange } from "../../src/core/model.ts";
import type { PriceBook } from "../../src/core/cost/cost.ts";
import { addMisses, costOfMiss } from "../../src/core/cost/miss_cost.ts";
import {
  type AddedTurns,
  addTurns,
  finishRollup,
  type SessionRollup,
  type SessionTurn,
} from "../../src/core/rollup.ts";

/** @param turns All turns of the session's logs, in order of time */
export function rollUpSession(
  turns: readonly SessionTurn[],
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): SessionRollup {
  const added = addTurns(undefined, turns)!;
  return { ...finishSession(added, pending, book), samples: added.samples };
}

/** What is said of turns at their end, misses included. */
export function finishSession(
  { state, misses }: AddedTurns,
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): Omit<SessionRollup, "samples"> {
  const lost = addMisses(misses.map((miss) => costOfMiss(miss, state.rates, book)));
  return { ...finishRollup(state, pending, book), ...lost };
}
