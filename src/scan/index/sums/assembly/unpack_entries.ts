/** Takes apart lists of identities as the index keeps them: bytes/entry_codec.ts says how. */
import { ROWS } from "./memory";

/** Where the bytes are that are given. Before them what goes from one call to the next. */
const BYTES: usize = ROWS + 16;
/** More than an entry can have. */
const LONGEST: usize = 16;
const MANY: u32 = 3, LOG_BITS: u32 = 24, LOG_MASK: u32 = 0x00ffffff;

/**
 * Goes on with a list: two words an entry go to `place`. At `ROWS` are the two parts of the identity before, and behind them
 * how many of the bytes were read.
 *
 * @param isLast Whether the list ends with these bytes. If not, an entry may
 * @returns how many entries there are, or -1 when the bytes mean none
 */
export function unpackEntries(length: u32, place: usize, isLast: bool): i32 {
  const end: usize = BYTES + length;
  const until: usize = isLast ? end : end - LONGEST;
  let high = load<u32>(ROWS), low = load<u32>(ROWS, 4);
  let at: usize = BYTES;
  let count: i32 = 0;
  while (at < until) {
    let byte: u32 = load<u8>(at++);
    let times = byte & MANY;
    let log = byte >>> 2 & 31;
    for (let shift: u32 = 5; byte > 127; shift += 7) {
      if (at >= end || shift > LOG_BITS) return -1;
      byte = load<u8>(at++);
      log |= (byte & 127) << shift;
    }
    if (times == MANY) {
      byte = 128;
      for (let shift: u32 = 0; byte > 127; shift += 7) {
        if (at >= end || shift > LOG_BITS) return -1;
        byte = load<u8>(at++);
        times += (byte & 127) << shift;
      }
    }
    if (at + 3 > end) return -1;
    low += load<u8>(at);
    high += (times << 16) + load<u16>(at, 1) + (low >>> 8);
    low &= 255;
    at += 3;
    store<u32>(place, low << 24 | log & LOG_MASK);
    store<u32>(place, high, 4);
    place += 8;
    count++;
  }
  store<u32>(ROWS, high);
  store<u32>(ROWS, low, 4);
  store<u32>(ROWS, u32(at - BYTES), 8);
  return count;
}
