/** A session's sums out of all its turns at once, as an index makes them of the sums of each log. */
import type { PendingChange } from "../../src/core/model.ts";
import type { PriceBook } from "../../src/core/cost/cost.ts";
import { addMissTo, knownLoss, noLosses, priceMisses } from "../../src/core/cost/miss_cost.ts";
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
  const misses = priceMisses(added.misses, turns, [], book);
  return { ...finishSession({ ...added, misses }, pending, book), samples: added.samples };
}

/** What is said of turns at their end. @param added With what misses cost */
export function finishSession(
  { state, misses }: AddedTurns,
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): Omit<SessionRollup, "samples"> {
  const lost = noLosses();
  for (const miss of misses) addMissTo(lost, miss);
  const missUsd = knownLoss(lost);
  return {
    ...finishRollup(state, pending, book),
    misses: lost.misses,
    ...(missUsd === undefined ? {} : { missUsd }),
  };
}
