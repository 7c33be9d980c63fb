/**
 * Rows of turns out of lines that count the tokens of a thread, and of each of its responses (count_rows.ts of the rows), one
 * after the other as long as each is whole and follows from those before. Whatever else a line may be, its source's fold says.
 */
import {
  COUNT_STATE,
  MOST_USUAL,
  NEWLINE,
  USUAL_FORGOTTEN,
  USUAL_KEYS,
  USUAL_KEYS_END,
  USUAL_KEYS_LIMIT,
  USUAL_LAST_AT,
  USUAL_PREFIX,
  USUAL_PREFIX_LENGTH,
  USUAL_ROW_COUNT,
  USUAL_ROW_SIZE,
  USUAL_ROWS,
} from "./memory";
import { cellNumber, isGivenText, isMinus, isTextAt, isTime, typeOf, writeName, writeNumber } from "./usual_cells";
import { leaveLine, Type, walkLine, WalkOutcome } from "./walk_line";

/** In the order of count_rows.ts: sets of six counts are input, cached, cacheWrite, output, reasoning, total. */
enum Field {
  Type,
  Kind,
  At,
  Payload,
  Info,
  Total,
  TotalCounts,
  Last = 12,
  LastCounts,
  ThreadId = 19,
  TurnId,
  ResponseId,
  Model,
  Usage,
  UsageCounts,
  ThreadTotal = 30,
  ThreadTotalCounts,
}

/** The texts that say which lines they are. */
enum Text {
  Event,
  Record,
  Count,
}

const SET_SIZE: usize = 48;
/** What is known before a line, set by set, and what the line at hand has. */
const TOTAL: usize = COUNT_STATE, LAST: usize = TOTAL + SET_SIZE, WAITING: usize = LAST + SET_SIZE;
const WAITING_TOTAL: usize = WAITING + SET_SIZE, FOUND: usize = WAITING_TOTAL + SET_SIZE;
const FOUND_LAST: usize = FOUND + SET_SIZE;
/** f64, NaN for none; the others u32. */
const READY_AT: usize = FOUND_LAST + SET_SIZE;
const HAS_WAITING: usize = READY_AT + 8, IS_COUNTED: usize = READY_AT + 12, MAY_HIDE_WRITES: usize = READY_AT + 16;
/** Whether `LAST` and `TOTAL` are of a line that was taken. */
const IS_NEW: usize = READY_AT + 20;
/** Of a set, in bytes. */
const INPUT: usize = 0, CACHED: usize = 8, CACHE_WRITE: usize = 16, OUTPUT: usize = 24;

/** What a set of counts in a line is, added up; 0 for one that is not all counts, or lacks what each response has. */
const IS_WHOLE: i32 = 1, HAS_WRITES: i32 = 2;

/** As turn_row.ts and plausible.ts have them. */
const HAS_ENDED_AT: f64 = 1, MOST_TOKENS: f64 = 1e9, MOST_WHOLE: f64 = 9007199254740991;
/** A result with a needle that looks like an object. */
const IS_WANTED_OBJECT: u32 = 3;
const COLON: u8 = 0x3a, COMMA: u8 = 0x2c;

let key: usize = 0;
let rows: u32 = 0;

/** @returns how many of `count` results from `results` on were lines that say no more than counts */
export function takeCounts(results: usize, count: u32): u32 {
  store<u32>(USUAL_FORGOTTEN, 0);
  store<u32>(IS_NEW, 0);
  key = USUAL_KEYS;
  rows = 0;
  let taken: u32 = 0;
  while (taken < count && rows < MOST_USUAL && key <= USUAL_KEYS_LIMIT) {
    const result = results + <usize> taken * 12;
    if (load<u32>(result, 8) != IS_WANTED_OBJECT) break;
    const outcome = walkLine(load<u32>(result), load<u32>(result, 4));
    if ((outcome & WalkOutcome.Forgotten) != 0) store<u32>(USUAL_FORGOTTEN, 1);
    if (outcome != WalkOutcome.Read || !takeLine()) {
      leaveLine(load<u32>(result), outcome);
      break;
    }
    taken++;
  }
  store<u32>(USUAL_KEYS_END, <u32> key);
  store<u32>(USUAL_ROW_COUNT, rows);
  return taken;
}

function takeLine(): bool {
  if (typeOf(Field.Payload) != Type.Object || typeOf(Field.At) != Type.Text) return false;
  const at = cellNumber(Field.At);
  if (!isTime(at)) return false;
  const isTaken = isGivenText(Field.Type, Text.Event)
    ? takeCount(at)
    : isGivenText(Field.Type, Text.Record) && takeRecord(at);
  if (isTaken) store<f64>(USUAL_LAST_AT, max(load<f64>(USUAL_LAST_AT), at));
  return isTaken;
}

/** A running total: written again, of the record before, or of a response that no record shows. */
function takeCount(at: f64): bool {
  const isCount = isGivenText(Field.Kind, Text.Count) && typeOf(Field.Info) == Type.Object &&
    typeOf(Field.Total) == Type.Object;
  if (!isCount || readCounts(FOUND, Field.TotalCounts) == 0) return false;
  if (isSame(FOUND, TOTAL)) return true;
  if (load<u32>(HAS_WAITING) != 0) {
    if (!isSame(FOUND, WAITING_TOTAL)) return false;
    store<u32>(HAS_WAITING, 0);
    store<u32>(IS_COUNTED, 0);
    store<f64>(READY_AT, at);
    noteCounts(WAITING);
    return true;
  }
  if (typeOf(Field.Last) != Type.Object) return false;
  const found = readCounts(FOUND_LAST, Field.LastCounts);
  if (found == 0 || !writeTurn(FOUND_LAST, found, at)) return false;
  key = writeCounts(writePrefix(), FOUND);
  store<u8>(key, NEWLINE);
  key++;
  store<u32>(IS_COUNTED, 1);
  noteCounts(FOUND_LAST);
  return true;
}

/** The record of one response of the thread. */
function takeRecord(at: f64): bool {
  // One that a count showed before it, or that waits, is for the source.
  if (load<u32>(HAS_WAITING) != 0 || load<u32>(IS_COUNTED) != 0) return false;
  const isOwn = isTextAt(Field.ThreadId, USUAL_PREFIX, load<i32>(USUAL_PREFIX_LENGTH)) &&
    typeOf(Field.Model) <= Type.Null && typeOf(Field.Usage) == Type.Object && typeOf(Field.ThreadTotal) == Type.Object;
  if (!isOwn) return false;
  const found = readCounts(FOUND, Field.UsageCounts);
  if (found == 0 || readCounts(FOUND_LAST, Field.ThreadTotalCounts) == 0) return false;
  let end = writePrefix();
  if (typeOf(Field.TurnId) > Type.Null) {
    end = writeName(end, Field.TurnId);
    if (end == 0) return false;
  }
  store<u8>(end, COLON);
  end = writeName(end + 1, Field.ResponseId);
  if (end == 0 || !writeTurn(FOUND, found, at)) return false;
  store<u8>(end, NEWLINE);
  key = end + 1;
  store<u32>(HAS_WAITING, 1);
  memory.copy(WAITING, FOUND, 2 * SET_SIZE);
  return true;
}

/** The counts of the latest response, with the total that was found. */
function noteCounts(last: usize): void {
  memory.copy(LAST, last, SET_SIZE);
  memory.copy(TOTAL, FOUND, SET_SIZE);
  store<u32>(IS_NEW, 1);
}

/** Reads six counts that follow each other; what is absent is zero. */
function readCounts(to: usize, field: usize): i32 {
  for (let place: usize = 0; place < 6; place++) {
    let count: f64 = 0;
    if (typeOf(field + place) > Type.Null) {
      count = cellNumber(field + place);
      const isWhole = typeOf(field + place) == Type.Number && count >= 0 && count <= MOST_WHOLE &&
        floor(count) == count && !isMinus(count);
      if (!isWhole) return 0;
    } else if (place * 8 == INPUT || place * 8 == OUTPUT) return 0;
    store<f64>(to + place * 8, count);
  }
  return typeOf(field + CACHE_WRITE / 8) > Type.Null ? IS_WHOLE | HAS_WRITES : IS_WHOLE;
}

function isSame(a: usize, b: usize): bool {
  for (let at: usize = 0; at < SET_SIZE; at += 8) if (load<f64>(a + at) != load<f64>(b + at)) return false;
  return true;
}

/** Writes the row of a response, but for its key. Returns false for one that the source has to say something of. */
function writeTurn(counts: usize, found: i32, at: f64): bool {
  const input = load<f64>(counts, INPUT), cached = load<f64>(counts, CACHED);
  const written = load<f64>(counts, CACHE_WRITE), output = load<f64>(counts, OUTPUT);
  const fresh = input - cached - written;
  const isUsual = fresh >= 0 && input <= MOST_TOKENS && output <= MOST_TOKENS && input + output > 0 &&
    ((found & HAS_WRITES) != 0 || load<u32>(MAY_HIDE_WRITES) == 0);
  if (!isUsual) return false;
  const row = USUAL_ROWS + <usize> rows * USUAL_ROW_SIZE;
  memory.fill(row, 0, USUAL_ROW_SIZE);
  const readyAt = load<f64>(READY_AT);
  // A comparison with NaN, where nothing is known.
  store<f64>(row, readyAt < at ? readyAt : at);
  store<f64>(row, at, 8);
  store<f64>(row, HAS_ENDED_AT, 16);
  store<f64>(row, fresh, 40);
  store<f64>(row, cached, 48);
  store<f64>(row, written, 56);
  store<f64>(row, output, 72);
  store<f64>(READY_AT, NaN);
  rows++;
  return true;
}

function writePrefix(): usize {
  const length = <usize> load<u32>(USUAL_PREFIX_LENGTH);
  memory.copy(key, USUAL_PREFIX, length);
  store<u8>(key + length, COLON);
  return key + length + 1;
}

/** As tupleOf of the source does. */
function writeCounts(at: usize, counts: usize): usize {
  for (let place: usize = 0; place < SET_SIZE; place += 8) {
    if (place > 0) {
      store<u8>(at, COMMA);
      at++;
    }
    at = writeNumber(at, load<f64>(counts + place));
  }
  return at;
}
