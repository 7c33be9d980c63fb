/** What notes below an answer say of usage, gathered as it is added up. */
import { addCostTo, NO_COST } from "../../core/cost/cost.ts";
import { addUsageTo, type ModelRef, NO_USAGE, type TotalCount } from "../../core/model.ts";
import { addTotals } from "../../core/usage_total.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { UsageSum } from "./usage_sum.ts";

/** What a model had: as notes on prices want it. */
type ModelSum = Pick<UsageSum, "turns" | "usage" | "cost">;

/** For notes on prices. */
export interface PricedUsage {
  readonly models: Map<ModelRef, ModelSum>;
  /** Buckets that have totals without a price: each of them by itself. */
  readonly unpricedTotals: (ModelRef & ModelSum)[];
}

/** For notes on totals: for each log, where a session may have several. */
export type CountedSessions = { readonly session: number; turns: number; totals?: TotalCount }[];

/** Adds usage, in place. */
export function addPricedUsage(
  { models, unpricedTotals }: PricedUsage,
  { model, turns, usage, cost }: Pick<UsageBucket, "model" | "turns" | "usage" | "cost">,
): void {
  if (cost.unpricedTurns > turns) {
    unpricedTotals.push({ ...model, turns, usage: { ...usage }, cost: { ...cost } });
    return;
  }
  let sum = models.get(model);
  if (sum === undefined) models.set(model, sum = { turns: 0, usage: { ...NO_USAGE }, cost: { ...NO_COST } });
  sum.turns += turns;
  addUsageTo(sum.usage, usage);
  addCostTo(sum.cost, cost);
}

/** All of them, as {@linkcode reportNotes} takes them. */
export function listPricedUsage({ models, unpricedTotals }: PricedUsage): readonly (ModelRef & ModelSum)[] {
  return [...[...models].map(([model, sum]) => ({ ...model, ...sum })), ...unpricedTotals];
}

/** Adds what a log has in a quarter of an hour, in place. Those of one log come one behind the other. */
export function countSession(
  sessions: CountedSessions,
  { session, turns, totals }: Pick<UsageBucket, "session" | "turns" | "totals">,
): void {
  let last = sessions.at(-1);
  if (last?.session !== session) sessions.push(last = { session, turns: 0 });
  last.turns += turns;
  if (totals !== undefined) last.totals = addTotals(last.totals, totals);
}
