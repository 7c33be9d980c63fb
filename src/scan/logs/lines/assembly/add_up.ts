/**
 * Adds up what lies between `at` and `end`, a multiple of 16 bytes: each 16 as two products of two words, to each of which a
 * number is added that no other place has. So every byte and its place matter, and the sums of neighbouring pieces add up to
 * that of both (NH, of UMAC). `group` is how many 16 bytes lie before `at`.
 */
export function addUp(at: usize, end: usize, group: u32): u64 {
  const step = i32x4(<i32> 0x9e3779b1, <i32> 0x85ebca77, <i32> 0xc2b2ae3d, 0x27d4eb2f);
  const start = i32x4(0x165667b1, <i32> 0xd3a2646d, <i32> 0xfd7046c5, <i32> 0xb55a4f09);
  let key = v128.add<i32>(start, v128.mul<i32>(i32x4.splat(<i32> group), step));
  let sum = i64x2.splat(0);
  // Four at a time, so that none waits for the one before it.
  const step2 = v128.add<i32>(step, step), step3 = v128.add<i32>(step2, step), step4 = v128.add<i32>(step2, step2);
  let sum1 = i64x2.splat(0), sum2 = i64x2.splat(0), sum3 = i64x2.splat(0);
  for (; at + 64 <= end; at += 64) {
    sum = v128.add<i64>(sum, productsOf(v128.load(at), key));
    sum1 = v128.add<i64>(sum1, productsOf(v128.load(at, 16), v128.add<i32>(key, step)));
    sum2 = v128.add<i64>(sum2, productsOf(v128.load(at, 32), v128.add<i32>(key, step2)));
    sum3 = v128.add<i64>(sum3, productsOf(v128.load(at, 48), v128.add<i32>(key, step3)));
    key = v128.add<i32>(key, step4);
  }
  for (; at < end; at += 16) {
    sum = v128.add<i64>(sum, productsOf(v128.load(at), key));
    key = v128.add<i32>(key, step);
  }
  sum = v128.add<i64>(v128.add<i64>(sum, sum1), v128.add<i64>(sum2, sum3));
  return v128.extract_lane<u64>(sum, 0) + v128.extract_lane<u64>(sum, 1);
}

function productsOf(bytes: v128, key: v128): v128 {
  const words = v128.add<i32>(bytes, key);
  return v128.extmul_low<u32>(words, v128.shuffle<i64>(words, words, 1, 0));
}
