/** What the rows of a log cost, and what caches saved: as turnCost and savedByCache have it (core/cost/). */
import {
  ASKED,
  ASKED_ORDER,
  AT_STANDARD,
  BILLED,
  BOOK,
  BOOK_SIZE,
  BY_BOOK,
  BY_TOOL,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  FLAGS,
  HAS_INPUT,
  HAS_READ,
  HAS_REPORTED,
  HAS_WRITE,
  INPUT,
  MODEL,
  OUTPUT,
  PRICE,
  PRICED,
  REPORTED,
  ROW_SIZE,
  ROWS,
  SAVED,
} from "./memory";
import { promptOfRow } from "./sum_rows";

const HOUR_MULTIPLE: f64 = 2;
/** Where the rates of a kind stand in a book's price of a model. */
const RATE_INPUT: usize = 0,
  RATE_READ: usize = 24,
  RATE_WRITE: usize = 48,
  RATE_HOUR: usize = 72,
  RATE_OUTPUT: usize = 96;

/**
 * Says of each row what its tool wrote down, as far as it did, or that the book has to.
 *
 * @returns how many models the book has to be asked for
 */
export function priceByTools(count: u32): i32 {
  let seen: u32 = 0;
  let asked: i32 = 0;
  const end = ROWS + <usize> count * ROW_SIZE;
  for (let row = ROWS; row < end; row += ROW_SIZE) {
    const flags = <i32> load<f64>(row, FLAGS) & ~(PRICED | BY_TOOL | BY_BOOK | AT_STANDARD);
    const reported = load<f64>(row, REPORTED);
    let isAsked = false;
    if (flags & HAS_REPORTED && isPrice(reported, (flags & BILLED) != 0)) {
      store<f64>(row, <f64> (flags | PRICED | BY_TOOL), FLAGS);
      store<f64>(row, reported, PRICE);
      const saved = savedByTool(row, flags);
      store<f64>(row, saved, SAVED);
      isAsked = isNaN<f64>(saved);
    } else if (promptOfRow(row) + load<f64>(row, OUTPUT) != 0) {
      store<f64>(row, <f64> (flags | BY_BOOK), FLAGS);
      isAsked = true;
    } else {
      store<f64>(row, <f64> (flags | PRICED), FLAGS);
      store<f64>(row, 0, PRICE);
      store<f64>(row, 0, SAVED);
    }
    const model = <u32> load<f64>(row, MODEL);
    if (!isAsked || seen >>> model & 1) continue;
    seen |= 1 << model;
    store<u8>(ASKED_ORDER + asked++, <u8> model);
  }
  store<i32>(ASKED, asked);
  return asked;
}

function isPrice(usd: f64, isBill: bool): bool {
  return usd < Infinity && (usd > 0 || usd == 0 && isBill);
}

/** NaN where the book has to say. */
function savedByTool(row: usize, flags: i32): f64 {
  const read = load<f64>(row, CACHE_READ), written = load<f64>(row, CACHE_WRITE) + load<f64>(row, CACHE_WRITE_1H);
  if (read == 0 && written == 0) return 0;
  const input = load<f64>(row, INPUT);
  const ofInput = flags & HAS_INPUT ? load<f64>(row, REPORTED + 8) : NaN;
  if (!(input > 0 && ofInput > 0)) return NaN;
  const ofRead = flags & HAS_READ ? load<f64>(row, REPORTED + 16) : NaN;
  const ofWrite = flags & HAS_WRITE ? load<f64>(row, REPORTED + 24) : NaN;
  const cost = (read == 0 ? 0 : ofRead) + (written == 0 ? 0 : ofWrite);
  return addDollars(ofInput / input * (read + written), -cost);
}

/** As core/cost/add_amounts.ts has it. */
export function addDollars(a: f64, b: f64): f64 {
  return Math.round((a + b) * 1e12) / 1e12;
}

/** Of the rows that say that their price is the book's, which may not have one, and of what nothing else says was saved. */
export function priceByRates(count: u32): void {
  const end = ROWS + <usize> count * ROW_SIZE;
  for (let row = ROWS; row < end; row += ROW_SIZE) {
    const flags = <i32> load<f64>(row, FLAGS);
    const isByTool = (flags & BY_TOOL) != 0 && isNaN<f64>(load<f64>(row, SAVED));
    if (!(flags & BY_BOOK) && !isByTool) continue;
    const book = BOOK + <usize> load<f64>(row, MODEL) * BOOK_SIZE;
    const usd = costOfRow(book, row);
    if (isNaN<f64>(usd)) {
      store<f64>(row, <f64> (flags & ~BY_BOOK), FLAGS);
      continue;
    }
    const paid = isByTool ? load<f64>(row, PRICE) : usd;
    const isCached = load<f64>(row, CACHE_READ) != 0 || load<f64>(row, CACHE_WRITE) != 0 ||
      load<f64>(row, CACHE_WRITE_1H) != 0;
    store<f64>(row, savedByBook(paid, usd, isCached ? uncachedCostOfRow(book, row) : usd), SAVED);
    if (isByTool) continue;
    store<f64>(row, <f64> (flags | PRICED), FLAGS);
    store<f64>(row, usd, PRICE);
  }
}

function savedByBook(usd: f64, listed: f64, uncached: f64): f64 {
  if (listed == usd) return addDollars(uncached, -usd);
  return listed > 0 ? addDollars(usd * (uncached / listed), -usd) : NaN;
}

/** NaN for a kind without one. */
export function rateAt(book: usize, kind: usize, prompt: f64): f64 {
  const rate = load<f64>(book + kind);
  if (isNaN<f64>(rate)) return rate;
  return prompt > load<f64>(book + kind, 8) ? load<f64>(book + kind, 16) : rate;
}

/** The same, with what stands for it where there is none. */
export function knownRateAt(book: usize, kind: usize, prompt: f64): f64 {
  const rate = rateAt(book, kind, prompt);
  if (kind == RATE_INPUT || !isNaN<f64>(rate)) return rate;
  const plain = rateAt(book, RATE_INPUT, prompt);
  return kind == RATE_HOUR ? HOUR_MULTIPLE * plain : plain;
}

/** As costOfUsage has it; NaN where it is not known. */
function costOfRow(book: usize, row: usize): f64 {
  const input = load<f64>(row, INPUT), read = load<f64>(row, CACHE_READ), write = load<f64>(row, CACHE_WRITE);
  const hour = load<f64>(row, CACHE_WRITE_1H), output = load<f64>(row, OUTPUT);
  const prompt = input + read + write + hour;
  const isCount = input >= 0 && read >= 0 && write >= 0 && hour >= 0 && output >= 0;
  if (!isCount || !(prompt + output < Infinity)) return NaN;
  const millionths = (input == 0 ? 0 : rateAt(book, RATE_INPUT, prompt) * input) +
    (read == 0 ? 0 : knownRateAt(book, RATE_READ, prompt) * read) +
    (write == 0 ? 0 : knownRateAt(book, RATE_WRITE, prompt) * write) +
    (hour == 0 ? 0 : knownRateAt(book, RATE_HOUR, prompt) * hour) +
    (output == 0 ? 0 : rateAt(book, RATE_OUTPUT, prompt) * output);
  return millionths / 1e6;
}

/** As uncachedCostOfUsage has it. */
function uncachedCostOfRow(book: usize, row: usize): f64 {
  const prompt = promptOfRow(row), output = load<f64>(row, OUTPUT);
  const millionths = (prompt == 0 ? 0 : rateAt(book, RATE_INPUT, prompt) * prompt) +
    (output == 0 ? 0 : rateAt(book, RATE_OUTPUT, prompt) * output);
  return millionths / 1e6;
}
