/** Writes lost caches as miss_codec.ts does, and what they add up to as usage_buckets.ts and loss_codec.ts do. */
import {
  AFTER_COMPACTION,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  ENDED_AT,
  FLAGS,
  HAS_ENDED,
  MISS_1H,
  MISS_HIDES,
  MISS_IS_PRICED,
  MISS_MODEL,
  MISS_PREVIOUS,
  MISS_ROW,
  MISS_SIZE,
  MISS_TOKENS,
  MISS_USD,
  MISSES,
  MODEL,
  MODEL_RANKS,
  ROW_AT,
} from "./memory";
import { isPlainNumber, placeInPart, putByte, putCount, putMoney, putTime, putVarint } from "./part_bytes";
import { addDollars } from "./price_rows";
import { missesBehind } from "./sum_chains";
import { promptOfRow } from "./sum_rows";
import { QUARTER } from "./sum_quarters";

const MODEL_CHANGED: u8 = 1, COMPACTED: u8 = 2;
const HIDES_WRITES: u8 = 8, OTHER_MODEL: u8 = 16, HAS_ENDED_AT: u8 = 32, HAS_USD: u8 = 128;

/** A sum: quarter of an hour, dollars, misses, tokens, those without a price, and the model. */
const LOSS_USD: usize = 8,
  LOSS_COUNT: usize = 16,
  LOSS_TOKENS: usize = 24,
  LOSS_UNPRICED: usize = 32,
  LOSS_MODEL: usize = 40;
const LOSS_SIZE: usize = 48;

/** All of them. @param count Of the rows */
export function putMisses(count: u32): void {
  const first = missesBehind(count), end = first + <usize> load<i32>(MISSES) * MISS_SIZE;
  let before: f64 = 0;
  for (let miss = first; miss < end; miss += MISS_SIZE) {
    const row = <usize> load<i32>(miss, MISS_ROW), previous = <usize> load<i32>(miss, MISS_PREVIOUS);
    const flags = <i32> load<f64>(row, FLAGS), model = <i32> load<f64>(row, MODEL);
    const at = load<f64>(row, ROW_AT), gap = max<f64>(0, at - load<f64>(previous, ROW_AT));
    const isOther = load<i32>(miss, MISS_MODEL) != model;
    const isPriced = load<i32>(miss, MISS_IS_PRICED) != 0;
    putByte(
      (load<f64>(previous, MODEL) != load<f64>(row, MODEL) ? MODEL_CHANGED : flags & AFTER_COMPACTION ? COMPACTED : 0) |
        (load<i32>(miss, MISS_HIDES) ? HIDES_WRITES : 0) | (isOther ? OTHER_MODEL : 0) |
        (flags & HAS_ENDED ? HAS_ENDED_AT : 0) | (isPriced ? HAS_USD : 0),
    );
    putVarint(placeInPart(model));
    putTime(at, before);
    putTime(gap, 0);
    const base = isPlainNumber(at) ? at : 0;
    putTime(load<f64>(miss), isPlainNumber(gap) ? base - gap : base);
    putCount(load<f64>(miss, MISS_TOKENS));
    putCount(load<f64>(miss, MISS_1H));
    putCount(load<f64>(row, CACHE_READ));
    putCount(load<f64>(row, CACHE_WRITE));
    putCount(load<f64>(row, CACHE_WRITE_1H));
    putCount(promptOfRow(row));
    if (isOther) putVarint(placeInPart(load<i32>(miss, MISS_MODEL)));
    if (flags & HAS_ENDED) putTime(load<f64>(row, ENDED_AT), base);
    if (isPriced) putMoney(load<f64>(miss, MISS_USD));
    if (isPlainNumber(at)) before = at;
  }
}

/** @param area Where they may be put in order, and added up */
export function putLosses(count: u32, area: usize): void {
  const misses = load<i32>(MISSES);
  const losses = area + <usize> misses * 8 + 7 & ~7;
  orderMisses(missesBehind(count), misses, area);
  let sums = 0;
  for (let place = 0; place < misses; place++) {
    const miss = <usize> load<i32>(area + place * 4), row = <usize> load<i32>(miss, MISS_ROW);
    const at = Math.floor(load<f64>(row, ROW_AT) / QUARTER) * QUARTER;
    const model = <i32> load<f64>(row, MODEL);
    let found = sums - 1;
    while (found >= 0 && isOther(losses + found * LOSS_SIZE, at, model)) found--;
    if (found < 0 || load<f64>(losses + found * LOSS_SIZE) != at) {
      found = sums++;
      memory.fill(losses + found * LOSS_SIZE, 0, LOSS_SIZE);
      store<f64>(losses + found * LOSS_SIZE, at);
      store<i32>(losses + found * LOSS_SIZE, model, LOSS_MODEL);
    }
    addMiss(losses + found * LOSS_SIZE, miss, row);
  }
  // By name among those of one quarter.
  for (let place = 0; place < sums; place++) store<i32>(area + place * 4, <i32> (losses + place * LOSS_SIZE));
  for (let place = 1; place < sums; place++) {
    const loss = load<i32>(area + place * 4);
    let before = place;
    while (before > 0 && isBefore(loss, load<i32>(area + before * 4 - 4))) {
      store<i32>(area + before * 4, load<i32>(area + before * 4 - 4));
      before--;
    }
    store<i32>(area + before * 4, loss);
  }
  putVarint(sums);
  let quarter: f64 = 0;
  for (let place = 0; place < sums; place++) {
    const loss = <usize> load<i32>(area + place * 4);
    const start = load<f64>(loss) / QUARTER;
    putTime(start, quarter);
    putVarint(placeInPart(load<i32>(loss, LOSS_MODEL)));
    putCount(load<f64>(loss, LOSS_COUNT));
    putCount(load<f64>(loss, LOSS_TOKENS));
    putCount(load<f64>(loss, LOSS_UNPRICED));
    putMoney(load<f64>(loss, LOSS_USD));
    if (isPlainNumber(start)) quarter = start;
  }
}

/** Of the same quarter of an hour. */
function isOther(loss: usize, at: f64, model: i32): bool {
  return load<f64>(loss) == at && load<i32>(loss, LOSS_MODEL) != model;
}

/** Puts where misses are in order of time; of one time in theirs. They mostly are, but for those of several chains. */
function orderMisses(first: usize, count: i32, area: usize): void {
  for (let place = 0; place < count; place++) {
    const miss = first + place * MISS_SIZE;
    const at = timeOf(miss);
    let before = place;
    while (before > 0 && timeOf(load<i32>(area + before * 4 - 4)) > at) {
      store<i32>(area + before * 4, load<i32>(area + before * 4 - 4));
      before--;
    }
    store<i32>(area + before * 4, <i32> miss);
  }
}

function timeOf(miss: usize): f64 {
  return load<f64>(load<i32>(miss, MISS_ROW), ROW_AT);
}

/** As addMissTo has it (core/cost/miss_cost.ts). */
function addMiss(loss: usize, miss: usize, row: usize): void {
  const isPriced = load<i32>(miss, MISS_IS_PRICED) != 0;
  const missed = min<f64>(load<f64>(miss, MISS_TOKENS), promptOfRow(row)) - load<f64>(row, CACHE_READ);
  store<f64>(loss, addDollars(load<f64>(loss, LOSS_USD), isPriced ? load<f64>(miss, MISS_USD) : 0), LOSS_USD);
  store<f64>(loss, load<f64>(loss, LOSS_COUNT) + 1, LOSS_COUNT);
  store<f64>(loss, load<f64>(loss, LOSS_TOKENS) + missed, LOSS_TOKENS);
  if (!isPriced) store<f64>(loss, load<f64>(loss, LOSS_UNPRICED) + 1, LOSS_UNPRICED);
}

/** As compareLosses has it. */
function isBefore(a: usize, b: usize): bool {
  const atA = load<f64>(a), atB = load<f64>(b);
  if (atA != atB) return atA < atB;
  return load<u8>(MODEL_RANKS + load<i32>(a, LOSS_MODEL)) < load<u8>(MODEL_RANKS + load<i32>(b, LOSS_MODEL));
}
