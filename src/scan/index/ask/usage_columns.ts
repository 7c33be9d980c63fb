/** Sums by quarter of an hour as numbers one behind the other, which are read in a fraction of the time that a part takes. */
import { COST_BASES, type ModelRef } from "../../../core/model.ts";
import type { OpenBucket } from "../bytes/open_bucket.ts";
import type { LogBucket } from "../sums/usage_buckets.ts";

/** What served turns: a model, and who is behind its provider where that is known. */
export type ColumnModel = readonly [provider: string, model: string, upstream: string | null];

/** As whoever reads them has them, by the same places. */
export interface ColumnModels {
  readonly models: readonly ModelRef[];
  readonly upstreams: readonly (string | undefined)[];
}

/** Buckets by their place: counts are integers, which V8 reads and adds up without an object for each. */
export interface UsageColumns {
  readonly times: Float64Array;
  readonly amounts: Float64Array;
  readonly counts: Int32Array;
}

/** Of each bucket. */
export const TIME_COUNT = 4;
export const AMOUNT_COUNT = 3;
export const COUNT_COUNT = 14;

/** Where among the times they are. The first one is that of the quarter. */
export const [FIRST_AT, LAST_AT, ENDED_AT] = [1, 2, 3] as const;

/** Of a bucket without them. */
const NO_STANDARD_RATE = -1;

/** Whether a bucket is nothing but such numbers, of a model: what few have is not kept. */
export function isInColumns({ turns, totals, usage, cost, unknownSavings, lost }: LogBucket): boolean {
  return totals === undefined && cost.credits === undefined && cost.billed === undefined &&
    cost.recordedUsd === undefined && isInt(turns) && isInt(usage.input) && isInt(usage.cacheRead) &&
    isInt(usage.cacheWrite) && isInt(usage.cacheWrite1h) && isInt(usage.output) && isInt(cost.unpricedTurns) &&
    isInt(cost.standardRateTurns ?? 0) && isInt(unknownSavings) &&
    (lost === undefined || isInt(lost.misses) && isInt(lost.tokens) && isInt(lost.unpriced));
}

/** Minus zero is none. */
function isInt(count: number): boolean {
  return Object.is(count | 0, count);
}

/** @param place Of the bucket @param model Its place among those that go with the columns */
export function writeColumns(
  { times, amounts, counts }: UsageColumns,
  place: number,
  bucket: LogBucket,
  model: number,
) {
  const { usage, cost, lost } = bucket;
  let at = TIME_COUNT * place;
  times[at] = bucket.at;
  times[at + FIRST_AT] = bucket.firstAt;
  times[at + LAST_AT] = bucket.lastAt;
  times[at + ENDED_AT] = bucket.endedAt;
  at = AMOUNT_COUNT * place;
  amounts[at] = cost.usd;
  amounts[at + 1] = bucket.savedUsd;
  amounts[at + 2] = lost?.usd ?? 0;
  at = COUNT_COUNT * place;
  counts[at] = model;
  counts[at + 1] = bucket.turns;
  counts[at + 2] = usage.input;
  counts[at + 3] = usage.cacheRead;
  counts[at + 4] = usage.cacheWrite;
  counts[at + 5] = usage.cacheWrite1h;
  counts[at + 6] = usage.output;
  counts[at + 7] = COST_BASES.indexOf(cost.basis);
  counts[at + 8] = cost.unpricedTurns;
  counts[at + 9] = cost.standardRateTurns ?? NO_STANDARD_RATE;
  counts[at + 10] = bucket.unknownSavings;
  // Nothing that is lost is no miss.
  counts[at + 11] = lost?.misses ?? 0;
  counts[at + 12] = lost?.tokens ?? 0;
  counts[at + 13] = lost?.unpriced ?? 0;
}

/** Reads it again, but for the times of its turns. @param bucket Read into before by nobody else */
export function readColumns(
  bucket: OpenBucket,
  { times, amounts, counts }: UsageColumns,
  place: number,
  { models, upstreams }: ColumnModels,
): void {
  const { usage, cost } = bucket;
  const amount = AMOUNT_COUNT * place;
  const at = COUNT_COUNT * place;
  const model = counts[at]!;
  bucket.at = times[TIME_COUNT * place]!;
  bucket.model = models[model]!;
  bucket.upstream = upstreams[model];
  bucket.turns = counts[at + 1]!;
  usage.input = counts[at + 2]!;
  usage.cacheRead = counts[at + 3]!;
  usage.cacheWrite = counts[at + 4]!;
  usage.cacheWrite1h = counts[at + 5]!;
  usage.output = counts[at + 6]!;
  cost.usd = amounts[amount]!;
  cost.basis = COST_BASES[counts[at + 7]!]!;
  cost.unpricedTurns = counts[at + 8]!;
  const standard = counts[at + 9]!;
  cost.standardRateTurns = standard === NO_STANDARD_RATE ? undefined : standard;
  bucket.savedUsd = amounts[amount + 1]!;
  bucket.unknownSavings = counts[at + 10]!;
  const misses = counts[at + 11]!;
  bucket.lost = misses === 0 ? undefined : {
    misses,
    tokens: counts[at + 12]!,
    usd: amounts[amount + 2]!,
    unpriced: counts[at + 13]!,
  };
}

/** Reads the times of its turns as well. */
export function readWholeColumns(bucket: OpenBucket, columns: UsageColumns, place: number, models: ColumnModels): void {
  readColumns(bucket, columns, place, models);
  const { times } = columns;
  const at = TIME_COUNT * place;
  bucket.firstAt = times[at + FIRST_AT]!;
  bucket.lastAt = times[at + LAST_AT]!;
  bucket.endedAt = times[at + ENDED_AT]!;
}
