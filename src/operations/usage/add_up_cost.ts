/** What `cost` adds up: rows and their parts, and what is to be said of all that is in them, in one go. */
import { addCostTo, NO_COST } from "../../core/cost/cost.ts";
import { addUsageTo, type EpochMs, type ModelRef, NO_USAGE, type TotalCount } from "../../core/model.ts";
import { addTotals } from "../../core/usage_total.ts";
import type { BucketRange, UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { UsageFact } from "../report/read_usage_key.ts";
import { addBucketTo, emptyUsageSum, type UsageSum } from "../report/usage_sum.ts";

/** A row while usage is added, and its parts by the second key. */
export interface GrowingRow {
  readonly sum: UsageSum;
  readonly parts?: Map<string, UsageSum>;
}

/** What a model had: as notes on prices want it. */
type ModelSum = Pick<UsageSum, "turns" | "usage" | "cost">;

/** All of an answer. */
export interface CostSums {
  readonly total: UsageSum;
  readonly rows: Map<string, GrowingRow>;
  readonly models: Map<ModelRef, ModelSum>;
  /** Buckets that have totals without a price: each of them by itself. */
  readonly unpricedTotals: (ModelRef & ModelSum)[];
  /** For each log: a session may have several. */
  readonly sessions: { readonly session: number; turns: number; totals?: TotalCount }[];
  /** Of all that was asked for. */
  firstAt?: EpochMs;
  /** Whether it was asked for or not. */
  readonly metModels: Set<ModelRef>;
}

/** What is added up, and under which keys. */
export interface CostQuestion {
  readonly range: BucketRange;
  isAsked(fact: UsageFact): boolean;
  keyOf(fact: UsageFact): string;
  /** @default rows have no parts */
  readonly partOf?: (fact: UsageFact) => string;
}

export async function addUpCost(
  scan: Pick<UsageIndex, "foldUsage">,
  { range, isAsked, keyOf, partOf }: CostQuestion,
): Promise<CostSums> {
  return await scan.foldUsage(range, emptySums, (sums, bucket) => {
    sums.metModels.add(bucket.model);
    if (!isAsked(bucket)) return;
    addToNotes(sums, bucket);
    const row = rowOf(sums.rows, keyOf(bucket), partOf !== undefined);
    addBucketTo(sums.total, bucket);
    addBucketTo(row.sum, bucket);
    if (partOf === undefined) return;
    const part = partOf(bucket);
    let sum = row.parts!.get(part);
    if (sum === undefined) row.parts!.set(part, sum = emptyUsageSum());
    addBucketTo(sum, bucket);
  });
}

/** The directories of what was asked for, in the order in which they are met. */
export async function findDirectories(
  scan: Pick<UsageIndex, "foldUsage">,
  { range, isAsked }: Pick<CostQuestion, "range" | "isAsked">,
): Promise<ReadonlySet<string>> {
  return await scan.foldUsage(range, () => new Set<string>(), (found, bucket) => {
    if (bucket.cwd !== undefined && isAsked(bucket)) found.add(bucket.cwd);
  });
}

/** The row of a key, made where there is none. */
export function rowOf(rows: Map<string, GrowingRow>, key: string, hasParts: boolean): GrowingRow {
  let row = rows.get(key);
  if (row === undefined) rows.set(key, row = { sum: emptyUsageSum(), ...(hasParts ? { parts: new Map() } : {}) });
  return row;
}

function emptySums(): CostSums {
  return {
    total: emptyUsageSum(),
    rows: new Map(),
    models: new Map(),
    unpricedTotals: [],
    sessions: [],
    metModels: new Set(),
  };
}

function addToNotes(sums: CostSums, { at, session, model, turns, totals, usage, cost }: UsageBucket): void {
  if (sums.firstAt === undefined || at < sums.firstAt) sums.firstAt = at;
  if (cost.unpricedTurns > turns) {
    sums.unpricedTotals.push({ ...model, turns, usage: { ...usage }, cost: { ...cost } });
  } else {
    let sum = sums.models.get(model);
    if (sum === undefined) sums.models.set(model, sum = { turns: 0, usage: { ...NO_USAGE }, cost: { ...NO_COST } });
    sum.turns += turns;
    addUsageTo(sum.usage, usage);
    addCostTo(sum.cost, cost);
  }
  let last = sums.sessions.at(-1);
  if (last?.session !== session) sums.sessions.push(last = { session, turns: 0 });
  last.turns += turns;
  if (totals !== undefined) last.totals = addTotals(last.totals, totals);
}
