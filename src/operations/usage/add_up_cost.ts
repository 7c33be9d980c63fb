/** What `cost` adds up: rows and their parts, and what is to be said of all that is in them, in one go. */
import type { EpochMs, ModelRef } from "../../core/model.ts";
import type { BucketRange, UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { UsageFact } from "../report/read_usage_key.ts";
import { addPricedUsage, type CountedSessions, countSession, type PricedUsage } from "../report/usage_notes.ts";
import { addBucketTo, emptyUsageSum, type UsageSum } from "../report/usage_sum.ts";

/** A row while usage is added, and its parts by the second key. */
export interface GrowingRow {
  readonly sum: UsageSum;
  readonly parts?: Map<string, UsageSum>;
}

/** All of an answer. */
export interface CostSums extends PricedUsage {
  readonly total: UsageSum;
  readonly rows: Map<string, GrowingRow>;
  readonly sessions: CountedSessions;
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

function addToNotes(sums: CostSums, bucket: UsageBucket): void {
  if (sums.firstAt === undefined || bucket.at < sums.firstAt) sums.firstAt = bucket.at;
  addPricedUsage(sums, bucket);
  countSession(sums.sessions, bucket);
}
