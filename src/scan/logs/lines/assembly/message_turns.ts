/**
 * Rows of turns out of lines that most of a log is made of (message_rows.ts of the rows): one after the other as long as
 * each is one. Whatever else a line may be, its source's fold says.
 */
import {
  MOST_USUAL,
  NEWLINE,
  USUAL_FORGOTTEN,
  USUAL_KEYS,
  USUAL_KEYS_END,
  USUAL_KEYS_LIMIT,
  USUAL_LAST_AT,
  USUAL_MODEL,
  USUAL_PROVIDER,
  USUAL_ROW_COUNT,
  USUAL_ROW_SIZE,
  USUAL_ROWS,
  USUAL_STARTED_AT,
} from "./memory";
import { cellNumber, cellOf, isGivenText, isMinus, isTime, typeOf, writeName, writeNumber } from "./usual_cells";
import { leaveLine, Type, walkLine, WalkOutcome } from "./walk_line";

/** In the order of message_rows.ts. */
enum Field {
  First,
  Second,
  Id,
  At,
  EndedAt,
  Provider,
  Model,
  Usage,
  Input,
  CacheRead,
  CacheWrite,
  CacheWrite1h,
  Output,
  Cost,
  CostTotal,
  CostInput,
  CostCacheRead,
  CostCacheWrite,
  CostOutput,
  IsBill,
  ResponseModel,
  ResponseId,
}

/** As turn_row.ts has them. */
const HAS_ENDED_AT: i32 = 1, HAS_REPORTED: i32 = 8, HAS_REPORTED_INPUT: i32 = 16, HAS_REPORTED_CACHE_READ: i32 = 32;
const HAS_REPORTED_CACHE_WRITE: i32 = 64, HAS_REPORTED_OUTPUT: i32 = 128, IS_COPIED: i32 = 512;
/** As plausible.ts has them. */
const MOST_TOKENS: f64 = 1e9, MOST_USD: f64 = 10000;
/** A result with a needle that looks like an object. */
const IS_WANTED_OBJECT: u32 = 3;
const AT_SIGN: u8 = 0x40;

/** @returns how many of `count` results from `results` on were turns */
export function takeMessages(results: usize, count: u32): u32 {
  store<u32>(USUAL_FORGOTTEN, 0);
  const most = count < MOST_USUAL ? count : MOST_USUAL;
  let taken: u32 = 0;
  let key = USUAL_KEYS;
  while (taken < most && key <= USUAL_KEYS_LIMIT) {
    const result = results + <usize> taken * 12;
    if (load<u32>(result, 8) != IS_WANTED_OBJECT) break;
    const outcome = walkLine(load<u32>(result), load<u32>(result, 4));
    if ((outcome & WalkOutcome.Forgotten) != 0) store<u32>(USUAL_FORGOTTEN, 1);
    const end = outcome == WalkOutcome.Read ? writeTurn(USUAL_ROWS + <usize> taken * USUAL_ROW_SIZE, key) : 0;
    if (end == 0) {
      leaveLine(load<u32>(result), outcome);
      break;
    }
    key = end;
    taken++;
  }
  store<u32>(USUAL_KEYS_END, <u32> key);
  store<u32>(USUAL_ROW_COUNT, taken);
  return taken;
}

/** Returns where the key ends; 0 for a line that is none. */
function writeTurn(row: usize, key: usize): usize {
  if (!isGivenText(Field.First, 0) || !isGivenText(Field.Second, 1)) return 0;
  if (!isName(Field.Provider, USUAL_PROVIDER) || !isName(Field.Model, USUAL_MODEL)) return 0;
  if (typeOf(Field.Usage) != Type.Object || typeOf(Field.Cost) != Type.Object) return 0;
  if (typeOf(Field.At) != Type.Number || typeOf(Field.EndedAt) != Type.Text) return 0;
  const at = cellNumber(Field.At), endedAt = cellNumber(Field.EndedAt);
  if (!isTime(at) || !isTime(endedAt)) return 0;

  const input = countOf(Field.Input, -1), output = countOf(Field.Output, -1);
  const cacheRead = countOf(Field.CacheRead, 0), written = countOf(Field.CacheWrite, 0);
  const written1h = countOf(Field.CacheWrite1h, 0);
  if (input < 0 || output < 0 || cacheRead < 0 || written < 0 || written1h < 0 || written1h > written) return 0;
  if (input + cacheRead + written + output == 0) return 0;

  const total = usdOf(Field.CostTotal);
  const bill = typeOf(Field.IsBill);
  if (total < 0 || (bill != Type.Absent && bill != Type.Null && bill != Type.False)) return 0;
  if (total == 0 && typeOf(Field.ResponseModel) == Type.Text) return 0;
  if (mayBeAsked()) return 0;
  let flags = HAS_REPORTED;
  memory.fill(row, 0, USUAL_ROW_SIZE);
  if (endedAt >= at) {
    flags |= HAS_ENDED_AT;
    store<f64>(row, endedAt, 8);
  }
  // A comparison with NaN, where nothing is a copy.
  if (endedAt < load<f64>(USUAL_STARTED_AT)) flags |= IS_COPIED;
  flags |= writePart(row + 96, Field.CostInput, HAS_REPORTED_INPUT);
  flags |= writePart(row + 104, Field.CostCacheRead, HAS_REPORTED_CACHE_READ);
  flags |= writePart(row + 112, Field.CostCacheWrite, HAS_REPORTED_CACHE_WRITE);
  flags |= writePart(row + 120, Field.CostOutput, HAS_REPORTED_OUTPUT);
  if (flags < 0) return 0;
  key = writeKey(key, endedAt);
  if (key == 0) return 0;

  store<f64>(row, at);
  store<f64>(row, <f64> flags, 16);
  store<f64>(row, input, 40);
  store<f64>(row, cacheRead, 48);
  store<f64>(row, written - written1h, 56);
  store<f64>(row, written1h, 64);
  store<f64>(row, output, 72);
  store<f64>(row, total, 88);
  store<f64>(USUAL_LAST_AT, max(load<f64>(USUAL_LAST_AT), max(at, endedAt)));
  return key;
}

/** -1 for what is no count; `absent` where there is nothing. */
function countOf(field: Field, absent: f64): f64 {
  const type = typeOf(field);
  if (type <= Type.Null) return absent;
  const count = cellNumber(field);
  const isCount = type == Type.Number && count >= 0 && count <= MOST_TOKENS && floor(count) == count && !isMinus(count);
  return isCount ? count : -1;
}

/** -1 for what is no cost of a response. */
function usdOf(field: Field): f64 {
  const usd = cellNumber(field);
  return typeOf(field) == Type.Number && usd >= 0 && usd <= MOST_USD && !isMinus(usd) ? usd : -1;
}

/** The flag of a part of the cost, if there is one; what is below zero for one that is none. */
function writePart(at: usize, field: Field, flag: i32): i32 {
  if (typeOf(field) <= Type.Null) return 0;
  const usd = usdOf(field);
  store<f64>(at, usd);
  return usd < 0 ? i32.MIN_VALUE : flag;
}

function isName(field: Field, number: usize): bool {
  return typeOf(field) == Type.Text && load<i32>(cellOf(field), 16) == load<i32>(number);
}

/** By how an id begins: `gen-`, maybe behind blanks or as an escape. */
function mayBeAsked(): bool {
  if (typeOf(Field.ResponseId) != Type.Text) return false;
  const first = load<u8>(load<u32>(cellOf(Field.ResponseId), 8));
  const isOther = (first >= 0x30 && first <= 0x39) || (first >= 0x41 && first <= 0x5a) ||
    (first >= 0x61 && first <= 0x7a && first != 0x67);
  return !isOther;
}

/** Returns where it ends; 0 where the name is none that stands as it is. */
function writeKey(at: usize, time: f64): usize {
  at = writeName(at, Field.Id);
  if (at == 0) return 0;
  store<u8>(at, AT_SIGN);
  at = writeNumber(at + 1, time);
  store<u8>(at, NEWLINE);
  return at + 1;
}
