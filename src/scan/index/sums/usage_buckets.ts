/**
 * Sums of counted turns by quarter of an hour, model, host behind its provider, and log: fine enough for any time zone. Each log's are made when it is
 * folded; where a range cuts through one, the log's turns are asked. A total is in the one that it was begun in.
 */
import {
  addUsage,
  addUsageTo,
  type Cost,
  type DurationMs,
  type EpochMs,
  isSameModel,
  type ModelRef,
  type TokenUsage,
  type TotalCount,
  type Usd,
} from "../../../core/model.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import { addAmounts } from "../../../core/cost/add_amounts.ts";
import { addCost, addTurnCost, addTurnCostTo, NO_COST } from "../../../core/cost/cost.ts";
import { addLossesTo, addMissTo, type GrowingLosses, type LostCaches, noLosses } from "../../../core/cost/miss_cost.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { isRepeated, upstreamOf } from "../../../core/turn_evidence.ts";
import { addTotals, totalsOf } from "../../../core/usage_total.ts";

/** Stands for a host where none was asked: the gateway repeated a response. */
const REPLAYED = "(cache replay)";

/** Every time zone in use is offset from UTC by a multiple of this. */
export const QUARTER_MS: DurationMs = 15 * 60_000;

/** The turns of one log, quarter of an hour and model. */
export interface LogBucket {
  /** Start of the quarter of an hour. */
  readonly at: EpochMs;
  readonly model: ModelRef;
  /** Who served them behind the provider, where a gateway said so. @default that is not known */
  readonly upstream?: string;
  readonly turns: number;
  /** What is in it beside turns. @default nothing */
  readonly totals?: TotalCount;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  /** What they would have cost more without any cache, as far as that is known. */
  readonly savedUsd: Usd;
  /** Turns with a price of which that is not known. */
  readonly unknownSavings: number;
  /** What was lost of caches. @default nothing */
  readonly lost?: LostCaches;
  /** When the first and the last request were sent, and when the last response was complete. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly endedAt: EpochMs;
}

/** What one session had of one model in a quarter of an hour. */
export interface UsageBucket extends
  Pick<
    LogBucket,
    "at" | "model" | "upstream" | "turns" | "totals" | "usage" | "cost" | "savedUsd" | "unknownSavings" | "lost"
  > {
  /** Row of the index. */
  readonly session: number;
  readonly source: string;
  readonly sessionId: string;
  readonly cwd?: string;
}

/** Which turns are asked for. */
export interface BucketRange {
  /** Turns at or after. */
  readonly since?: EpochMs;
  /** Turns before. */
  readonly until?: EpochMs;
  /** Leaves out turns that were not complete at this time. */
  readonly asOf?: EpochMs;
}

/** A bucket while turns are added. */
type GrowingBucket = { -readonly [key in keyof LogBucket]: Growing<LogBucket[key]> };
type Growing<T> = T extends TokenUsage | Cost ? { -readonly [key in keyof T]: T[key] } : T;

/** @param turns One log's, in order of time @param misses Of those that count among them. @default none */
export function makeBuckets(turns: readonly SessionTurn[], misses: readonly CacheMiss[] = []): LogBucket[] {
  const buckets: GrowingBucket[] = [];
  for (const turn of turns) {
    if (!turn.counted) continue;
    const at = Math.floor(turn.at / QUARTER_MS) * QUARTER_MS;
    // Those of the quarter at hand are the last ones, and a few.
    const upstream = isRepeated(turn) ? REPLAYED : upstreamOf(turn);
    let place = buckets.length - 1;
    while (buckets[place]?.at === at && !isOf(buckets[place]!, turn.model, upstream)) place--;
    const bucket = buckets[place]?.at === at ? buckets[place] : undefined;
    const endedAt = turn.endedAt ?? turn.at;
    if (bucket === undefined) {
      const { model, usage } = turn;
      const cost = addTurnCost(NO_COST, turn);
      const saved = { savedUsd: turn.savedUsd ?? 0, unknownSavings: unknownSavingsOf(turn) };
      const times = { firstAt: turn.at, lastAt: turn.at, endedAt };
      const host = upstream === undefined ? {} : { upstream };
      const made = { at, model, ...host, turns: 1, usage: { ...usage }, cost, ...saved, ...times };
      buckets.push(turn.total === undefined ? made : { ...made, turns: 0, totals: totalsOf(turn) });
      continue;
    }
    if (turn.total === undefined) bucket.turns++;
    else bucket.totals = addTotals(bucket.totals, totalsOf(turn));
    addUsageTo(bucket.usage, turn.usage);
    addTurnCostTo(bucket.cost, turn);
    bucket.savedUsd = addAmounts(bucket.savedUsd, turn.savedUsd ?? 0);
    bucket.unknownSavings += unknownSavingsOf(turn);
    bucket.lastAt = turn.at;
    bucket.endedAt = Math.max(bucket.endedAt, endedAt);
  }
  for (const { at, model, upstream, ...lost } of makeLosses(misses)) {
    const bucket = buckets.find((bucket) => bucket.at === at && isOf(bucket, model, upstream));
    if (bucket !== undefined) bucket.lost = lost;
  }
  return buckets;
}

function isOf(bucket: Pick<LogBucket, "model" | "upstream">, model: ModelRef, upstream: string | undefined): boolean {
  return bucket.upstream === upstream && isSameModel(bucket.model, model);
}

/** What a log lost of caches in a quarter of an hour, with a model at a host. */
export interface LogLosses extends LostCaches, Pick<LogBucket, "at" | "model" | "upstream"> {}

/** By quarter of an hour and model, in the order in which the index has them. */
export function makeLosses(misses: readonly CacheMiss[]): readonly LogLosses[] {
  const losses: (GrowingLosses & Pick<LogBucket, "at" | "model" | "upstream">)[] = [];
  for (const miss of misses.toSorted((a, b) => a.at - b.at)) {
    const at = Math.floor(miss.at / QUARTER_MS) * QUARTER_MS;
    const { model, upstream } = miss;
    // In order of time those of its quarter are the last ones: a log may have lost a cache in hundreds.
    let place = losses.length - 1;
    while (place >= 0 && losses[place]!.at === at && !isOf(losses[place]!, model, upstream)) place--;
    let sum = place >= 0 && losses[place]!.at === at ? losses[place] : undefined;
    if (sum === undefined) {
      losses.push(sum = { at, model, ...(upstream === undefined ? {} : { upstream }), ...noLosses() });
    }
    addMissTo(sum, miss);
  }
  return losses.sort(compareLosses);
}

/** By time, and by name: whichever turns came first. */
export function compareLosses(
  a: Pick<LogLosses, "at" | "model" | "upstream">,
  b: Pick<LogLosses, "at" | "model" | "upstream">,
): number {
  if (a.at !== b.at) return a.at - b.at;
  const [nameA, nameB] = [a, b].map(({ model, upstream = "" }) => `${model.provider}\0${model.model}\0${upstream}`);
  return nameA! < nameB! ? -1 : 1;
}

function unknownSavingsOf({ usd, savedUsd }: SessionTurn): number {
  return usd !== undefined && savedUsd === undefined ? 1 : 0;
}

/**
 * The buckets of one log out of those of its parts.
 *
 * @param parts Each of turns that are later than those before
 */
export function joinBuckets(parts: readonly (readonly LogBucket[])[]): readonly LogBucket[] {
  const [first = [], ...others] = parts;
  if (others.length === 0) return first;
  const joined = [...first];
  for (const later of others.flat()) {
    const place = joined.findLastIndex((bucket) => bucket.at === later.at && isOf(bucket, later.model, later.upstream));
    if (place < 0) joined.push(later);
    else joined[place] = addBucket(joined[place]!, later);
  }
  return joined;
}

function addBucket(known: LogBucket, later: LogBucket): LogBucket {
  const totals = addTotals(known.totals, later.totals);
  return {
    ...known,
    turns: known.turns + later.turns,
    ...(totals === undefined ? {} : { totals }),
    usage: addUsage(known.usage, later.usage),
    cost: addCost(known.cost, later.cost),
    savedUsd: addAmounts(known.savedUsd, later.savedUsd),
    unknownSavings: known.unknownSavings + later.unknownSavings,
    ...addLost(known.lost, later.lost),
    lastAt: later.lastAt,
    endedAt: Math.max(known.endedAt, later.endedAt),
  };
}

function addLost(a: LostCaches | undefined, b: LostCaches | undefined): Pick<LogBucket, "lost"> {
  if (a === undefined && b === undefined) return {};
  const lost = noLosses();
  for (const some of [a, b]) if (some !== undefined) addLossesTo(lost, some);
  return { lost };
}

/** Whether all of the bucket's turns lie in the range, none does, or the turns themselves have to say. */
export function compareBucket(
  { firstAt, lastAt, endedAt }: LogBucket,
  { since = -Infinity, until = Infinity, asOf = Infinity }: BucketRange,
): "inside" | "outside" | "across" {
  if (firstAt >= since && lastAt < until && endedAt <= asOf) return "inside";
  return lastAt < since || firstAt >= until || firstAt > asOf ? "outside" : "across";
}

/** Whether a turn is asked for: by when its request was sent, and whether its answer had come. */
export function isInRange(
  { at, endedAt = at }: Pick<SessionTurn, "at" | "endedAt">,
  { since = -Infinity, until = Infinity, asOf = Infinity }: BucketRange,
): boolean {
  return at >= since && at < until && endedAt <= asOf;
}
