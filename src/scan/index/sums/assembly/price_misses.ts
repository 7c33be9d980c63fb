/**
 * What lost caches cost, by what rows say that was paid and by the book: as core/cost/miss_cost.ts and row_rates.ts have it,
 * with rows in order of time.
 */
import {
  BOOK,
  BOOK_SIZE,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  CHAIN_SIZE,
  CHAINS,
  COLD_USD,
  FLAGS,
  HAS_INPUT,
  HAS_READ,
  HAS_REPORTED,
  HAS_WRITE,
  HELD_1H,
  HELD_AT,
  HELD_MODEL,
  HELD_TOKENS,
  INPUT,
  LOST_USD,
  MISS_IS_PRICED,
  MISS_ROW,
  MISS_SIZE,
  MISS_TOKENS,
  MISS_USD,
  MISSES,
  MODEL,
  MODEL_COUNT,
  PAID,
  PAID_SIZE,
  QUARTERS,
  RATE_COUNT,
  RATE_SIZE,
  RATES,
  REPORTED,
  ROW_AT,
  ROW_SIZE,
  ROWS,
  UNPRICED_MISSES,
  WARM_USD,
} from "./memory";
import { addDollars, knownRateAt } from "./price_rows";
import { missesBehind } from "./sum_chains";
import { promptOfRow } from "./sum_rows";

const FIVE_MINUTE_MULTIPLE: f64 = 1.25, HOUR_MULTIPLE: f64 = 2;
const MOST: f64 = Infinity;
/** Kinds of token, in this order. */
const KINDS: usize = 4;
/** In memory of a model and a kind: from which row on was looked, and what was found; before a time, and after it. */
const LATER: usize = 32;

/** The models of the misses, a bit for each. */
export function missModels(count: u32): u32 {
  const first = missesBehind(count), end = first + <usize> load<i32>(MISSES) * MISS_SIZE;
  let models: u32 = 0;
  for (let miss = first; miss < end; miss += MISS_SIZE) {
    models |= 1 << <i32> load<f64>(load<i32>(miss, MISS_ROW), MODEL);
  }
  return models;
}

/** Says of each miss what it cost, and adds that up. @param count Of the rows */
export function priceLosses(count: u32): void {
  const first = missesBehind(count), end = first + <usize> load<i32>(MISSES) * MISS_SIZE;
  const isPaid = load<i32>(RATE_COUNT) > 0;
  if (isPaid) forgetPaid(count);
  let unpriced = 0;
  let lost: f64 = 0;
  for (let miss = first; miss < end; miss += MISS_SIZE) {
    const row = <usize> load<i32>(miss, MISS_ROW);
    forgetRates();
    if (isPaid) notePaid(row, count, false);
    let isPriced = costOfMiss(miss, row);
    // A model's first miss may come before anything was read from its cache.
    if (!isPriced && isPaid) {
      notePaid(row, count, true);
      isPriced = costOfMiss(miss, row);
    }
    store<i32>(miss, i32(isPriced), MISS_IS_PRICED);
    store<f64>(miss, cost, MISS_USD);
    lost = addDollars(lost, isPriced ? cost : 0);
    if (!isPriced) unpriced++;
  }
  store<f64>(LOST_USD, lost);
  store<i32>(UNPRICED_MISSES, unpriced);
}

/**
 * What was paid for each kind of token: where dollars per million, the time and the tokens of the prompt stand, as they do in
 * the rates of a model; 0 where nothing says it.
 */
let ofInput: usize = 0, ofRead: usize = 0, ofWrite: usize = 0, ofHour: usize = 0;

function forgetRates(): void {
  ofInput = 0;
  ofRead = 0;
  ofWrite = 0;
  ofHour = 0;
}

/** Takes the rows up to a row's time, or where those say nothing the first ones after it. */
function notePaid(row: usize, count: u32, isLater: bool): void {
  const model = load<f64>(row, MODEL);
  const place = placeAfter(load<f64>(row, ROW_AT), count);
  if (ofInput == 0) ofInput = paidBy(nearestPaid(model, 0, place, count, isLater), 0);
  if (ofRead == 0) ofRead = paidBy(nearestPaid(model, 1, place, count, isLater), 1);
  if (ofWrite == 0) ofWrite = paidBy(nearestPaid(model, 2, place, count, isLater), 2);
  if (ofHour == 0) ofHour = paidBy(nearestPaid(model, 3, place, count, isLater), 3);
}

/** Where no quarters are any more. */
function paidBy(row: usize, kind: usize): usize {
  if (row == 0) return 0;
  const rate = QUARTERS + 24 * kind;
  store<f64>(rate, paidOf(row, kind) * 1e6 / tokensOf(row, kind));
  store<f64>(rate, load<f64>(row, ROW_AT), 8);
  store<f64>(rate, promptOfRow(row), 16);
  return rate;
}

function forgetPaid(count: u32): void {
  memory.fill(PAID, 0, <usize> load<i32>(MODEL_COUNT) * PAID_SIZE);
  for (let model: usize = 0; model < <usize> load<i32>(MODEL_COUNT); model++) {
    for (let kind: usize = 0; kind < KINDS; kind++) store<i32>(PAID + model * PAID_SIZE + LATER + 8 * kind, count);
  }
}

/** The first row after a time, by its place. */
function placeAfter(at: f64, count: u32): i32 {
  let low = 0, high = <i32> count;
  while (low < high) {
    const middle = low + high >> 1;
    if (load<f64>(ROWS + <usize> middle * ROW_SIZE, ROW_AT) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Looks no further than where it had looked before for what is nearer: times mostly go on.
 *
 * @param place Of the first row after the time
 */
function nearestPaid(model: f64, kind: usize, place: i32, count: u32, isLater: bool): usize {
  const looked = PAID + <usize> model * PAID_SIZE + 8 * kind + (isLater ? LATER : 0);
  const known = load<i32>(looked), found = <usize> load<i32>(looked, 4);
  // Of those before the place, or from it on.
  if (isLater ? place >= known : place <= known) {
    // It may be on the other side of what is asked for now, where that had been asked for already.
    const isFound = found != 0 && (isLater ? placeOf(found) >= place : placeOf(found) < place);
    if (isFound || place == known) return isFound ? found : 0;
  }
  let row: usize = 0;
  if (isLater) {
    const end = place < known ? known : <i32> count;
    for (let at = place; at < end && row == 0; at++) if (saysPaid(rowAt(at), model, kind)) row = rowAt(at);
    if (row == 0 && place < known) row = found;
  } else {
    const end = place > known ? known : 0;
    for (let at = place - 1; at >= end && row == 0; at--) if (saysPaid(rowAt(at), model, kind)) row = rowAt(at);
    if (row == 0 && place > known) row = found;
  }
  store<i32>(looked, place);
  store<i32>(looked, <i32> row, 4);
  return row;
}

function rowAt(place: i32): usize {
  return ROWS + <usize> place * ROW_SIZE;
}

function placeOf(row: usize): i32 {
  return <i32> ((row - ROWS) / ROW_SIZE);
}

function saysPaid(row: usize, model: f64, kind: usize): bool {
  if (load<f64>(row, MODEL) != model) return false;
  const flags = <i32> load<f64>(row, FLAGS);
  const wanted = HAS_REPORTED | (kind == 0 ? HAS_INPUT : kind == 1 ? HAS_READ : HAS_WRITE);
  if ((flags & wanted) != wanted || !(paidOf(row, kind) > 0 && tokensOf(row, kind) > 0)) return false;
  const usd = load<f64>(row, REPORTED);
  if (!(usd > 0 && usd < MOST)) return false;
  // Both kinds of write are recorded as one sum, and their prices differ.
  if (kind == 2) return load<f64>(row, CACHE_WRITE_1H) == 0;
  return kind != 3 || load<f64>(row, CACHE_WRITE) == 0;
}

function tokensOf(row: usize, kind: usize): f64 {
  return load<f64>(row + 8 * kind, INPUT);
}

function paidOf(row: usize, kind: usize): f64 {
  return load<f64>(row + 8 * (kind == 3 ? 2 : kind), REPORTED + 8);
}

/** What a prefix costs, where that is known. */
let cost: f64 = 0;

function costOfMiss(miss: usize, row: usize): bool {
  const prompt = promptOfRow(row), at = load<f64>(row, ROW_AT);
  const book = BOOK + <usize> load<f64>(row, MODEL) * BOOK_SIZE;
  const missed = min<f64>(load<f64>(miss, MISS_TOKENS), prompt) - load<f64>(row, CACHE_READ);
  const hour = min<f64>(missed, load<f64>(row, CACHE_WRITE_1H));
  const write = min<f64>(missed - hour, load<f64>(row, CACHE_WRITE));
  if (!costOfPrefix(book, at, prompt, missed - hour - write, 0, write, hour)) return false;
  const sent = cost;
  if (!costOfPrefix(book, at, prompt, 0, missed, 0, 0)) return false;
  cost = max<f64>(0, sent - cost);
  return true;
}

/** As costOf has it (core/cost/prefix_cost.ts), of the tokens of each kind. @param book 0 where none is asked */
function costOfPrefix(book: usize, at: f64, prompt: f64, input: f64, read: f64, write: f64, hour: f64): bool {
  let millionths: f64 = 0;
  for (let kind: usize = 0; kind < KINDS; kind++) {
    const count = kind == 0 ? input : kind == 1 ? read : kind == 2 ? write : hour;
    if (count <= 0) continue;
    if (!findRate(book, kind, at, prompt)) return false;
    millionths += rate * count;
  }
  cost = millionths / 1e6;
  return true;
}

/**
 * What it costs to send what a chain holds again, read from the cache and without it, as prefixCost has it.
 *
 * @param hasBook Whether the book is asked, beside what turns say
 * @returns 1 where the first is known, 2 the second, 3 both
 */
export function priceHeld(chain: usize, hasBook: bool): i32 {
  const held = CHAINS + chain * CHAIN_SIZE;
  const model = <usize> load<i32>(held, HELD_MODEL), tokens = load<f64>(held, HELD_TOKENS);
  const at = load<f64>(held, HELD_AT), hour = load<f64>(held, HELD_1H);
  if (tokens == 0) return 0;
  const rates = RATES + model * RATE_SIZE, flags = load<i32>(rates, 96);
  ofInput = flags & 1 ? rates : 0;
  ofRead = flags & 2 ? rates + 24 : 0;
  ofWrite = flags & 4 ? rates + 48 : 0;
  ofHour = flags & 8 ? rates + 72 : 0;
  const book = hasBook ? BOOK + model * BOOK_SIZE : 0;
  let known = 0;
  if (costOfPrefix(book, at, tokens, 0, tokens, 0, 0)) {
    known |= 1;
    store<f64>(WARM_USD, cost);
  }
  if (costOfPrefix(book, at, tokens, 0, 0, tokens - hour, hour)) {
    known |= 2;
    store<f64>(COLD_USD, cost);
  }
  return known;
}

/** The rate of a kind of token, where it is known. */
let rate: f64 = 0;

/** As findRate has it (core/cost/prefix_cost.ts). */
function findRate(book: usize, kind: usize, at: f64, prompt: f64): bool {
  const own = kind == 0 ? ofInput : kind == 1 ? ofRead : kind == 2 ? ofWrite : ofHour;
  if (own != 0) {
    rate = load<f64>(own);
    if (load<f64>(own, 8) == at && load<f64>(own, 16) == prompt) return true;
  }
  const listed = listRate(book, kind, prompt);
  if (own != 0) {
    const ownListed = listRate(book, kind, load<f64>(own, 16));
    if (isRatio(listed, ownListed)) rate *= listed / ownListed;
    return true;
  }
  if (ofInput == 0) {
    rate = listed;
    return !isNaN<f64>(listed);
  }
  rate = load<f64>(ofInput);
  if (!isNaN<f64>(listed)) {
    const plain = listRate(book, 0, load<f64>(ofInput, 16));
    rate = isRatio(listed, plain) ? rate * (listed / plain) : listed;
    return true;
  }
  if (kind == 1) return false;
  if (kind == 3) rate *= HOUR_MULTIPLE;
  else if (ofHour != 0) rate *= FIVE_MINUTE_MULTIPLE;
  return true;
}

function isRatio(a: f64, b: f64): bool {
  return !isNaN<f64>(a) && !isNaN<f64>(b) && a != 0 && b != 0;
}

/** What the book says of a prompt of this kind alone; NaN where it says nothing. */
function listRate(book: usize, kind: usize, prompt: f64): f64 {
  const tokens = max<f64>(1, prompt);
  if (book == 0 || !(tokens < MOST)) return NaN;
  return knownRateAt(book, 24 * kind, tokens) * tokens / 1e6 * 1e6 / tokens;
}
