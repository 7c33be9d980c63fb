/** Of sums of money: what of them the seller itself charged, and what agents had written down in its place. */
import type { BilledPart, Cost, PricedTurn } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";

const NOTHING: BilledPart = { usd: 0, turns: 0 };

/** Both, as one. @param a @default nothing */
export function addBilled(a: BilledPart | undefined, b: BilledPart): BilledPart {
  return a === undefined ? b : { usd: addAmounts(a.usd, b.usd), turns: a.turns + b.turns };
}

/** Adds a turn whose bill is known, in place. */
export function addTurnBill(
  sum: { -readonly [key in keyof Cost]: Cost[key] },
  { usd = 0, evidence, reported }: PricedTurn,
): void {
  sum.billed = addBilled(sum.billed ?? NOTHING, { usd, turns: 1 });
  if (evidence === undefined || reported === undefined || !(reported.usd > 0)) return;
  sum.recordedUsd = addAmounts(sum.recordedUsd ?? 0, reported.usd);
}
