/** Puts lists of identities into the bytes that the index keeps: bytes/entry_codec.ts says how. */
import { ROWS } from "./memory";

/** Where the entries are that are given, of two words each. */
const ENTRIES: usize = ROWS + 16;
const MANY: u32 = 3, LOG_MASK: u32 = 0x00ffffff;

/**
 * Goes on with a list: its bytes go to `place`. At `ROWS` is the identity before, a number of 64 bits.
 *
 * @param count Of entries, in order
 * @returns how many bytes there are
 */
export function packEntries(count: u32, place: usize): u32 {
  const from = place;
  const end: usize = ENTRIES + 8 * usize(count);
  let before = load<u64>(ROWS);
  for (let at: usize = ENTRIES; at < end; at += 8) {
    const entry = load<u64>(at);
    const identity = entry >>> 24;
    const difference = identity - before;
    before = identity;
    const times = u32(difference >>> 24);
    place = putVarint(place, (u32(entry) & LOG_MASK) << 2 | (times < MANY ? times : MANY));
    if (times >= MANY) place = putVarint(place, times - MANY);
    store<u16>(place, u16(difference));
    store<u8>(place, u8(difference >>> 16), 2);
    place += 3;
  }
  store<u64>(ROWS, before);
  return u32(place - from);
}

function putVarint(place: usize, value: u32): usize {
  while (value > 127) {
    store<u8>(place++, u8(value & 127 | 128));
    value >>>= 7;
  }
  store<u8>(place++, u8(value));
  return place;
}
