/**
 * What the turns of a log add up to, to the last bit as core/rollup.ts and usage_buckets.ts have it: sums of all, by model
 * and by chain; rates; what chains hold; and pauses and quarters of an hour as the index has them.
 */
import {
  AT_STANDARD,
  BASIS_SHIFT,
  BILLED,
  BY_TOOL,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  CHAIN,
  CHAIN_COUNT,
  CHAIN_ORDER,
  CHAIN_SIZE,
  CHAIN_SUMS,
  CHAINS,
  COPIED,
  COUNTED_CHAINS,
  COUNTED_ORDER,
  FLAGS,
  HAS_INPUT,
  HAS_READ,
  HAS_REPORTED,
  HAS_WRITE,
  INPUT,
  LARGEST_PROMPT,
  MODEL,
  MODEL_COUNT,
  MODEL_ORDER,
  MODEL_SUMS,
  NEXT,
  NOT_COUNTED,
  OUTPUT,
  PART_COUNT,
  PART_PLACES,
  PRICE,
  PRICED,
  RATE_COUNT,
  RATE_ORDER,
  RATE_SIZE,
  RATES,
  REPORTED,
  ROW_AT,
  ROW_SIZE,
  ROWS,
  SEEN_CHAINS,
  SEEN_MODELS,
  SUM_BASIS,
  SUM_BILLED,
  SUM_BILLED_TURNS,
  SUM_FIRST,
  SUM_INPUT,
  SUM_LAST,
  SUM_OUTPUT,
  SUM_READ,
  SUM_SIZE,
  SUM_STANDARD,
  SUM_TURNS,
  SUM_UNPRICED,
  SUM_USD,
  SUM_WRITE,
  SUM_WRITE_1H,
  TOTAL,
} from "./memory";
import { CHAIN_HEAD, CHAIN_TAIL, CHAIN_WRITING, sampleChains } from "./sum_chains";
import { writeQuarters } from "./sum_quarters";

/** Adds up rows in order of time, with their prices. Where there are doubts, once more when they are answered. */
export function sumRows(count: u32): void {
  const end = ROWS + <usize> count * ROW_SIZE;
  memory.fill(TOTAL, 0, SUM_SIZE);
  memory.fill(MODEL_SUMS, 0, <usize> load<i32>(MODEL_COUNT) * SUM_SIZE);
  memory.fill(CHAIN_SUMS, 0, <usize> load<i32>(CHAIN_COUNT) * SUM_SIZE);
  memory.fill(CHAINS, 0, <usize> load<i32>(CHAIN_COUNT) * CHAIN_SIZE);
  memory.fill(RATES, 0, <usize> load<i32>(MODEL_COUNT) * RATE_SIZE);
  memory.fill(PART_PLACES, 255, 32);
  store<i32>(PART_COUNT, 0);
  // Most logs have one of both, which has what all have.
  const isOneModel = load<i32>(MODEL_COUNT) == 1, isOneChain = load<i32>(CHAIN_COUNT) == 1;
  let largest: f64 = 0;
  let models: i32 = 0, chains: i32 = 0, countedChains: i32 = 0, rates: i32 = 0, copied: i32 = 0;
  for (let row = ROWS; row < end; row += ROW_SIZE) {
    const model = <i32> load<f64>(row, MODEL), chain = <i32> load<f64>(row, CHAIN);
    const ofModel = MODEL_SUMS + model * SUM_SIZE, ofChain = CHAIN_SUMS + chain * SUM_SIZE;
    if (load<i32>(CHAINS + chain * CHAIN_SIZE, CHAIN_HEAD) == 0) store<u8>(CHAIN_ORDER + chains++, <u8> chain);
    if (countsHere(row)) {
      if (load<f64>(isOneModel ? TOTAL : ofModel, SUM_TURNS) == 0) store<u8>(MODEL_ORDER + models++, <u8> model);
      if (load<f64>(isOneChain ? TOTAL : ofChain, SUM_TURNS) == 0) {
        store<u8>(COUNTED_ORDER + countedChains++, <u8> chain);
      }
      addRow(TOTAL, row);
      if (!isOneModel) addRow(ofModel, row);
      if (!isOneChain) addRow(ofChain, row);
      largest = max<f64>(largest, promptOfRow(row));
    } else copied++;
    linkRow(CHAINS + chain * CHAIN_SIZE, row, model);
    if (isPaid(row)) {
      const ofRates = RATES + model * RATE_SIZE;
      const flags = load<i32>(ofRates, 96);
      if (flags == 0) store<u8>(RATE_ORDER + rates++, <u8> model);
      store<i32>(ofRates, flags | 16, 96);
      noteRates(ofRates, row);
    }
  }
  if (isOneModel) memory.copy(MODEL_SUMS, TOTAL, SUM_SIZE);
  if (isOneChain) memory.copy(CHAIN_SUMS, TOTAL, SUM_SIZE);
  store<i32>(SEEN_MODELS, models);
  store<i32>(SEEN_CHAINS, chains);
  store<i32>(COUNTED_CHAINS, countedChains);
  store<i32>(COPIED, copied);
  store<f64>(LARGEST_PROMPT, largest);
  store<i32>(RATE_COUNT, rates);
  sampleChains(end, count);
  writeQuarters(end);
}

/** Whether it is no other log's that counts it. */
export function countsHere(row: usize): bool {
  return !(<i32> load<f64>(row, FLAGS) & NOT_COUNTED);
}

/** Adds a turn to a sum. */
export function addRow(sum: usize, row: usize): void {
  const flags = <i32> load<f64>(row, FLAGS), at = load<f64>(row, ROW_AT);
  if (load<f64>(sum, SUM_TURNS) == 0) store<f64>(sum, at, SUM_FIRST);
  store<f64>(sum, load<f64>(sum, SUM_TURNS) + 1, SUM_TURNS);
  store<f64>(sum, load<f64>(sum, SUM_INPUT) + load<f64>(row, INPUT), SUM_INPUT);
  store<f64>(sum, load<f64>(sum, SUM_READ) + load<f64>(row, CACHE_READ), SUM_READ);
  store<f64>(sum, load<f64>(sum, SUM_WRITE) + load<f64>(row, CACHE_WRITE), SUM_WRITE);
  store<f64>(sum, load<f64>(sum, SUM_WRITE_1H) + load<f64>(row, CACHE_WRITE_1H), SUM_WRITE_1H);
  store<f64>(sum, load<f64>(sum, SUM_OUTPUT) + load<f64>(row, OUTPUT), SUM_OUTPUT);
  if (flags & PRICED) {
    // As addAmounts does (core/cost/add_amounts.ts).
    store<f64>(sum, Math.round((load<f64>(sum, SUM_USD) + load<f64>(row, PRICE)) * 1e12) / 1e12, SUM_USD);
  } else store<f64>(sum, load<f64>(sum, SUM_UNPRICED) + 1, SUM_UNPRICED);
  if (flags & BILLED && flags & BY_TOOL) {
    store<f64>(sum, Math.round((load<f64>(sum, SUM_BILLED) + load<f64>(row, PRICE)) * 1e12) / 1e12, SUM_BILLED);
    store<f64>(sum, load<f64>(sum, SUM_BILLED_TURNS) + 1, SUM_BILLED_TURNS);
  }
  if (flags & AT_STANDARD) store<f64>(sum, load<f64>(sum, SUM_STANDARD) + 1, SUM_STANDARD);
  store<f64>(sum, <f64> (<i32> load<f64>(sum, SUM_BASIS) | (flags >> BASIS_SHIFT & 3)), SUM_BASIS);
  store<f64>(sum, at, SUM_LAST);
}

/** Puts a row behind the others of its chain, and notes a model whose writes are counted. */
function linkRow(chain: usize, row: usize, model: i32): void {
  const tail = load<i32>(chain, CHAIN_TAIL);
  if (tail == 0) store<i32>(chain, <i32> row, CHAIN_HEAD);
  else store<f64>(tail, <f64> row, NEXT);
  store<i32>(chain, <i32> row, CHAIN_TAIL);
  store<f64>(row, 0, NEXT);
  if (load<f64>(row, CACHE_WRITE) + load<f64>(row, CACHE_WRITE_1H) > 0) {
    store<u32>(chain, load<u32>(chain, CHAIN_WRITING) | 1 << model, CHAIN_WRITING);
  }
}

/** As isPaid has it (core/cost/prefix_cost.ts). */
function isPaid(row: usize): bool {
  if (!(<i32> load<f64>(row, FLAGS) & HAS_REPORTED)) return false;
  const usd = load<f64>(row, REPORTED);
  return usd > 0 && usd < Infinity;
}

/** The rates of a turn take the place of earlier ones, as ratesFromTurns has it, from the first on. */
function noteRates(rates: usize, row: usize): void {
  const flags = <i32> load<f64>(row, FLAGS);
  const written = load<f64>(row, CACHE_WRITE), written1h = load<f64>(row, CACHE_WRITE_1H);
  if (flags & HAS_INPUT) noteRate(rates, 0, load<f64>(row, REPORTED + 8), load<f64>(row, INPUT), row);
  if (flags & HAS_READ) noteRate(rates, 1, load<f64>(row, REPORTED + 16), load<f64>(row, CACHE_READ), row);
  if (!(flags & HAS_WRITE)) return;
  if (written1h == 0) noteRate(rates, 2, load<f64>(row, REPORTED + 24), written, row);
  if (written == 0) noteRate(rates, 3, load<f64>(row, REPORTED + 24), written1h, row);
}

function noteRate(rates: usize, kind: i32, usd: f64, tokens: f64, row: usize): void {
  if (!(usd > 0) || tokens <= 0) return;
  store<i32>(rates, load<i32>(rates, 96) | 1 << kind, 96);
  const rate = rates + 24 * kind;
  store<f64>(rate, usd * 1e6 / tokens);
  store<f64>(rate, load<f64>(row, ROW_AT), 8);
  store<f64>(rate, promptOfRow(row), 16);
}

/** Tokens of the prompt. */
export function promptOfRow(row: usize): f64 {
  return load<f64>(row, INPUT) + load<f64>(row, CACHE_READ) + load<f64>(row, CACHE_WRITE) +
    load<f64>(row, CACHE_WRITE_1H);
}
