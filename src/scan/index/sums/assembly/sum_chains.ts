/**
 * What the turns of each chain leave in the cache, as core/cache/anchor.ts folds it, and the pauses that say something of
 * how long it lives, as core/cache/survival.ts picks them: these go where the index keeps them (part_codec.ts). And the
 * turns that lost what was cached for them, with what that was: the host writes those, of which there are few.
 */
import {
  AFTER_COMPACTION,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_1H,
  CHAIN_ORDER,
  CHAIN_SIZE,
  CHAIN_TRAITS,
  CHAINS,
  DOUBT_SIZE,
  DOUBTS,
  FLAGS,
  HAS_TTL,
  HELD_1H,
  HELD_AT,
  HELD_HIDES,
  HELD_MODEL,
  HELD_TOKENS,
  IS_ANSWERED,
  MISS_1H,
  MISS_HIDES,
  MISS_IS_PRICED,
  MISS_MODEL,
  MISS_PREVIOUS,
  MISS_ROW,
  MISS_SIZE,
  MISS_TOKENS,
  MISSES,
  MODEL,
  MODEL_TRAITS,
  NEXT,
  ROW_AT,
  ROW_SIZE,
  ROWS,
  SAMPLES,
  SAMPLES_END,
  SEEN_CHAINS,
  SILENT,
  SILENT_LIST,
  TTL,
  WRITER_LIST,
  WRITERS,
} from "./memory";
import { beginAt, isPlainNumber, placeInPart, putTime, putVarint, writtenTo } from "./part_bytes";
import { countsHere, promptOfRow } from "./sum_rows";

/** Of a chain: its rows; masks of models; what is held; and models that write, and all others, by first appearance. */
export const CHAIN_HEAD: usize = 0, CHAIN_TAIL: usize = 4, CHAIN_WRITING: usize = 8;

/** Of a doubt: time of the request, what was held (time, tokens, those of an hour, model, whether writes are hidden), answer. */
const DOUBT_ANSWER: usize = 40;

const NEVER_AUTOMATIC: i32 = 1, IS_ROUTED: i32 = 2;
const MINUTE: f64 = 60_000, HOUR: f64 = 3_600_000;
const MINIMUM_PROMPT: f64 = 4096, MINIMUM_HELD: f64 = 2000;
const TOLERATED_TOKENS: f64 = 1024, TOLERATED_SHARE: f64 = 0.95;
const SHORTEST_AUTOMATIC: f64 = 1024, AUTOMATIC_STEP: f64 = 128;

/** What the sample before counted its time from. */
let before: f64 = 0;
/** Where doubts go. */
let doubts: usize = 0;
/** And misses. */
let misses: usize = 0;

/** Where the misses are. @param count Of the rows */
export function missesBehind(count: u32): usize {
  return ROWS + <usize> count * (ROW_SIZE + DOUBT_SIZE);
}

/** @param end Of the rows: doubts go there, misses behind those, and then samples */
export function sampleChains(end: usize, count: u32): void {
  doubts = end;
  misses = missesBehind(count);
  beginAt(misses + <usize> count * MISS_SIZE);
  store<i32>(DOUBTS, 0);
  store<i32>(MISSES, 0);
  store<i32>(SAMPLES, <i32> writtenTo());
  before = 0;
  const chains = load<i32>(SEEN_CHAINS);
  for (let place = 0; place < chains; place++) {
    const id = <usize> load<u8>(CHAIN_ORDER + place);
    sampleChain(CHAINS + id * CHAIN_SIZE, load<u8>(CHAIN_TRAITS + id) != 0);
  }
  store<i32>(SAMPLES_END, <i32> writtenTo());
}

function sampleChain(chain: usize, isShared: bool): void {
  const writing = load<u32>(chain, CHAIN_WRITING);
  let writers: u32 = 0, others: u32 = 0;
  let previous: usize = 0;
  for (let row = <usize> load<i32>(chain, CHAIN_HEAD); row != 0; row = <usize> load<f64>(row, NEXT)) {
    const model = <i32> load<f64>(row, MODEL);
    const traits = <i32> load<u8>(MODEL_TRAITS + model);
    const isAutomatic = !(traits & NEVER_AUTOMATIC) && !(writing >>> model & 1);
    if (previous != 0 && isShared && countsHere(row)) {
      noteMiss(chain, previous, row);
      takeSample(chain, previous, row, isAutomatic, traits);
    }
    hold(chain, row, previous == 0, isAutomatic);
    if (load<f64>(row, CACHE_WRITE) + load<f64>(row, CACHE_WRITE_1H) > 0) {
      if (!(writers >>> model & 1)) addTo(chain, WRITERS, WRITER_LIST, model);
      writers |= 1 << model;
    } else {
      // One that writes, if later, is none of the others.
      if (!((others | writing) >>> model & 1)) addTo(chain, SILENT, SILENT_LIST, model);
      others |= 1 << model;
    }
    previous = row;
  }
}

function addTo(chain: usize, count: usize, list: usize, model: i32): void {
  const length = load<i32>(chain + count);
  store<u8>(chain + list + length, <u8> model);
  store<i32>(chain + count, length + 1);
}

/** As holdPrefix has it. */
function hold(chain: usize, row: usize, isFirst: bool, isAutomatic: bool): void {
  const flags = <i32> load<f64>(row, FLAGS), model = <i32> load<f64>(row, MODEL);
  const read = load<f64>(row, CACHE_READ), written = load<f64>(row, CACHE_WRITE);
  const written1h = load<f64>(row, CACHE_WRITE_1H);
  const isSame = !isFirst && load<i32>(chain, HELD_MODEL) == model;
  const isKept = isSame && !(flags & AFTER_COMPACTION);
  const tokens = isAutomatic ? max<f64>(read, automaticPrefix(promptOfRow(row))) : read + written + written1h;
  if (tokens == 0) {
    if (isKept) return;
    store<i32>(chain, model, HELD_MODEL);
    store<i32>(chain, 0, HELD_HIDES);
    store<f64>(chain, load<f64>(row, ROW_AT), HELD_AT);
    store<f64>(chain, 0, HELD_TOKENS);
    store<f64>(chain, 0, HELD_1H);
    return;
  }
  let oneHour: f64;
  if (written1h > 0 || (flags & HAS_TTL && load<f64>(row, TTL) == HOUR)) oneHour = tokens - written;
  else if (flags & HAS_TTL) oneHour = 0;
  else oneHour = min<f64>(read, isKept ? load<f64>(chain, HELD_1H) : 0);
  const isKnown = isAutomatic || flags & HAS_TTL || written + written1h > 0;
  const isShown = isSame && load<f64>(chain, HELD_TOKENS) > 0 && !load<i32>(chain, HELD_HIDES);
  store<i32>(chain, isKnown || isShown ? 0 : 1, HELD_HIDES);
  store<i32>(chain, model, HELD_MODEL);
  store<f64>(chain, load<f64>(row, ROW_AT), HELD_AT);
  store<f64>(chain, tokens, HELD_TOKENS);
  store<f64>(chain, oneHour, HELD_1H);
}

function automaticPrefix(prompt: f64): f64 {
  // A multiple of 128 is exact, and so is what is above it.
  return prompt < SHORTEST_AUTOMATIC ? 0 : prompt - (prompt - Math.floor(prompt / AUTOMATIC_STEP) * AUTOMATIC_STEP);
}

/** As missOf has it (core/cache/misses.ts), of a chain that shares its prompt. */
function noteMiss(chain: usize, previous: usize, row: usize): void {
  const held = load<f64>(chain, HELD_TOKENS), read = load<f64>(row, CACHE_READ);
  const expected = min<f64>(held, promptOfRow(row));
  if (held == 0 || !(expected - read > TOLERATED_TOKENS && read < TOLERATED_SHARE * expected)) return;
  const count = load<i32>(MISSES);
  const miss = misses + <usize> count * MISS_SIZE;
  store<i32>(MISSES, count + 1);
  store<f64>(miss, load<f64>(chain, HELD_AT));
  store<f64>(miss, held, MISS_TOKENS);
  store<f64>(miss, load<f64>(chain, HELD_1H), MISS_1H);
  store<i32>(miss, load<i32>(chain, HELD_MODEL), MISS_MODEL);
  store<i32>(miss, load<i32>(chain, HELD_HIDES), MISS_HIDES);
  store<i32>(miss, <i32> row, MISS_ROW);
  store<i32>(miss, <i32> previous, MISS_PREVIOUS);
  store<i32>(miss, 0, MISS_IS_PRICED);
}

/** As observeChain has it (core/cache/survival.ts), of a chain that shares its prompt. */
function takeSample(chain: usize, previous: usize, row: usize, isAutomatic: bool, traits: i32): void {
  const at = load<f64>(row, ROW_AT), previousAt = load<f64>(previous, ROW_AT);
  const gap = at - previousAt;
  if (gap < MINUTE || <i32> load<f64>(row, FLAGS) & AFTER_COMPACTION) return;
  if (load<f64>(previous, MODEL) != load<f64>(row, MODEL) || load<f64>(chain, HELD_AT) != previousAt) return;
  const held = load<f64>(chain, HELD_TOKENS);
  if (promptOfRow(previous) < MINIMUM_PROMPT || held < MINIMUM_HELD) return;
  const expected = min<f64>(held, promptOfRow(row));
  if (expected < MINIMUM_HELD) return;
  const share = load<f64>(row, CACHE_READ) / expected;
  const survived = share >= (isAutomatic ? 0.8 : 0.9);
  if (!survived) {
    if (share >= 0.5) return;
    if (traits & IS_ROUTED && isExplained(chain, row)) return;
  }
  putVarint(2 * <u64> placeInPart(<i32> load<f64>(row, MODEL)) + u64(survived));
  putTime(at, before);
  putTime(gap, 0);
  if (isPlainNumber(at)) before = at;
}

/** Whether a router explains a loss. Until that is answered it does not. */
function isExplained(chain: usize, row: usize): bool {
  const place = load<i32>(DOUBTS);
  const doubt = doubts + place * DOUBT_SIZE;
  store<i32>(DOUBTS, place + 1);
  if (load<i32>(IS_ANSWERED)) return load<i32>(doubt, DOUBT_ANSWER) != 0;
  store<f64>(doubt, load<f64>(row, ROW_AT));
  store<f64>(doubt, load<f64>(chain, HELD_AT), 8);
  store<f64>(doubt, load<f64>(chain, HELD_TOKENS), 16);
  store<f64>(doubt, load<f64>(chain, HELD_1H), 24);
  store<i32>(doubt, load<i32>(chain, HELD_MODEL), 32);
  store<i32>(doubt, load<i32>(chain, HELD_HIDES), 36);
  return false;
}
