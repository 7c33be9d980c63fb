/** What a group of turns adds up to: of a session, a model or a chain (rollup.ts). */
import { addCost, addTurnCostTo, NO_COST } from "./cost/cost.ts";
import {
  addUsage,
  addUsageTo,
  type Cost,
  type EpochMs,
  NO_USAGE,
  type PricedTurn,
  type TokenUsage,
  type TotalCount,
} from "./model.ts";
import { addTotals, totalsOf } from "./usage_total.ts";

/** What a group of turns adds up to while it is being added up. */
export interface TurnSum {
  turns: number;
  totals?: TotalCount;
  usage: { -readonly [kind in keyof TokenUsage]: number };
  cost: { -readonly [key in keyof Cost]: Cost[key] };
  firstAt: EpochMs;
  lastAt: EpochMs;
}

/** Adds a turn, in place: a session may have thousands of turns, and each belongs to three sums. */
export function addTurnTo(sum: TurnSum, turn: PricedTurn): void {
  if (isEmpty(sum)) sum.firstAt = turn.at;
  if (turn.total === undefined) sum.turns++;
  else sum.totals = addTotals(sum.totals, totalsOf(turn));
  addUsageTo(sum.usage, turn.usage);
  addTurnCostTo(sum.cost, turn);
  sum.lastAt = turn.at;
}

/** Adds what other turns add up to. */
export function addSumTo(sum: TurnSum, other: TurnSum): void {
  if (isEmpty(other)) return;
  sum.firstAt = isEmpty(sum) ? other.firstAt : Math.min(sum.firstAt, other.firstAt);
  sum.lastAt = isEmpty(sum) ? other.lastAt : Math.max(sum.lastAt, other.lastAt);
  sum.turns += other.turns;
  if (other.totals !== undefined) sum.totals = addTotals(sum.totals, other.totals);
  sum.usage = addUsage(sum.usage, other.usage);
  sum.cost = addCost(sum.cost, other.cost);
}

const NO_TURNS: TurnSum = { turns: 0, usage: NO_USAGE, cost: NO_COST, firstAt: 0, lastAt: 0 };

/** Its own, to be added to. @param sum @default the sum of no turns */
export function copySum({ turns, usage, cost, firstAt, lastAt, totals }: TurnSum = NO_TURNS): TurnSum {
  const copy = { turns, usage: { ...usage }, cost: { ...cost }, firstAt, lastAt };
  return totals === undefined ? copy : { ...copy, totals };
}

function isEmpty({ turns, totals }: TurnSum): boolean {
  return turns === 0 && totals === undefined;
}
