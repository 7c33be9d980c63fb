/** Adds up turns, with what their lost caches cost: addTurns (core/rollup.ts), which knows no prices. */
import { priceMisses } from "../../../core/cost/miss_cost.ts";
import { addTurns, type RollupState, type SessionTurn } from "../../../core/rollup.ts";
import type { PriceSource } from "./make_session.ts";

/** As {@linkcode addTurns}. */
export async function addPricedTurns(
  before: RollupState | undefined,
  turns: readonly SessionTurn[],
  prices: PriceSource,
): Promise<ReturnType<typeof addTurns>> {
  const added = addTurns(before, turns);
  if (added === undefined || added.misses.length === 0) return added;
  const book = await prices.bookFor(added.misses.map(({ model }) => model));
  return { ...added, misses: priceMisses(added.misses, turns, before?.rates ?? [], book) };
}
