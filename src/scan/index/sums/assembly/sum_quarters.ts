/** Sums by quarter of an hour and model, as usage_buckets.ts makes them and part_codec.ts writes them. */
import {
  BUCKETS,
  BUCKETS_END,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  ENDED_AT,
  FLAGS,
  HAS_ENDED,
  INPUT,
  MODEL,
  OUTPUT,
  PRICED,
  QUARTER_SIZE,
  QUARTERS,
  ROW_AT,
  ROW_SIZE,
  ROWS,
  SAVED,
  SUM_FIRST,
  SUM_INPUT,
  SUM_LAST,
  SUM_OUTPUT,
  SUM_READ,
  SUM_WRITE,
  SUM_WRITE_1H,
} from "./memory";
import {
  isPlainNumber,
  placeInPart,
  putByte,
  putCount,
  putDouble,
  putSignedMoney,
  putTime,
  putVarint,
  writtenTo,
} from "./part_bytes";
import { flagsOfSum, putCountsOfSum } from "./sum_bytes";
import { addRow, countsHere } from "./sum_rows";

/** In milliseconds. */
export const QUARTER: f64 = 900_000;
const START: usize = 112, END: usize = 120, OF_MODEL: usize = 128, UNKNOWN: usize = 132, SAVED_USD: usize = 136;
const WHOLE_TIMES: i32 = 64;

/** What the quarter before was, in quarters. */
let before: f64 = 0;

/** Behind what was written last. */
export function writeQuarters(end: usize): void {
  before = 0;
  store<i32>(BUCKETS, <i32> writtenTo());
  // Those of the quarter at hand: at most one a model.
  let open: usize = 0;
  let start: f64 = 0;
  for (let row = ROWS; row < end; row += ROW_SIZE) {
    if (!countsHere(row)) continue;
    const at = load<f64>(row, ROW_AT), model = <i32> load<f64>(row, MODEL);
    const ownStart = Math.floor(at / QUARTER) * QUARTER;
    if (open > 0 && ownStart != start) {
      writeOpen(open);
      open = 0;
    }
    start = ownStart;
    const endedAt = <i32> load<f64>(row, FLAGS) & HAS_ENDED ? load<f64>(row, ENDED_AT) : at;
    let place: usize = 0;
    while (place < open && load<i32>(QUARTERS + place * QUARTER_SIZE, OF_MODEL) != model) place++;
    const bucket = QUARTERS + place * QUARTER_SIZE;
    if (place == open) {
      open++;
      begin(bucket, row, start, endedAt, model);
    } else {
      addRow(bucket, row);
      store<f64>(bucket, max<f64>(load<f64>(bucket, END), endedAt), END);
    }
    addSavings(bucket, row);
  }
  writeOpen(open);
  store<i32>(BUCKETS_END, <i32> writtenTo());
}

function addSavings(bucket: usize, row: usize): void {
  if (!(<i32> load<f64>(row, FLAGS) & PRICED)) return;
  const saved = load<f64>(row, SAVED);
  if (isNaN<f64>(saved)) store<i32>(bucket, load<i32>(bucket, UNKNOWN) + 1, UNKNOWN);
  // As addAmounts does.
  else store<f64>(bucket, Math.round((load<f64>(bucket, SAVED_USD) + saved) * 1e12) / 1e12, SAVED_USD);
}

function begin(bucket: usize, row: usize, start: f64, endedAt: f64, model: i32): void {
  memory.fill(bucket, 0, QUARTER_SIZE);
  addRow(bucket, row);
  // The counts themselves: a zero may be less than zero.
  store<f64>(bucket, load<f64>(row, INPUT), SUM_INPUT);
  store<f64>(bucket, load<f64>(row, CACHE_READ), SUM_READ);
  store<f64>(bucket, load<f64>(row, CACHE_WRITE), SUM_WRITE);
  store<f64>(bucket, load<f64>(row, CACHE_WRITE_1H), SUM_WRITE_1H);
  store<f64>(bucket, load<f64>(row, OUTPUT), SUM_OUTPUT);
  store<f64>(bucket, start, START);
  store<f64>(bucket, endedAt, END);
  store<i32>(bucket, model, OF_MODEL);
}

function writeOpen(open: usize): void {
  for (let place: usize = 0; place < open; place++) write(QUARTERS + place * QUARTER_SIZE);
}

function write(bucket: usize): void {
  const at = load<f64>(bucket, START), firstAt = load<f64>(bucket, SUM_FIRST), lastAt = load<f64>(bucket, SUM_LAST);
  const endedAt = load<f64>(bucket, END);
  const start = at / QUARTER;
  const isWhole = isPlainNumber(start) && isPlainNumber(at) && isPlainNumber(firstAt) && isPlainNumber(lastAt) &&
    isPlainNumber(endedAt);
  let flags = flagsOfSum(bucket);
  if (isWhole) flags |= WHOLE_TIMES;
  const unknown = load<i32>(bucket, UNKNOWN);
  putVarint(2 * <u64> placeInPart(load<i32>(bucket, OF_MODEL)) + u64(unknown > 0));
  putByte(<u8> flags);
  if (isWhole) {
    putTime(start, before);
    putTime(firstAt, at);
    putTime(lastAt, firstAt);
    putTime(endedAt, lastAt);
    before = start;
  } else {
    putDouble(at);
    putDouble(firstAt);
    putDouble(lastAt);
    putDouble(endedAt);
  }
  putCountsOfSum(bucket, flags);
  putSignedMoney(load<f64>(bucket, SAVED_USD));
  if (unknown > 0) putCount(<f64> unknown);
}
