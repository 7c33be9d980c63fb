/**
 * Goes over bytes once, at about the speed of memory, and lists the lines that matter: those that hold a needle, and those
 * that do not look like a JSON object.
 *
 * The search is Teddy's (Intel Hyperscan): every needle has a fingerprint of three neighbouring bytes and belongs to one of
 * seven buckets, the newline being the eighth. Two tables for each of the three bytes, one by its low and one by its high
 * nibble, give the set of buckets in which it may stand; what all six agree on is a candidate and is compared byte by byte.
 * So newlines and needles cost one pass together, however many needles there are.
 *
 * Needs relaxed SIMD, which V8 has wherever it has SIMD, since 11.4 (Deno 2.7.14 has 14.7).
 */
import {
  CLOSING_BRACE,
  END,
  EVERY_LINE,
  HELD,
  LANES,
  LINE_START,
  MOST_RESULTS,
  NEEDLE_COUNT,
  NEEDLE_SIZE,
  NEEDLES,
  NEWLINE,
  NEWLINES,
  NIBBLES,
  OPENING_BRACE,
  POSITION,
  RESULTS,
  TABLES,
} from "./memory";
import { isSpace } from "./skip";

/** Of sixteen bytes by their nibbles: which buckets have each. Nibbles are below 16, where relaxed is the same everywhere. */
function lookUp(lows: v128, highs: v128, low: v128, high: v128): v128 {
  return v128.and(v128.relaxed_swizzle(lows, low), v128.relaxed_swizzle(highs, high));
}

function oneOn(these: v128, next: v128): v128 {
  return v128.shuffle<i8>(these, next, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

function twoOn(these: v128, next: v128): v128 {
  return v128.shuffle<i8>(these, next, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
}

function lanesWithAny(buckets: v128): u64 {
  return <u64> <u32> v128.bitmask<i8>(v128.ne<i8>(buckets, i64x2.splat(0)));
}

/**
 * Goes on from `position` and returns the number of results. All of them are listed once `position` is `end`; short of it
 * the list is full, and the function is to be called again.
 */
export function findLines(): u32 {
  const stop = <usize> load<u32>(END);
  const lows0 = v128.load(TABLES), highs0 = v128.load(TABLES, 16), lows1 = v128.load(TABLES, 32);
  const highs1 = v128.load(TABLES, 48), lows2 = v128.load(TABLES, 64), highs2 = v128.load(TABLES, 80);
  const nibble = v128.load(NIBBLES);
  let at = <usize> load<u32>(POSITION), lineStart = <usize> load<u32>(LINE_START);
  let isHeld = load<u32>(HELD) != 0;
  let count: u32 = 0;
  while (count < MOST_RESULTS) {
    // In a line that is wanted already, only its end matters.
    if (isHeld) {
      at = newlineFrom(at, stop);
      if (at >= stop) break;
      count = finishLine(lineStart, at, true, count);
      at++;
      lineStart = at;
      isHeld = false;
      if (count == MOST_RESULTS) break;
    }
    // For 16 places: the buckets of which a first byte stands there, of which a second, and of which a third. A needle has
    // them at neighbouring places, so that two of the three are moved up, with those of the next 16 places behind them,
    // which are worked out once that way.
    let v = v128.load(at);
    let low = v128.and(v, nibble), high = v128.and(v128.shr<u16>(v, 4), nibble);
    let first = lookUp(lows0, highs0, low, high), second = lookUp(lows1, highs1, low, high);
    let third = lookUp(lows2, highs2, low, high);
    while (at < stop) {
      v = v128.load(at, 16);
      low = v128.and(v, nibble);
      high = v128.and(v128.shr<u16>(v, 4), nibble);
      let next2 = lookUp(lows1, highs1, low, high), next3 = lookUp(lows2, highs2, low, high);
      const a = v128.and(first, v128.and(oneOn(second, next2), twoOn(third, next3)));
      first = lookUp(lows0, highs0, low, high);

      v = v128.load(at, 32);
      low = v128.and(v, nibble);
      high = v128.and(v128.shr<u16>(v, 4), nibble);
      second = lookUp(lows1, highs1, low, high);
      third = lookUp(lows2, highs2, low, high);
      const b = v128.and(first, v128.and(oneOn(next2, second), twoOn(next3, third)));
      first = lookUp(lows0, highs0, low, high);

      v = v128.load(at, 48);
      low = v128.and(v, nibble);
      high = v128.and(v128.shr<u16>(v, 4), nibble);
      next2 = lookUp(lows1, highs1, low, high);
      next3 = lookUp(lows2, highs2, low, high);
      const c = v128.and(first, v128.and(oneOn(second, next2), twoOn(third, next3)));
      first = lookUp(lows0, highs0, low, high);

      v = v128.load(at, 64);
      low = v128.and(v, nibble);
      high = v128.and(v128.shr<u16>(v, 4), nibble);
      second = lookUp(lows1, highs1, low, high);
      third = lookUp(lows2, highs2, low, high);
      const d = v128.and(first, v128.and(oneOn(next2, second), twoOn(next3, third)));
      first = lookUp(lows0, highs0, low, high);

      if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) {
        at += 64;
        continue;
      }
      v128.store(LANES, a);
      v128.store(LANES, b, 16);
      v128.store(LANES, c, 32);
      v128.store(LANES, d, 48);
      let candidates = lanesWithAny(a) | (lanesWithAny(b) << 16) | (lanesWithAny(c) << 32) | (lanesWithAny(d) << 48);
      const block = at;
      while (candidates != 0) {
        const lane = <usize> ctz<u64>(candidates);
        const candidate = block + lane;
        // What follows lies behind the end.
        if (candidate >= stop) break;
        if (load<u8>(candidate) == NEWLINE) {
          count = finishLine(lineStart, candidate, false, count);
          lineStart = candidate + 1;
          if (count == MOST_RESULTS) break;
        } else if (holdsAt(candidate, load<u8>(LANES + lane), lineStart, stop)) {
          isHeld = true;
          at = candidate;
          break;
        }
        candidates &= candidates - 1;
      }
      if (isHeld || count == MOST_RESULTS) break;
      at += 64;
    }
    if (count == MOST_RESULTS) at = lineStart;
    if (!isHeld) break;
  }
  store<u32>(POSITION, <u32> (at < stop ? at : stop));
  store<u32>(LINE_START, <u32> lineStart);
  store<u32>(HELD, <u32> isHeld);
  return count;
}

/** Whether one of the needles in `buckets` has its fingerprint at `at`, and lies within the line and the bytes. */
function holdsAt(at: usize, buckets: u32, lineStart: usize, stop: usize): bool {
  const last = NEEDLES + <usize> load<u32>(NEEDLE_COUNT) * NEEDLE_SIZE;
  for (let needle = NEEDLES; needle < last; needle += NEEDLE_SIZE) {
    if ((load<u8>(needle, 2) & buckets) == 0) continue;
    const length = <usize> load<u8>(needle);
    const start = at - <usize> load<u8>(needle, 1);
    if (start < lineStart || start + length > stop) continue;
    let same: usize = 0;
    while (same < length && load<u8>(start + same) == load<u8>(needle + same, 8)) same++;
    if (same == length) return true;
  }
  return false;
}

/** The first newline at or after `at`; `stop` when there is none before it. */
export function newlineFrom(at: usize, stop: usize): usize {
  const newline = v128.load(NEWLINES);
  while (at < stop) {
    const a = v128.eq<i8>(v128.load(at), newline);
    const b = v128.eq<i8>(v128.load(at, 16), newline);
    if (v128.any_true(v128.or(a, b))) {
      return at + ctz<u32>(<u32> v128.bitmask<i8>(a) | (<u32> v128.bitmask<i8>(b) << 16));
    }
    at += 32;
  }
  return stop;
}

/** Lists a line that matters as result number `count`, and returns the number of results. */
function finishLine(start: usize, end: usize, isHeld: bool, count: u32): u32 {
  const isShaped = isObjectOrBlank(start, end);
  if (!isHeld && isShaped && load<u32>(EVERY_LINE) == 0) return count;
  const result = RESULTS + <usize> count * 12;
  store<u32>(result, <u32> start);
  store<u32>(result, <u32> end, 4);
  store<u32>(result, <u32> isHeld | (<u32> isShaped << 1), 8);
  return count + 1;
}

/** Whether [start, end) is blank, or begins with { and ends with } but for the white space around. */
function isObjectOrBlank(start: usize, end: usize): bool {
  while (start < end && isSpace(load<u8>(start))) start++;
  if (start == end) return true;
  if (load<u8>(start) != OPENING_BRACE) return false;
  // Ends at the brace at the latest.
  do end--; while (isSpace(load<u8>(end)));
  return load<u8>(end) == CLOSING_BRACE;
}
