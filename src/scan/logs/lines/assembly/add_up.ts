/** Sums of bytes, by which a log is known again. */
import { STEPS } from "./memory";

/**
 * Adds up what lies between `at` and `end`, a multiple of 16 bytes: each 16 as two products of two words, to each of which a
 * number is added that no other place has. So every byte and its place matter, and the sums of neighbouring pieces add up to
 * that of both (NH, of UMAC). `group` is how many 16 bytes lie before `at`.
 */
export function addUp(at: usize, end: usize, group: u32): u64 {
  // Loaded, since V8 makes a constant anew each time around.
  const step = v128.load(STEPS), steps = v128.load(STEPS, 16);
  let key = v128.add<i32>(v128.load(STEPS, 32), v128.mul<i32>(i32x4.splat(<i32> group), step));
  let sum = i64x2.splat(0);
  if (end - at >= 64) {
    // Four at once, each with sums of its own, do not wait for one another.
    let key1 = v128.add<i32>(key, step), key2 = v128.add<i32>(key1, step), key3 = v128.add<i32>(key2, step);
    let sum1 = i64x2.splat(0), sum2 = i64x2.splat(0), sum3 = i64x2.splat(0);
    for (const last = end - 64; at <= last; at += 64) {
      sum = v128.add<i64>(sum, productsOf(v128.add<i32>(v128.load(at), key)));
      sum1 = v128.add<i64>(sum1, productsOf(v128.add<i32>(v128.load(at, 16), key1)));
      sum2 = v128.add<i64>(sum2, productsOf(v128.add<i32>(v128.load(at, 32), key2)));
      sum3 = v128.add<i64>(sum3, productsOf(v128.add<i32>(v128.load(at, 48), key3)));
      key = v128.add<i32>(key, steps);
      key1 = v128.add<i32>(key1, steps);
      key2 = v128.add<i32>(key2, steps);
      key3 = v128.add<i32>(key3, steps);
    }
    sum = v128.add<i64>(v128.add<i64>(sum, sum1), v128.add<i64>(sum2, sum3));
  }
  for (; at < end; at += 16) {
    sum = v128.add<i64>(sum, productsOf(v128.add<i32>(v128.load(at), key)));
    key = v128.add<i32>(key, step);
  }
  return v128.extract_lane<u64>(sum, 0) + v128.extract_lane<u64>(sum, 1);
}

/** Of the first word and the third, and of the second and the fourth. */
function productsOf(words: v128): v128 {
  return v128.extmul_low<u32>(words, v128.shuffle<i64>(words, words, 1, 0));
}
