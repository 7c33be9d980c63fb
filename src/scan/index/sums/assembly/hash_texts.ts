/** Hashes of texts, as turn_keys.ts has them. */
import { ROWS } from "./memory";

const NEWLINE: u8 = 10;
const PRIME: u32 = 0x01000193;

/**
 * Hashes the texts that are given, of ASCII and with newlines between them: two words for each go to `place`.
 *
 * @param length In bytes, of all texts
 * @returns how many there are
 */
export function hashTexts(length: u32, place: usize, seedA: u32, seedB: u32): u32 {
  const end = ROWS + length;
  let count: u32 = 1;
  let a = seedA, b = seedB;
  for (let at = ROWS; at < end; at++) {
    const byte = load<u8>(at);
    if (byte != NEWLINE) {
      a = (a ^ byte) * PRIME;
      b = (b ^ byte) * PRIME;
      continue;
    }
    putHash(place, a, b);
    place += 8;
    count++;
    a = seedA;
    b = seedB;
  }
  putHash(place, a, b);
  return count;
}

function putHash(place: usize, a: u32, b: u32): void {
  store<u32>(place, mixBits(a));
  store<u32>(place, mixBits(b), 4);
}

function mixBits(bits: u32): u32 {
  bits = (bits ^ bits >>> 16) * 0x85ebca6b;
  bits = (bits ^ bits >>> 13) * 0xc2b2ae35;
  return bits ^ bits >>> 16;
}
