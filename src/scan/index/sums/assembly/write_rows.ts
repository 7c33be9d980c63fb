/** Writes what rows add up to as the index has it: their part as part_codec.ts does, and their sums as rollup_codec.ts does. */
import {
  BUCKETS,
  BUCKETS_END,
  CHAIN_COUNT,
  CHAIN_NAMES,
  CHAIN_ORDER,
  CHAIN_SIZE,
  CHAIN_SUMS,
  CHAINS,
  COPIED,
  COUNTED_CHAINS,
  COUNTED_ORDER,
  HELD_1H,
  HELD_AT,
  HELD_HIDES,
  HELD_MODEL,
  HELD_TOKENS,
  INPUT,
  LARGEST_PROMPT,
  MISSES,
  MODEL,
  MODEL_COUNT,
  MODEL_NAMES,
  MODEL_ORDER,
  MODEL_SUMS,
  PART,
  PART_COUNT,
  PART_ORDER,
  PART_PLACES,
  RATE_COUNT,
  RATE_ORDER,
  RATE_SIZE,
  RATES,
  ROLLUP,
  ROW_AT,
  ROW_SIZE,
  ROWS,
  SAMPLES,
  SAMPLES_END,
  SEEN_CHAINS,
  SEEN_MODELS,
  SILENT,
  SILENT_LIST,
  SUM_FIRST,
  SUM_LAST,
  SUM_SIZE,
  TOTAL,
  WRITER_LIST,
  WRITERS,
  WRITTEN_END,
} from "./memory";
import {
  beginAt,
  isPlainNumber,
  putByte,
  putBytes,
  putCount,
  putMoney,
  putTime,
  putVarint,
  writtenTo,
} from "./part_bytes";
import { flagsOfSum, putCountsOfSum } from "./sum_bytes";
import { CHAIN_TAIL } from "./sum_chains";
import { beginTexts, findText, forgetPlaces, putText, textsEnd } from "./text_bytes";
import { putLosses, putMisses } from "./write_misses";

const ONE_MODEL: u8 = 1, ONE_CHAIN: u8 = 2, HAS_COPIED: u8 = 4;
const PAID_KINDS: i32 = 15;
const NONE: u8 = 255;

/** Of the models of a list of bytes: their places, given with their first use. */
let modelCount: u8 = 0;

/**
 * Takes in the names of the models, provider and model of each, and of the chains.
 *
 * @param at Where their bytes are, each behind its length as two bytes
 * @returns where texts of them may be kept, up to where the rest is written
 */
function takeNames(at: usize, area: usize): void {
  beginTexts(area);
  const models = <usize> (2 * load<i32>(MODEL_COUNT));
  const names: usize = models + <usize> load<i32>(CHAIN_COUNT);
  for (let place: usize = 0; place < names; place++) {
    const length = <i32> load<u16>(at);
    const text = findText(at + 2, length);
    store<i32>(place < models ? MODEL_NAMES + 4 * place : CHAIN_NAMES + 4 * (place - models), <i32> text);
    at += 2 + length;
  }
}

/**
 * Writes both, one behind the other.
 *
 * @param count Of the rows
 * @param names Where the names are given
 * @param length Of those, in bytes
 * @param hasPart Whether the host does not write the part itself
 */
export function writeRows(count: u32, names: usize, length: u32, hasPart: bool): void {
  const area = names + length + 7 & ~7;
  takeNames(names, area);
  // Pieces of names are texts of their own.
  const scratch = textsEnd() + <usize> length * 12 + 7 & ~7;
  beginAt(scratch);
  if (hasPart && load<i32>(SAMPLES_END) - load<i32>(SAMPLES) + load<i32>(BUCKETS_END) - load<i32>(BUCKETS) > 0) {
    writePart(count, scratch, area);
  } else store<i32>(PART, <i32> scratch);
  store<i32>(ROLLUP, <i32> writtenTo());
  forgetPlaces(area);
  writeRollup(count);
  store<i32>(WRITTEN_END, <i32> writtenTo());
}

function writePart(count: u32, scratch: usize, area: usize): void {
  // What stands behind the models names more of them.
  putMisses(count);
  const missesEnd = writtenTo();
  const losses = missesEnd + <usize> load<i32>(MISSES) * 64 + 16 & ~7;
  beginAt(losses);
  putLosses(count, missesEnd);
  const lossesEnd = writtenTo();
  const samples = load<i32>(SAMPLES), samplesEnd = load<i32>(SAMPLES_END);
  store<i32>(PART, <i32> lossesEnd);
  putVarint(samplesEnd - samples);
  putVarint(missesEnd - scratch);
  const models = load<i32>(PART_COUNT);
  putVarint(2 * models);
  for (let place = 0; place < models; place++) {
    const model = <usize> load<u8>(PART_ORDER + place);
    putText(load<i32>(MODEL_NAMES + 8 * model), 0);
    putText(load<i32>(MODEL_NAMES + 8 * model, 4), 0);
  }
  putBytes(samples, samplesEnd - samples);
  putBytes(scratch, missesEnd - scratch);
  putBytes(losses, lossesEnd - losses);
  putBytes(load<i32>(BUCKETS), load<i32>(BUCKETS_END) - load<i32>(BUCKETS));
}

function writeRollup(count: u32): void {
  // Nobody asks for places in the part any more.
  memory.fill(PART_PLACES, NONE, 32);
  modelCount = 0;
  const lastAt = count == 0 ? -Infinity : load<f64>(ROWS + <usize> (count - 1) * ROW_SIZE, ROW_AT);
  const base = isPlainNumber(lastAt) ? lastAt : 0;
  const models = load<i32>(SEEN_MODELS), chains = load<i32>(COUNTED_CHAINS), copied = load<i32>(COPIED);
  const model = <usize> load<u8>(MODEL_ORDER), chain = <usize> load<u8>(COUNTED_ORDER);
  const isOneModel = models == 1 && isSameSum(MODEL_SUMS + model * SUM_SIZE);
  const isOneChain = chains == 1 && isSameSum(CHAIN_SUMS + chain * SUM_SIZE);
  putTime(lastAt, 0);
  putByte((isOneModel ? ONE_MODEL : 0) | (isOneChain ? ONE_CHAIN : 0) | (copied == 0 ? 0 : HAS_COPIED));
  putRates(base);
  putSum(TOTAL, base);
  if (isOneModel) putModel(<i32> model);
  else {
    putVarint(models);
    for (let place = 0; place < models; place++) {
      const model = <i32> load<u8>(MODEL_ORDER + place);
      putModel(model);
      putSum(MODEL_SUMS + model * SUM_SIZE, base);
    }
  }
  if (isOneChain) putText(load<i32>(CHAIN_NAMES + 4 * chain), 0);
  else {
    putVarint(chains);
    for (let place = 0; place < chains; place++) {
      const chain = <usize> load<u8>(COUNTED_ORDER + place);
      putText(load<i32>(CHAIN_NAMES + 4 * chain), 0);
      putSum(CHAIN_SUMS + chain * SUM_SIZE, base);
    }
  }
  const prefixes = load<i32>(SEEN_CHAINS);
  putVarint(prefixes);
  for (let place = 0; place < prefixes; place++) putPrefix(load<u8>(CHAIN_ORDER + place), base);
  if (copied != 0) putCount(copied);
  putCount(load<f64>(LARGEST_PROMPT));
}

/** As the sum of all, to the last bit. */
function isSameSum(sum: usize): bool {
  for (let place: usize = 0; place < SUM_SIZE; place += 8) {
    if (load<u64>(sum + place) != load<u64>(TOTAL + place)) return false;
  }
  return true;
}

/** What stands behind it at its first use are its names. */
function putModel(model: i32): void {
  const place = load<u8>(PART_PLACES + model);
  if (place != NONE) {
    putVarint(place);
    return;
  }
  putVarint(modelCount);
  store<u8>(PART_PLACES + model, modelCount++);
  putText(load<i32>(MODEL_NAMES + 8 * model), 0);
  putText(load<i32>(MODEL_NAMES + 8 * model, 4), 0);
}

function putSum(sum: usize, base: f64): void {
  const flags = flagsOfSum(sum);
  putByte(<u8> flags);
  putCountsOfSum(sum, flags);
  putTime(load<f64>(sum, SUM_FIRST), base);
  putTime(load<f64>(sum, SUM_LAST), base);
}

/** Of the models of which a rate is known: flags beyond those of the kinds say that something was paid at all. */
function putRates(base: f64): void {
  const count = load<i32>(RATE_COUNT);
  let known = 0;
  for (let place = 0; place < count; place++) {
    if (load<i32>(RATES + load<u8>(RATE_ORDER + place) * RATE_SIZE, 96) & PAID_KINDS) known++;
  }
  putVarint(known);
  for (let place = 0; place < count; place++) {
    const model = <i32> load<u8>(RATE_ORDER + place);
    const rates = RATES + model * RATE_SIZE;
    const flags = load<i32>(rates, 96) & PAID_KINDS;
    if (flags == 0) continue;
    putModel(model);
    putByte(<u8> flags);
    for (let kind = 0; kind < 4; kind++) {
      if (!(flags >> kind & 1)) continue;
      putMoney(load<f64>(rates + 24 * kind));
      putTime(load<f64>(rates + 24 * kind, 8), base);
      putCount(load<f64>(rates + 24 * kind, 16));
    }
  }
}

function putPrefix(id: usize, base: f64): void {
  const chain = CHAINS + id * CHAIN_SIZE;
  putText(load<i32>(CHAIN_NAMES + 4 * id), 0);
  putByte(load<i32>(chain, HELD_HIDES) ? 1 : 0);
  putModel(load<i32>(chain, HELD_MODEL));
  putTime(load<f64>(chain, HELD_AT), base);
  putCount(load<f64>(chain, HELD_TOKENS));
  putCount(load<f64>(chain, HELD_1H));
  const last = <usize> load<i32>(chain, CHAIN_TAIL);
  putTime(load<f64>(last, ROW_AT), base);
  putModel(<i32> load<f64>(last, MODEL));
  for (let kind: usize = 0; kind < 5; kind++) putCount(load<f64>(last + 8 * kind, INPUT));
  putModels(chain + WRITER_LIST, load<i32>(chain, WRITERS));
  putModels(chain + SILENT_LIST, load<i32>(chain, SILENT));
}

function putModels(list: usize, count: i32): void {
  putVarint(count);
  for (let place = 0; place < count; place++) putModel(load<u8>(list + place));
}
