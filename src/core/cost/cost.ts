/**
 * Computes what turns cost, and how far each figure can be trusted. prefix_cost.ts does so for a cached prefix.
 *
 * A figure that the tool wrote down comes first, the price data second, and what neither knows stays unknown. Where the
 * price data comes from, and how a model is found in it, is for scan/prices to say (public_prices.ts).
 */
import type { Cost, CostBasis, EpochMs, ModelRef, PricedTurn, PriceTerms, TokenUsage, Turn, Usd } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";
import type { FlatRates } from "./flat_rates.ts";
import type { TurnEvidence } from "../turn_evidence.ts";
import { addBilled, addTurnBill } from "./billed.ts";
import { addCredits, addTurnCredits } from "./credits.ts";

/** The sum of no turns. */
export const NO_COST: Cost = { usd: 0, basis: "none", unpricedTurns: 0 };

/** Whether the log says what a turn cost, or a gateway does. */
export function isReported(turn: Turn): boolean {
  return turn.evidence !== undefined || isRecorded(turn);
}

/** Whether the log does. */
export function isRecorded({ reported }: Turn): boolean {
  return reported !== undefined && isPrice(reported.usd, reported.isBill === true);
}

/** What that is. Undefined where nothing is reported. */
export function reportedUsd(turn: Turn): Usd | undefined {
  if (turn.evidence !== undefined) return chargedUsd(turn.evidence);
  return isRecorded(turn) ? turn.reported!.usd : undefined;
}

/** Whether what a tool wrote down is one: tools write zero for models they have no price for; a bill of zero is one. */
export function isPrice(usd: Usd, isBill: boolean): boolean {
  return Number.isFinite(usd) && (usd > 0 || (usd === 0 && isBill));
}

/** What was paid for it in all. */
function chargedUsd({ usd, upstreamUsd = 0, replayOf }: TurnEvidence): number {
  return replayOf === undefined ? usd + upstreamUsd : 0;
}

function hasTokens({ usage }: Turn): boolean {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.output !== 0;
}

/** Whether {@linkcode turnCost} would look into the book. Callers load the price data only if some turn needs it. */
export function needsPrice(turn: Turn): boolean {
  return !isReported(turn) && hasTokens(turn);
}

/**
 * What a turn costs: what a gateway says that it charged, else what its tool recorded, else by the book. A recorded zero is
 * not a price: only the book or a provider's bill can say that a model is free. A turn without tokens costs nothing, on no
 * basis.
 */
export function turnCost(
  turn: Turn,
  book: PriceBook | undefined,
): Pick<PricedTurn, "usd" | "basis" | "atStandardRate"> {
  const reported = reportedUsd(turn);
  if (reported !== undefined) return { usd: reported, basis: "reported" };
  if (!hasTokens(turn)) return { usd: 0, basis: "none" };
  const usd = book?.costOf(turn.model, turn.usage, turn.at, turn);
  if (usd === undefined) return { basis: "none" };
  const isStandard = turn.terms !== undefined && book?.knowsTerms?.(turn.model, turn.at, turn.terms) === false;
  return isStandard ? { usd, basis: "computed", atStandardRate: true } : { usd, basis: "computed" };
}

/** Adds two sums; {@linkcode NO_COST} changes nothing. Exact to a millionth of a millionth of a dollar. */
export function addCost(a: Cost, b: Cost): Cost {
  // Of a session's cost nothing but what a sum has.
  const { usd, basis, unpricedTurns, standardRateTurns, credits, billed, recordedUsd } = a;
  const sum: { -readonly [key in keyof Cost]: Cost[key] } = { usd, basis, unpricedTurns };
  if (standardRateTurns) sum.standardRateTurns = standardRateTurns;
  if (credits !== undefined) sum.credits = credits;
  if (billed !== undefined) sum.billed = billed;
  if (recordedUsd !== undefined) sum.recordedUsd = recordedUsd;
  addCostTo(sum, b);
  return sum;
}

/** The same in place. */
export function addCostTo(sum: { -readonly [key in keyof Cost]: Cost[key] }, cost: Cost): void {
  sum.usd = addAmounts(sum.usd, cost.usd);
  sum.basis = addBasis(sum.basis, cost.basis);
  sum.unpricedTurns += cost.unpricedTurns;
  if (cost.standardRateTurns) sum.standardRateTurns = (sum.standardRateTurns ?? 0) + cost.standardRateTurns;
  if (cost.credits !== undefined) sum.credits = addCredits(sum.credits, cost.credits);
  if (cost.billed !== undefined) sum.billed = addBilled(sum.billed, cost.billed);
  if (cost.recordedUsd !== undefined) sum.recordedUsd = addAmounts(sum.recordedUsd ?? 0, cost.recordedUsd);
}

/** What many cost together, the same whatever their order: in thousands of dollars the last digits rest on it. */
export function addAllCosts(costs: readonly Cost[]): Cost {
  const sum = { ...NO_COST };
  for (const cost of costs) addCostTo(sum, cost);
  // Written out: `Float64Array.from` takes ten times as long.
  const amounts = new Float64Array(costs.length);
  for (let place = 0; place < amounts.length; place++) amounts[place] = costs[place]!.usd;
  let usd = 0;
  for (const amount of amounts.sort()) usd = addAmounts(usd, amount);
  return { ...sum, usd };
}

/** Adds one priced turn to a sum. */
export function addTurnCost(sum: Cost, turn: PricedTurn): Cost {
  const added = { ...sum };
  addTurnCostTo(added, turn);
  return added;
}

/** The same in place: a session may have thousands of turns. */
export function addTurnCostTo(sum: { -readonly [key in keyof Cost]: Cost[key] }, turn: PricedTurn): void {
  if (turn.usd === undefined) sum.unpricedTurns++;
  else sum.usd = addAmounts(sum.usd, turn.usd);
  if (turn.atStandardRate) sum.standardRateTurns = (sum.standardRateTurns ?? 0) + 1;
  if (turn.reported?.credits !== undefined) sum.credits = addTurnCredits(sum.credits, turn);
  if (turn.evidence !== undefined || turn.reported?.isBill === true && turn.basis === "reported") {
    addTurnBill(sum, turn);
  }
  sum.basis = addBasis(sum.basis, turn.basis);
}

/** What turns cost together; unknown prices are counted, and not taken for zero. */
export function sumCosts(turns: readonly PricedTurn[]): Cost {
  return turns.reduce(addTurnCost, NO_COST);
}

function addBasis(a: CostBasis, b: CostBasis): CostBasis {
  if (a === b || b === "none") return a;
  return a === "none" ? b : "mixed";
}

/** Price data: the public list prices, with the user's own prices over them. */
export interface PriceBook {
  /**
   * @param at When the request was sent: prices change, and a turn costs what it cost on its day
   * @param how What the price depends on beside model and tokens. @default one request at the provider's standard
   * @returns undefined when no price is known; zero only for models that are known to be free
   */
  costOf(
    model: ModelRef,
    usage: TokenUsage,
    at: EpochMs,
    how?: Pick<Turn, "requests" | "terms" | "total">,
  ): Usd | undefined;
  /**
   * What one request at the provider's standard would have cost without any cache: as `costOf` of the whole prompt as input.
   *
   * @default that is asked
   */
  uncachedCostOf?(model: ModelRef, usage: TokenUsage, at: EpochMs): Usd | undefined;
  /**
   * What one request at the provider's standard costs, for who asks for many of a model: see `flattenRates`.
   *
   * @param since First time that is asked for @param until The last
   * @returns undefined where `costOf` alone says it, as where prices changed meanwhile
   * @default undefined
   */
  ratesOf?(model: ModelRef, since: EpochMs, until: EpochMs): FlatRates | undefined;
  /**
   * Whether these terms have a price of their own. Where not, the standard one stands for it.
   *
   * @default true for all
   */
  knowsTerms?(model: ModelRef, at: EpochMs, terms: PriceTerms): boolean;
}
