/** SHA-1, by which traces are named (core/name_trace.ts): for who has no time to wait for it. */

/** Of the last sixteen words of a block. */
const SCHEDULE: usize = 64;

/** Hashes bytes, behind which there is room for 200 more: 20 bytes take their place. */
export function sha1(at: usize, length: u32): void {
  const blocks: u32 = (length + 8 >>> 6) + 1;
  const end = at + 64 * blocks;
  const words = end;
  memory.fill(at + length, 0, end - at - length);
  store<u8>(at + length, 0x80);
  store<u64>(end - 8, bswap<u64>(<u64> length * 8));
  let h0: u32 = 0x67452301, h1: u32 = 0xefcdab89, h2: u32 = 0x98badcfe, h3: u32 = 0x10325476, h4: u32 = 0xc3d2e1f0;
  for (let block = at; block < end; block += 64) {
    let a = h0, b = h1, c = h2, d = h3, e = h4;
    for (let round: u32 = 0; round < 80; round++) {
      const place = words + (round * 4 & SCHEDULE - 1);
      let word: u32;
      if (round < 16) word = bswap<u32>(load<u32>(block + round * 4));
      else {
        const older = load<u32>(words + ((round - 3) * 4 & SCHEDULE - 1)) ^
          load<u32>(words + ((round - 8) * 4 & SCHEDULE - 1)) ^
          load<u32>(words + ((round - 14) * 4 & SCHEDULE - 1)) ^ load<u32>(place);
        word = rotl<u32>(older, 1);
      }
      store<u32>(place, word);
      let mixed: u32;
      if (round < 20) mixed = (b & c | ~b & d) + 0x5a827999;
      else if (round < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (round < 60) mixed = (b & c | b & d | c & d) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const next = rotl<u32>(a, 5) + mixed + e + word;
      e = d;
      d = c;
      c = rotl<u32>(b, 30);
      b = a;
      a = next;
    }
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
  }
  store<u32>(at, bswap<u32>(h0));
  store<u32>(at, bswap<u32>(h1), 4);
  store<u32>(at, bswap<u32>(h2), 8);
  store<u32>(at, bswap<u32>(h3), 12);
  store<u32>(at, bswap<u32>(h4), 16);
}
