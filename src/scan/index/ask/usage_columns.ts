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

/** Numbers of a bucket: see {@linkcode writeColumns}. */
export const COLUMN_COUNT = 21;

/** Where in them its times are. */
export const [FIRST_AT, LAST_AT, ENDED_AT] = [1, 2, 3] as const;

/** Of a bucket without it: there is none of no turns. */
const NO_STANDARD_RATE = NaN;

/** Whether a bucket is nothing but numbers, of a model: what few have is not kept. */
export function isInColumns({ totals, cost }: Pick<LogBucket, "totals" | "cost">): boolean {
  return totals === undefined && cost.credits === undefined && cost.billed === undefined &&
    cost.recordedUsd === undefined;
}

/** @param model Its place among those that go with the columns @param at Where its first number is to be */
export function writeColumns(columns: Float64Array, at: number, bucket: LogBucket, model: number): void {
  const { usage, cost, lost } = bucket;
  columns[at] = bucket.at;
  columns[at + FIRST_AT] = bucket.firstAt;
  columns[at + LAST_AT] = bucket.lastAt;
  columns[at + ENDED_AT] = bucket.endedAt;
  columns[at + 4] = model;
  columns[at + 5] = bucket.turns;
  columns[at + 6] = usage.input;
  columns[at + 7] = usage.cacheRead;
  columns[at + 8] = usage.cacheWrite;
  columns[at + 9] = usage.cacheWrite1h;
  columns[at + 10] = usage.output;
  columns[at + 11] = cost.usd;
  columns[at + 12] = COST_BASES.indexOf(cost.basis);
  columns[at + 13] = cost.unpricedTurns;
  columns[at + 14] = cost.standardRateTurns ?? NO_STANDARD_RATE;
  columns[at + 15] = bucket.savedUsd;
  columns[at + 16] = bucket.unknownSavings;
  // Nothing that is lost is no miss.
  columns[at + 17] = lost?.misses ?? 0;
  columns[at + 18] = lost?.tokens ?? 0;
  columns[at + 19] = lost?.usd ?? 0;
  columns[at + 20] = lost?.unpriced ?? 0;
}

/** Reads them again. @param bucket Read into before by nobody else */
export function readColumns(
  bucket: OpenBucket,
  columns: Float64Array,
  at: number,
  { models, upstreams }: ColumnModels,
): void {
  const { usage, cost } = bucket;
  const model = columns[at + 4]!;
  bucket.at = columns[at]!;
  bucket.firstAt = columns[at + FIRST_AT]!;
  bucket.lastAt = columns[at + LAST_AT]!;
  bucket.endedAt = columns[at + ENDED_AT]!;
  bucket.model = models[model]!;
  bucket.upstream = upstreams[model];
  bucket.turns = columns[at + 5]!;
  usage.input = columns[at + 6]!;
  usage.cacheRead = columns[at + 7]!;
  usage.cacheWrite = columns[at + 8]!;
  usage.cacheWrite1h = columns[at + 9]!;
  usage.output = columns[at + 10]!;
  cost.usd = columns[at + 11]!;
  cost.basis = COST_BASES[columns[at + 12]!]!;
  cost.unpricedTurns = columns[at + 13]!;
  const standard = columns[at + 14]!;
  cost.standardRateTurns = Number.isNaN(standard) ? undefined : standard;
  bucket.savedUsd = columns[at + 15]!;
  bucket.unknownSavings = columns[at + 16]!;
  const misses = columns[at + 17]!;
  bucket.lost = misses === 0 ? undefined : {
    misses,
    tokens: columns[at + 18]!,
    usd: columns[at + 19]!,
    unpriced: columns[at + 20]!,
  };
}
