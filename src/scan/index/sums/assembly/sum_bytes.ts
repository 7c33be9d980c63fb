/** Writes what was added up of some turns, as rollup_codec.ts and part_buckets.ts have it alike. */
import {
  SUM_BASIS,
  SUM_BILLED,
  SUM_BILLED_TURNS,
  SUM_INPUT,
  SUM_OUTPUT,
  SUM_READ,
  SUM_STANDARD,
  SUM_TURNS,
  SUM_UNPRICED,
  SUM_USD,
  SUM_WRITE,
  SUM_WRITE_1H,
} from "./memory";
import { putByte, putCount, putMoney } from "./part_bytes";

const HAS_CACHE_WRITE: i32 = 4, HAS_CACHE_WRITE_1H: i32 = 8, HAS_UNPRICED: i32 = 16, HAS_STANDARD: i32 = 32;
const MORE: i32 = 128;
/** Of what few have, behind {@linkcode MORE}. */
const HAS_BILLED: u8 = 8;

/** What there is of a sum: how its cost is known, and which of its counts are written. */
export function flagsOfSum(sum: usize): i32 {
  let flags = <i32> load<f64>(sum, SUM_BASIS);
  // Minus zero is not zero.
  if (load<u64>(sum, SUM_WRITE) != 0) flags |= HAS_CACHE_WRITE;
  if (load<u64>(sum, SUM_WRITE_1H) != 0) flags |= HAS_CACHE_WRITE_1H;
  if (load<f64>(sum, SUM_UNPRICED) > 0) flags |= HAS_UNPRICED;
  if (load<f64>(sum, SUM_STANDARD) > 0) flags |= HAS_STANDARD;
  if (load<f64>(sum, SUM_BILLED_TURNS) > 0) flags |= MORE;
  return flags;
}

/** All but its times. @param flags Of {@linkcode flagsOfSum}, maybe with others */
export function putCountsOfSum(sum: usize, flags: i32): void {
  putCount(load<f64>(sum, SUM_TURNS));
  putCount(load<f64>(sum, SUM_INPUT));
  putCount(load<f64>(sum, SUM_READ));
  putCount(load<f64>(sum, SUM_OUTPUT));
  if (flags & HAS_CACHE_WRITE) putCount(load<f64>(sum, SUM_WRITE));
  if (flags & HAS_CACHE_WRITE_1H) putCount(load<f64>(sum, SUM_WRITE_1H));
  if (flags & HAS_UNPRICED) putCount(load<f64>(sum, SUM_UNPRICED));
  if (flags & HAS_STANDARD) putCount(load<f64>(sum, SUM_STANDARD));
  if (flags & MORE) {
    putByte(HAS_BILLED);
    putMoney(load<f64>(sum, SUM_BILLED));
    putCount(load<f64>(sum, SUM_BILLED_TURNS));
  }
  putMoney(load<f64>(sum, SUM_USD));
}
