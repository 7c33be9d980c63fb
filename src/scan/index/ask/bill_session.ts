/** What a session is billed for, one by one: its turns with what became of their caches, and its totals. */
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { NO_USAGE, type Usd } from "../../../core/model.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { isResponse } from "../../../core/usage_total.ts";
import type { PriceSource } from "../sums/make_session.ts";
import { type ExplainedTurn, explainSession } from "./explain_session.ts";

/** A turn, or a total, which has nothing to explain. */
export interface BilledTurn extends ExplainedTurn {
  /** List price of a million input tokens then. Absent where none is known. */
  readonly inputRate?: Usd;
}

/** Small enough to be priced as a short prompt, whatever a provider takes for long ones. */
const PRICED_TOKENS = 1000;

/** @param all Undefined where some were deleted, as the answer is then. @returns in order of time */
export async function billSession(
  all: readonly SessionTurn[] | undefined,
  learned: readonly LearnedLifetime[],
  prices: PriceSource,
): Promise<readonly BilledTurn[] | undefined> {
  if (all === undefined) return undefined;
  const turns = await explainSession(all, learned, prices);
  const totals = all.filter((turn) => turn.counted && !isResponse(turn)).map((total): ExplainedTurn => ({
    ...total,
    outcome: "none",
    expectedTokens: 0,
    missedTokens: 0,
  }));
  const billed = totals.length === 0 ? turns : [...turns, ...totals].sort((a, b) => a.at - b.at);
  const models = new Set(billed.map(({ model }) => model));
  const book = models.size === 0 ? undefined : await prices.bookFor(models);
  return billed.map((turn) => ({ ...turn, inputRate: inputRate(turn, book) }));
}

function inputRate({ model, at }: ExplainedTurn, book: PriceBook | undefined): Usd | undefined {
  const usd = book?.costOf(model, { ...NO_USAGE, input: PRICED_TOKENS }, at);
  // Of a thousand tokens; without the noise of floating-point numbers.
  return usd === undefined ? undefined : Math.round(usd * 1e12 / PRICED_TOKENS) / 1e6;
}
